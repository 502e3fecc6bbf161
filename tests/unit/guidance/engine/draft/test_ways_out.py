import pytest

from guidance.engine.draft.vocabulary import terms
from guidance.engine.draft.ways_out import find_dead_ends
from tests.unit.guidance.drafts import FACTS, draft, told

FILES = {
    "facts": FACTS,
    "scenarios": """\
gates: [{result: PREGNANCY}]
steps: [{rules: [{to: "NOT_COVERED:NO_MATCH"}]}]
not_covered: {PREGNANCY: x, NO_MATCH: x}
scenarios: [{id: SC-01, status: FULL, hint: H-01}, {id: SC-02, status: NAMED}]
hints: [{id: H-01}]
""",
    "ratings": "ratings: {SC-01: []}",
    "actions": "actions: [{code: ACT-A}, {code: OPT-B}]",
    "branches": """\
branches:
- id: B-01-POS
  scenarios: [SC-01]
  outcomes: [positive]
  actions: [{code: ACT-A}, {code: OPT-B, when: mri_available = T}]
  escalation: E-01
- {id: B-01-REVIEW, scenarios: [SC-01], outcomes: [], actions: [{code: ACT-A}]}
without_branch:
- {scenario: SC-01, outcomes: [negative]}
hold: {from: B-01-POS, to: B-01-REVIEW}
""",
    "escalations": """\
escalations:
- {code: E-01, when: "@branch = B-01-POS"}
- {code: E-02, when: mri_available = T}
silent_statuses: [CONFLICT]
""",
}


def tell(file="facts", old="facts", new="facts"):
    assert FILES[file].count(old) == 1
    files = draft(**{**FILES, file: FILES[file].replace(old, new)})
    return told(find_dead_ends(files, terms(files)))


def test_an_edition_in_which_everything_leads_somewhere():
    assert tell() == []


def test_nothing_is_said_of_files_that_cannot_be_read():
    assert told(find_dead_ends({}, {})) == []
    for missing in FILES:
        files = draft(**{name: text for name, text in FILES.items() if name != missing})
        assert told(find_dead_ends(files, terms(files))) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "branches",
            "outcomes: [negative]",
            "outcomes: []",
            "branches.yaml:1:1: SC-01 has no branch for negative: "
            "where the sources give none, say so under without_branch",
        ),
        (
            "branches",
            "outcomes: [negative]",
            "outcomes: [negative, positive]",
            "branches.yaml:9:42: SC-01 has a branch for positive",
        ),
        (
            "branches",
            "- {scenario: SC-01,",
            "- {scenario: SC-01, outcomes: [negative]}\n- {scenario: SC-02,",
            "branches.yaml:10:32: SC-02 is not specified fully, so no branch is missing",
        ),
        (
            "branches",
            "outcomes: [],",
            "outcomes: [positive],",
            "branches.yaml:7:52: SC-01 has a branch for positive already",
        ),
        (
            "branches",
            "[{code: ACT-A}, {code: OPT-B, when",
            "[{code: ACT-A, unless: mri_available = T}, {code: OPT-B, when",
            "branches.yaml:5:3: actions: a case can be left without any: "
            "one has to have no condition",
        ),
        (
            "branches",
            "to: B-01-REVIEW",
            "to: B-01-POS",
            "branches.yaml:7:51: outcomes: no result leads to this branch",
        ),
        (
            "branches",
            "to: B-01-REVIEW",
            "to: B-01-POS",
            "branches.yaml:10:14: from: B-01-POS is held for itself",
        ),
        (
            "branches",
            "from: B-01-POS",
            "from: B-01-NEG",
            "branches.yaml:10:14: from: no result leads to B-01-NEG, so nothing is held",
        ),
        (
            "branches",
            "escalation: E-01",
            "escalation: E-02",
            "branches.yaml:6:15: escalation: E-02 of escalations.yaml does not follow "
            "from this branch",
        ),
        (
            "branches",
            "  escalation: E-01\n",
            "",
            "branches.yaml:2:3: E-01 of escalations.yaml follows from this branch: "
            "name it as escalation",
        ),
        (
            "escalations",
            "mri_available = T",
            '"@status = CONFLICT"',
            "escalations.yaml:3:22: when: nothing raises this, since its statuses are silent",
        ),
        (
            "actions",
            "{code: OPT-B}",
            "{code: OPT-B}, {code: C}",
            "actions.yaml:1:48: C: nothing leads to it",
        ),
        (
            "scenarios",
            "[{id: H-01}]",
            "[{id: H-01}, {id: H-02}]",
            "scenarios.yaml:5:26: H-02: nothing leads to it",
        ),
        (
            "scenarios",
            "PREGNANCY: x",
            "PREGNANCY: x, AGE: x",
            "scenarios.yaml:3:29: AGE: nothing leads to it",
        ),
        (
            "ratings",
            "SC-01: []",
            "SC-01: [], SC-02: []",
            "ratings.yaml:1:22: SC-02 is not specified fully: the sources rate no study for it",
        ),
        (
            "ratings",
            "SC-01: []",
            "SC-03: []",
            "scenarios.yaml:4:18: SC-01 has no ratings in ratings.yaml",
        ),
    ],
)
def test_what_leads_nowhere(file, old, new, expected):
    assert expected in tell(file, old, new)


def test_what_breaks_its_schema_is_told_there():
    for text in ("branches: [3, {actions: [3], escalation: ~}]", "branches: 3"):
        files = draft(**{**FILES, "branches": text})
        list(find_dead_ends(files, terms(files)))
