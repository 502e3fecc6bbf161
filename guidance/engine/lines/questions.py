"""Why each fact is asked for: which step, scenario or branch wants it."""

from collections.abc import Iterator

from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.logic import Condition
from guidance.engine.missing import ORDER_FORM, SURVEILLANCE_NEGATIVE
from guidance.engine.scenario import Reservation, holding

MISSING, CONFIRM = "missing", "confirm"
TITLES = {MISSING: "Open question", CONFIRM: "To confirm before ordering"}
VERSION = "No grade is given without an edition of WHO."
ORDER = "The order form has to say it."


def question_lines(told: Told) -> Iterator[Line]:
    """Yield a line for each open question, then for each to confirm before an order."""
    for question in told.answer["questions"]:
        kind, name = question["kind"], question["fact"]
        grounds, reasons = [], []
        for text, ground in _reasons(told, kind, name):
            reasons.append(text)
            grounds += [ground] if ground else []
        yield line_of(
            told,
            f"{kind}-{name}",
            kind=kind,
            title=TITLES[kind],
            statement=question["question"],
            state="unknown" if told.reading.get(name) is None else "to be looked at again",
            grounds=grounds,
            facts=(name,),
            source=question["source"],
            settles=question["settles"],
            reasons=list(dict.fromkeys(reasons)),
            fact=name,
        )


def reservations_of(told: Told) -> tuple[Reservation, ...]:
    """Return everything that keeps the answer from being final."""
    scenario = told.edition.catalogue.scenarios.get(told.route.scenario)
    held = holding(scenario.reserve, told.reading) if scenario else ()
    return (*told.route.reservations, *held)


def _reasons(told: Told, kind: str, name: str) -> Iterator[tuple[str, Ground | None]]:
    yield from _of_rank(told, name) if kind == CONFIRM else _of_missing(told, name)


def _of_rank(told: Told, name: str) -> Iterator[tuple[str, Ground | None]]:
    if name in ORDER_FORM:
        yield ORDER, None
    seen = set()
    for rating in told.edition.ratings.by_scenario[told.route.scenario]:
        for rule in rating.substitutions:
            if name in rule.confirm and rule.id not in seen:
                seen.add(rule.id)
                title = f"{rule.id} takes a study away where"
                yield rule.text, Ground(title, rule.condition, rule.source)


def _of_missing(told: Told, name: str) -> Iterator[tuple[str, Ground | None]]:
    for entry in reservations_of(told):
        if entry.fact == name:
            ground = Ground("Keeps the answer from being final", entry.condition, entry.source)
            yield entry.text, ground
    rule = told.route.rule
    if rule is not None and name in rule.ask:
        ground = Ground("The scenario stays open where", rule.condition, rule.source)
        yield rule.text, ground
    if name == "who_version":
        yield VERSION, None
    yield from ((text, None) for text in _wanted_by(told, name))
    hold = told.edition.branches.hold
    if told.answer["branch"] == hold.held and name in hold.requires_false:
        for condition in _holding_checks(told):
            yield (
                "Progression is held for a second reading only where this is known to be absent.",
                Ground("May only seem to be progression", condition),
            )


def _wanted_by(told: Told, name: str) -> Iterator[str]:
    scenario = told.edition.catalogue.scenarios.get(told.route.scenario)
    branch = told.edition.branches.branches.get(told.answer["branch"] or "")
    if scenario is not None:
        if name in scenario.ask:
            yield f"Wanted in every case of: {scenario.name}."
        if name in scenario.ask_after_result and told.reading["@result"]:
            yield f"Wanted with every result in: {scenario.name}."
    if branch is not None:
        if name in branch.ask:
            yield f"Wanted by what follows this result: {branch.trigger}"
        if branch.id == SURVEILLANCE_NEGATIVE:
            yield "Wanted by the rules for the next study."


def _holding_checks(told: Told) -> Iterator[Condition]:
    hold = told.edition.branches.hold
    for check in told.edition.checks[told.answer["scenario_status"]]:
        if check.code in hold.checks and check.condition and check.is_raised(told.reading):
            yield check.condition
