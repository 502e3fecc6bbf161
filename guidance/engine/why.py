"""Why an answer says what it says: every line of an assessment with what decided it.

Nothing of this is stored. It is computed when somebody reads it, from the stored facts and the
edition that answered them, which give the same answer again.
"""

from collections.abc import Iterator
from typing import Any

from guidance.engine.assess import assess_reading
from guidance.engine.edition import Edition
from guidance.engine.facts import Facts
from guidance.engine.lines.board import board_lines
from guidance.engine.lines.branch import branch_lines
from guidance.engine.lines.checks import check_lines, open_check_lines
from guidance.engine.lines.grade import grade_line
from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.lines.options import option_lines
from guidance.engine.lines.questions import question_lines, reservations_of
from guidance.engine.lines.studies import study_lines
from guidance.engine.lines.way import scenario_words, steps_of
from guidance.engine.reading import read_case
from guidance.engine.routing import route_case
from guidance.engine.scenario import Criterion, Reservation, holding

PROVISIONAL = "The answer may change: something that is not known could still change it."
FINAL = "Nothing that is unknown keeps this answer from being final."


def explain_why(facts: Facts, edition: Edition) -> list[dict[str, Any]]:
    """Return every line of the assessment of a case with its reasons, in order of reading.

    The lines: the scenario with the steps of Appendix A on the way to it, whether it is
    provisional, the grade, each study, each check (those that one unknown fact keeps from
    being raised too), the branch with its actions shown and withheld and its intervals, the
    board with its reasons, the treatment options, and each question. What a line holds, says
    `lines.line.line_of`.
    """
    return lines_of(tell(facts, edition))


def lines_of(told: Told) -> list[dict[str, Any]]:
    """Return the lines of `explain_why` for a case that is told already."""
    return list(_lines(told))


def tell(facts: Facts, edition: Edition) -> Told:
    """Return a case as an edition answers it, with everything that was found on the way."""
    reading, grading = read_case(facts)
    route = route_case(reading, edition.catalogue, edition.contradictions)
    answer = assess_reading(reading, grading, edition)
    return Told(reading, grading, route, answer, edition)


def _lines(told: Told) -> Iterator[Line]:
    yield _scenario(told)
    if told.route.scenario in told.edition.catalogue.scenarios:
        yield _provisional(told)
    yield grade_line(told)
    yield from study_lines(told)
    yield from check_lines(told)
    yield from branch_lines(told)
    yield from board_lines(told)
    yield from option_lines(told)
    yield from question_lines(told)
    yield from open_check_lines(told)


def _scenario(told: Told) -> Line:
    route = told.route
    names = [scenario_words(told, code) for code in route.candidates]
    statement = scenario_words(told, route.scenario)
    if names:
        statement += f": it may be {' or '.join(names)}"
    deciding = route.rule or route.gate
    overridden = holding(route.rule.overrides, told.reading) if route.rule else ()
    return line_of(
        told,
        "scenario",
        kind="scenario",
        title="Scenario",
        statement=statement,
        state=route.scenario,
        grounds=[*_criteria(told), *(_held(entry) for entry in overridden)],
        source=deciding.source if deciding else "",
        steps=steps_of(told),
        overridden=[{"fact": entry.fact, "text": entry.text} for entry in overridden],
    )


def _criteria(told: Told) -> Iterator[Ground]:
    """Yield the criteria of the scenario, or of each candidate, then what sends a case there."""
    route, catalogue = told.route, told.edition.catalogue
    if route.gate is not None:
        yield _ground(route.gate)
    for entry in route.contradictions:
        yield Ground(entry.text, entry.condition, entry.source)
    for code in route.candidates or (route.scenario,):
        scenario = catalogue.scenarios.get(code)
        named = f"{scenario.name}: " if scenario and route.candidates else ""
        for criterion in scenario.criteria if scenario else ():
            yield _ground(criterion, named)
        for other, exclusion in catalogue.redirects.get(code, ()):
            if exclusion.condition.test(told.reading) is True:
                yield _ground(exclusion, f"{catalogue.scenarios[other].name} is ruled out: ")


def _held(entry: Reservation) -> Ground:
    return Ground(entry.text, entry.condition, entry.source)


def _ground(criterion: Criterion, lead: str = "") -> Ground:
    return Ground(f"{lead}{criterion.text}", criterion.condition, criterion.source)


def _provisional(told: Told) -> Line:
    held = reservations_of(told)
    is_provisional = told.answer["provisional"]
    return line_of(
        told,
        "provisional",
        kind="provisional",
        title="Provisional" if is_provisional else "Final",
        statement=PROVISIONAL if is_provisional else FINAL,
        state="provisional" if is_provisional else "final",
        grounds=[_held(entry) for entry in held],
        facts=[entry.fact for entry in held if entry.fact is not None],
    )
