import pytest

from guidance.engine.draft.agreement import find_disagreement
from tests.unit.guidance.drafts import draft, told


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"facts": "facts: [{name: a, low: 3, high: 2}]"},
            "facts.yaml:1:24: low: is above high",
        ),
        (
            {"facts": "facts: [{name: a, shorthand: y, fields: [{name: x}]}]"},
            "facts.yaml:1:30: shorthand: y is no field of this fact",
        ),
        (
            {
                "facts": "facts: [{name: ordered_procedure, values: {none: x, EUS: x, CT: x}}]",
                "procedures": "procedures: [{code: EUS}]",
            },
            "facts.yaml:1:61: values: CT is defined nowhere",
        ),
        (
            {
                "facts": "facts: [{name: ordered_procedure, values: {none: x, EUS: x}}]",
                "procedures": "procedures: [{code: EUS}, {code: CT}]",
            },
            "procedures.yaml:1:34: code: CT cannot be ordered: "
            "it is no value of the fact ordered_procedure",
        ),
        (
            {
                "facts": "facts: [{name: followup_policy, values: {FU-01: x, FU-02: x}}]",
                "intervals": "intervals: [{id: FU-01}]",
            },
            "facts.yaml:1:52: values: FU-02 is defined nowhere",
        ),
        (
            {"intervals": "intervals: [{rows: [{window: [6, 3]}, {window: [6, longer]}]}]"},
            "intervals.yaml:1:30: window: begins after its end",
        ),
        (
            {"reports": "tables: [{id: t, columns: [{key: a}], rows: [{cells: {a: x, b: x}}]}]"},
            "reports.yaml:1:61: cells: b is no column of the table t",
        ),
        (
            {
                "facts": "facts: [{name: who_version, values: {WHO2010: x, WHO2022: x}}]",
                "explanations": "grade: {versions: {WHO2010: x}, units: {WHO2010: x, WHO2022: x}}",
            },
            "explanations.yaml:1:19: versions: lacks WHO2022, a value of the fact who_version",
        ),
    ],
)
def test_what_does_not_agree(files, expected):
    assert told(find_disagreement(draft(**files))) == [expected]


def test_files_that_cannot_be_read_disagree_with_nothing():
    assert told(find_disagreement({})) == []
    one = draft(facts="facts: [{name: ordered_procedure, values: {EUS: x}}]")
    assert told(find_disagreement(one)) == []
    assert told(find_disagreement(draft(procedures="procedures: [{code: EUS}]"))) == []
    assert told(find_disagreement(draft(intervals="intervals: [{rows: [{window: 3}]}]"))) == []
