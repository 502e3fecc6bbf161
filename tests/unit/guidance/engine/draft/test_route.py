import pytest

from guidance.engine.draft.route import find_lost_cases
from guidance.engine.draft.vocabulary import terms
from tests.unit.guidance.drafts import FACTS, draft, told

SCENARIOS = """\
carcinoma_gate: {scenario: SC-08}
not_covered: {NO_MATCH: x}
scenarios: [{id: SC-01, status: FULL}, {id: SC-02, status: NAMED}, {id: SC-08, status: FULL}]
steps:
- rules:
  - {when: height > 3, to: next}
- rules:
  - {when: mri_available = T, to: SC-01}
  - {when: mri_available = F, to: "NOT_COVERED:NO_MATCH"}
  - {when: mri_available = unknown, to: UNDETERMINED}
"""


def tell(old="", new=""):
    assert old in SCENARIOS
    files = draft(facts=FACTS, scenarios=SCENARIOS.replace(old, new) if old else SCENARIOS)
    return told(find_lost_cases(files, terms(files)))


def test_steps_that_lead_every_case_somewhere():
    assert tell() == []
    assert told(find_lost_cases(draft(scenarios="steps: []"), {})) == []
    assert told(find_lost_cases({}, {})) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("to: SC-01}", "to: SC-09}", "8:35: to: there is no SC-09"),
        ('NO_MATCH"}', 'OTHER"}', "9:35: to: there is no NOT_COVERED:OTHER"),
        ("to: UNDETERMINED", "to: next", "10:41: to: there is no step after this one"),
        (
            "mri_available = unknown",
            "height = unknown",
            "7:3: rules: a case can be left that no rule of the last step takes",
        ),
        (
            "{id: SC-02, status: NAMED}",
            "{id: SC-02, status: FULL}",
            "3:45: SC-02: no step leads to it",
        ),
    ],
)
def test_a_case_that_is_led_nowhere(old, new, expected):
    problems = tell(old, new)
    assert f"scenarios.yaml:{expected}" in problems
