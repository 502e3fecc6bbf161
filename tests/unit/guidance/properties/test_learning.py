"""What becomes known changes only what the specification lets it change.

The table of what a fact may change is `needed_by.yaml`, read from the specification by hand.
"""

from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guidance.engine.assess import assess
from guidance.engine.content import parse_yaml
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.unit.guidance.cases import DATA
from tests.unit.guidance.properties.strategies import VALUES, WORKED, cases, examples

CONTRACT = (
    "scenario",
    "provisional",
    "candidates",
    "top",
    "alternatives",
    "removed",
    "warnings",
    "branch",
    "actions",
    "next_interval",
    "board",
    "missing",
    "confirm_before_order",
    "grade",
    "edition",
)
ROUTE = frozenset(CONTRACT) - {"grade", "edition"}
TABLE = {
    row["fact"]: row
    for row in parse_yaml(
        (DATA.parent / "properties" / "needed_by.yaml").read_text(encoding="utf-8")
    )["facts"]
}
UNRELATED = sorted(name for name, row in TABLE.items() if not row["changes"])
EDITION = load_edition()
#: The one case that is not covered at the end of the steps instead of before them.
NO_MATCH = "NOT_COVERED:NO_MATCH"


def may_change(name):
    named = TABLE[name]["changes"]
    return ROUTE.union(named) - {"route"} if "route" in named else frozenset(named)


def answer(raw):
    return assess(parse_facts(raw), EDITION)


def changed(before, after):
    return {key for key in CONTRACT if before[key] != after[key]}


class Learned(NamedTuple):
    """A fact that was unknown and became known, with the answers before and after."""

    fact: str
    value: Any
    before: dict[str, Any]
    after: dict[str, Any]


@st.composite
def learned(draw: st.DrawFn) -> Learned:
    """A fact becomes known: one that the case had and forgot, or any other."""
    raw = draw(cases())
    name = draw(st.one_of(st.sampled_from(sorted(raw) or ["sex"]), st.sampled_from(sorted(VALUES))))
    raw.pop(name, None)
    # A fact that others give is known already.
    assume(not parse_facts(raw).is_known(name))
    value = draw(VALUES[name])
    return Learned(name, value, answer(raw), answer({**raw, name: value}))


#: Facts without which a case cannot be led on (U-GATE), and some that lead it past them.
GATING = sorted(
    {name for name, fact in DICTIONARY.items() if fact.unknown == "U-GATE"}
    | {"cga_trend", "metastases_resected_completely", "clinician_suspects_recurrence"}
)


@st.composite
def learned_at_a_fork(draw: st.DrawFn) -> Learned:
    """A worked case that lacks some of what leads the way, and learns one of it."""
    raw = dict(draw(st.sampled_from(WORKED)))
    for name in draw(st.lists(st.sampled_from(GATING), min_size=1, max_size=3, unique=True)):
        raw.pop(name, None)
    before = answer(raw)
    wanted = [name for name in before["missing"] if name not in raw] or GATING
    name = draw(st.sampled_from(wanted))
    raw.pop(name, None)
    value = draw(VALUES[name])
    return Learned(name, value, answer(raw), answer({**raw, name: value}))


def is_stopped(found):
    """Whether a gate or a contradiction ended the way before the steps."""
    not_covered = found["not_covered"] is not None and found["scenario"] != NO_MATCH
    return found["scenario"] == "CONFLICT" or not_covered


def test_the_table_speaks_of_every_fact_in_order():
    assert list(TABLE) == list(DICTIONARY)
    assert len(UNRELATED) > 50


def test_every_exception_is_listed_with_its_rule():
    for row in TABLE.values():
        assert row["needed_by"]
        assert row.keys() <= {
            *("fact", "needed_by", "changes", "conflicts", "gates"),
            *("settled", "beyond", "reopens", "anew", "while_unknown"),
        }
        assert set(row["changes"]) <= {*CONTRACT, "route"}


def check(step):
    row = TABLE[step.fact]
    difference = changed(step.before, step.after)
    if step.after["scenario"] == "CONFLICT":
        new = {*step.after["conflicts"]} - {*step.before["conflicts"]}
        if new:
            assert new <= {*row.get("conflicts", ())}, step
            return
    gates = {found["id"] for found in step.after["criteria"] if found["kind"] == "gate"}
    if gates & {*row.get("gates", ())}:
        return
    assert difference <= may_change(step.fact), step


@given(learned())
def test_a_fact_changes_only_what_the_specification_lets_it_change(step):
    check(step)


@pytest.mark.parametrize("name", TABLE)
def test_in_every_worked_case_a_fact_changes_only_what_it_may(name):
    """Not drawn: every worked case, with every value of the fact that rules tell apart.

    And not knowing says nothing by itself: what is removed, warned of or brought before the
    board while a fact is unknown, is so whatever the fact is. Exceptions: `while_unknown`.
    """
    for raw in WORKED:
        without = {key: value for key, value in raw.items() if key != name}
        if parse_facts(without).is_known(name):
            continue
        before = answer(without)
        for value in examples(DICTIONARY[name]):
            step = Learned(name, value, before, answer({**without, name: value}))
            check(step)
            if step.after["scenario"] == before["scenario"]:
                gone = said(before) - said(step.after)
                assert gone <= {*TABLE[name].get("while_unknown", ())}, (value, without)


def said(found):
    """Codes of what an answer says against a study, a case or an order."""
    gone = {f"without {procedure}" for procedure, _ in found["removed"]}
    return {*found["warnings"], *found["board"]["reasons"], *gone}


@given(st.data(), cases())
def test_facts_that_nothing_needs_change_nothing(data, raw):
    plain = {name: value for name, value in raw.items() if name not in UNRELATED}
    drawn = data.draw(st.lists(st.sampled_from(UNRELATED), unique=True, max_size=12))
    more = {name: data.draw(VALUES[name]) for name in drawn}
    before, after = answer(plain), answer({**plain, **more})
    if after["scenario"] == "CONFLICT":
        # Unrelated facts can still contradict others (C-03, C-06, C-09).
        able = {found for name in more for found in TABLE[name].get("conflicts", ())}
        new = {*after["conflicts"]} - {*before["conflicts"]}
        assert new <= able
        assume(not new)
    assume(not ({"histology_subtype"} & more.keys() and after["scenario"] == "SC-08"))
    assert not changed(before, after)


@given(st.one_of(learned(), learned_at_a_fork()))
def test_a_final_answer_stays_in_its_scenario(step):
    """Exceptions: the column `settled`, each with its rule; gates and contradictions."""
    before, after = step.before, step.after
    row = TABLE[step.fact]
    if before["scenario"] == "UNDETERMINED" or before["provisional"] or is_stopped(before):
        return
    if after["scenario"] != before["scenario"]:
        gates = {found["id"] for found in after["criteria"] if found["kind"] == "gate"}
        by_gate = gates & {*row.get("gates", ())}
        by_conflict = {*after["conflicts"]} & {*row.get("conflicts", ())}
        assert by_gate or by_conflict or "settled" in row, step
    elif after["provisional"]:
        assert "reopens" in row, step


@given(learned_at_a_fork())
def test_an_undetermined_case_is_settled_among_its_candidates(step):
    """Exceptions: the column `beyond`, by the same step; `settled`, gates, contradictions."""
    before, after = step.before, step.after
    row = TABLE[step.fact]
    if not before["candidates"] or after["scenario"] in ("UNDETERMINED", "CONFLICT"):
        return
    gates = {found["id"] for found in after["criteria"] if found["kind"] == "gate"}
    if not gates & {*row.get("gates", ())} and "settled" not in row:
        assert after["scenario"] in {*before["candidates"], *row.get("beyond", ())}, step


@given(st.one_of(learned(), learned_at_a_fork()))
def test_what_is_known_is_not_asked_for_again(step):
    """Exceptions: the column `anew`, each value with its rule."""
    asked = {*step.after["missing"], *step.after["confirm_before_order"]}
    if step.fact in asked:
        assert step.value in TABLE[step.fact].get("anew", ()), step


@given(learned())
def test_a_fact_that_is_asked_for_matters_to_that_answer(step):
    """What is missing may change the answer by the table, beside the list itself."""
    if step.fact in step.before["missing"]:
        assert may_change(step.fact) - {"missing"}


@given(learned())
def test_a_stop_gives_way_only_to_a_stop_before_it(step):
    """Gates, then contradictions: what comes first in Appendix A is not undone by more facts."""
    order = ["PREGNANCY", "PAEDIATRIC", "UNKNOWN_PRIMARY", "NON_PANCREATIC", "NOT_PNET"]
    places = {f"NOT_COVERED:{reason}": place for place, reason in enumerate(order)}
    places["CONFLICT"] = len(order)
    if step.before["scenario"] in places:
        assert places[step.after["scenario"]] <= places[step.before["scenario"]]
