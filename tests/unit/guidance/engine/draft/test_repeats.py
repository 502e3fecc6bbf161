import pytest

from guidance.engine.draft.repeats import find_repeats
from tests.unit.guidance.drafts import draft, told


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("edition", 'sources: [{tag: "000"}, {tag: "000"}]', "1:31: tag: 000"),
        ("facts", "facts: [{name: a, number: 1}, {name: a, number: 2}]", "1:38: name: a"),
        ("facts", "facts: [{name: a, number: 1}, {name: b, number: 1}]", "1:49: number: 1"),
        ("facts", "facts: [{fields: [{name: a}, {name: a}]}]", "1:37: name: a"),
        ("procedures", "procedures: [{code: A}, {code: A}]", "1:32: code: A"),
        ("scenarios", "scenarios: [{id: SC-01}, {id: SC-01}]", "1:31: id: SC-01"),
        ("scenarios", "gates: [{id: X}]\ncarcinoma_gate: {id: X}", "2:22: id: X"),
        ("scenarios", "steps: [{rules: [{id: R}]}, {rules: [{id: R}]}]", "1:43: id: R"),
        ("ratings", "ratings: {A: [{procedure: P}, {procedure: P}]}", "1:43: procedure: P"),
        (
            "protocols",
            "protocols: [{id: A, scenario: S, procedure: P}, {id: B, scenario: S, procedure: P}]",
            "1:67: scenario: S with P",
        ),
        (
            "substitutions",
            "substitutions: [{id: A, trait: t}, {id: A, trait: t}]",
            "1:41: id: A with t",
        ),
        ("branches", "branches: [{actions: [{code: A}, {code: A}]}]", "1:41: code: A"),
        ("checks", "checks: [{code: W, when: a}, {code: W, when: a}]", "1:37: code: W with a"),
        ("reports", "tables: [{id: t}, {id: t}]", "1:24: id: t"),
        ("reports", "tables: [{columns: [{key: k}, {key: k}]}]", "1:37: key: k"),
        ("reports", "tables: [{rows: [{id: R}, {id: R}]}]", "1:32: id: R"),
        ("uncovered", "uncovered: [{number: 1}, {number: 1}]", "1:35: number: 1"),
    ],
)
def test_what_stands_twice_is_told_at_its_second_place(file, text, expected):
    assert told(find_repeats(draft(**{file: text}))) == [f"{file}.yaml:{expected} stands twice"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("checks", "checks: [{code: W, when: a}, {code: W, when: b}, {code: W}]"),
        ("substitutions", "substitutions: [{id: A, trait: t}, {id: A, trait: u}]"),
        ("ratings", "ratings: {A: [{procedure: P}], B: [{procedure: P}]}"),
        ("reports", "tables: [{id: s, rows: [{id: R}]}, {id: t, rows: [{id: R}]}]"),
        # An alias stands once, where it is written.
        ("scenarios", "scenarios: [{id: A, reserve: &r [{id: X}]}, {id: B, reserve: *r}]"),
        # What breaks its schema is told there.
        ("actions", "actions: [{text: a}, {text: a}, 3]"),
    ],
)
def test_what_may_stand_twice(file, text):
    assert told(find_repeats(draft(**{file: text}))) == []
