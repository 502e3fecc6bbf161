import json

import pytest

from guidance.engine.draft.unreachable import find_impossible, find_unreachable
from guidance.engine.draft.vocabulary import terms
from guidance.engine.schema import Named
from tests.unit.guidance.drafts import FACTS, draft, told

SCENARIOS = "scenarios: [{id: SC-01, status: FULL}, {id: SC-08, status: NAMED}]"


def tell(file, text):
    files = draft(**{"facts": FACTS, "scenarios": SCENARIOS, file: text})
    return told(find_unreachable(files, terms(files)))


def test_a_condition_that_holds_is_no_problem():
    document = draft(a="when: mri_available = T")["a"]
    named = Named("condition", ("when",), document.value["when"], is_key=False)
    assert told(find_impossible(document, named, terms(draft(facts=FACTS)))) == []


def test_a_condition_that_never_holds():
    document = draft(a="when: {all: [mri_available = T, mri_available = F]}")["a"]
    named = Named("condition", ("when",), document.value["when"], is_key=False)
    words = terms(draft(facts=FACTS))
    assert told(find_impossible(document, named, words)) == ["a.yaml:1:7: when: can never be true"]


def test_a_check_that_never_warns_in_its_statuses():
    impossible = "{all: [mri_available = T, mri_available = F]}"
    # That it never holds at all is told of every condition.
    assert tell("checks", f"checks: [{{code: W, statuses: [FULL], when: {impossible}}}]") == []
    text = 'checks: [{code: W-A, statuses: [FULL], when: "@scenario = SC-08"}]'
    assert tell("checks", text) == ["checks.yaml:1:46: when: can never be true in FULL"]
    assert tell("checks", text.replace("FULL", "NAMED")) == []


@pytest.mark.parametrize("field", ["severities", "texts"])
@pytest.mark.parametrize(
    ("when", "rows", "columns"),
    [
        # Nothing is left by the row before it.
        ("mri_available != unknown", ["mri_available = T", "mri_available = T"], [1]),
        ("mri_available = T", ["differentiation = well", {"unless": "height > 3"}], []),
        # The check's own condition leaves nothing.
        ("mri_available = T", ["mri_available = F"], [0]),
        # Its statuses leave nothing.
        ("mri_available = T", ["@scenario = SC-08", "@scenario = SC-01"], [0]),
        # Both before it together.
        (
            "mri_available != unknown",
            ["mri_available = T", "mri_available = F", "differentiation = well"],
            [2],
        ),
    ],
)
def test_a_variant_that_is_never_reached(field, when, rows, columns):
    listed = "".join(f"\n  - {{when: {json.dumps(row)}}}" for row in rows)
    text = f"checks:\n- code: W\n  statuses: [FULL]\n  when: {when}\n  {field}:{listed}"
    assert tell("checks", text) == [
        f"checks.yaml:{6 + number}:5: {field}: is never reached: "
        "what stands before it, or `when` above it, leaves no case"
        for number in columns
    ]


def test_rows_and_rules_that_are_never_reached():
    rows = (
        "intervals:\n- rows:\n  - {when: mri_available = T}\n  - {window: [1, 2]}\n  - {window: x}"
    )
    (problem,) = tell("intervals", rows)
    assert problem.startswith("intervals.yaml:5:5: rows: is never reached")
    rules = "steps:\n- rules:\n  - {when: height > 3}\n  - {when: height > 4}"
    (problem,) = tell("scenarios", rules)
    assert problem.startswith("scenarios.yaml:4:5: rules: is never reached")


def test_what_breaks_its_schema_is_told_there():
    assert tell("checks", "checks: [3, {statuses: ~, severities: 3}, {texts: [3]}]") == []
    assert told(find_unreachable({}, {})) == []
