import pytest

from guidance.engine.draft.references import (
    Sources,
    find_bad_source,
    find_unknown_name,
    vocabulary,
)
from guidance.engine.schema import Named
from tests.unit.guidance.drafts import FACTS, draft, told

EDITION = """
sources:
- {tag: "000", lines: 92}
- {tag: "001", lines: 82}
markers: {INT: Interpretation}
"""
REGISTERS = {
    "disagreements": "disagreements: [{id: N-01}]",
    "ambiguities": "ambiguities: [{id: A-01}]",
}


def tell(files, kind, value, *, is_key=False):
    document = draft(a=f"{value}: x" if is_key else f"a: {value}")["a"]
    path = (value,) if is_key else ("a",)
    named = Named(kind, path, path[0] if is_key else document.value["a"], is_key)
    known = vocabulary(files)
    if kind == "source":
        return told(find_bad_source(document, named, known, Sources.of(files)))
    return told(find_unknown_name(document, named, known))


@pytest.mark.parametrize(
    "source",
    [
        "000 L1",
        "000 L92; 001 L3-L82, L4; INT",
        "N-01; A-01",
    ],
)
def test_a_source_that_is_there(source):
    assert tell(draft(edition=EDITION, **REGISTERS), "source", source) == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("005 L1", "source: 005 is no source of edition.yaml"),
        ("000 L93", "source: 000 L93: the document has the lines 1 to 92"),
        ("000 L0", "source: 000 L0: the document has the lines 1 to 92"),
        ("001 L80-L92", "source: 001 L80-L92: the document has the lines 1 to 82"),
        ("001 L9-L8", "source: 001 L9-L8: the document has the lines 1 to 82"),
        ("BS", "source: BS is no marker of edition.yaml"),
        ("N-02", "N-02 is no entry of disagreements.yaml"),
        ("A-99", "A-99 is no entry of ambiguities.yaml"),
    ],
)
def test_a_source_that_is_not_there(source, reason):
    files = draft(edition=EDITION, **REGISTERS)
    assert tell(files, "source", source) == [f"a.yaml:1:4: {reason}"]


def test_every_wrong_part_of_a_source_is_told():
    files = draft(edition=EDITION, **REGISTERS)
    assert len(tell(files, "source", "005 L1; 000 L93, L94; N-03; BS")) == 5


def test_registers_that_are_still_empty_refuse_nothing():
    files = draft(edition=EDITION, disagreements="disagreements: []")
    assert tell(files, "source", "N-77; A-77") == []


def test_sources_that_cannot_be_read_refuse_nothing():
    assert tell({}, "source", "005 L1; XX") == []
    assert tell(draft(edition="sources: none"), "source", "005 L1") == []


DEFINING = {
    "fact_name": ("facts", "facts: [{name: sex}]", "sex"),
    "fact_group": ("facts", "groups: {A: Patient}", "A"),
    "scenario_id": ("scenarios", "scenarios: [{id: SC-01}]", "SC-01"),
    "hint_id": ("scenarios", "hints: [{id: H-01}]", "H-01"),
    "reason": ("scenarios", "not_covered: {PREGNANCY: x}", "PREGNANCY"),
    "not_covered": ("scenarios", "not_covered: {PREGNANCY: x}", "NOT_COVERED:PREGNANCY"),
    "procedure_code": ("procedures", "procedures: [{code: EUS}]", "EUS"),
    "branch_id": ("branches", "branches: [{id: B-01-POS}]", "B-01-POS"),
    "action_code": ("actions", "actions: [{code: ACT-MDT}]", "ACT-MDT"),
    "interval_id": ("intervals", "intervals: [{id: FU-01}]", "FU-01"),
    "escalation_code": ("escalations", "escalations: [{code: E-01}]", "E-01"),
    "check_code": ("checks", "checks: [{code: W-NEC}]", "W-NEC"),
    "disagreement_id": ("disagreements", "disagreements: [{id: N-01}]", "N-01"),
    "ambiguity_id": ("ambiguities", "ambiguities: [{id: A-01}]", "A-01"),
    "outcome": ("facts", FACTS, "positive"),
}


@pytest.mark.parametrize("kind", DEFINING)
def test_a_name_has_to_be_defined(kind):
    file, text, name = DEFINING[kind]
    files = draft(**{file: text})
    assert tell(files, kind, name) == []
    (problem,) = tell(files, kind, "unheard_of")
    assert problem.startswith("a.yaml:1:4: unheard_of is no ")
    # Nothing is known of what a file that cannot be read defines.
    assert tell({}, kind, "unheard_of") == []


def test_a_name_that_is_a_key_has_the_place_of_the_key():
    files = draft(scenarios="scenarios: [{id: SC-01}]")
    assert tell(files, "scenario_id", "SC-99", is_key=True) == [
        "a.yaml:1:1: SC-99 is no scenario of scenarios.yaml"
    ]


def test_a_result_that_no_branch_follows_is_none():
    assert len(tell(draft(facts=FACTS), "outcome", "not_available")) == 1


def test_rules_stand_in_many_files_and_are_known_where_all_can_be_read():
    tables = "tables: [{rows: [{id: DP-01}]}]"
    files = draft(
        classification=tables,
        response="tables: []",
        prognosis="tables: []",
        performance="tables: []",
        reports="tables: []",
        protocols="{protocols: [{id: PR-01}], tables: []}",
        substitutions="{substitutions: [{id: SUB-01}], statements: [{id: SUB-08}]}",
        checklists="checklists: [{id: X-04}]",
        eligibility="eligibility: [{id: TX-ABL}]",
    )
    for name in ("DP-01", "PR-01", "SUB-01", "SUB-08", "X-04", "TX-ABL"):
        assert tell(files, "rule_id", name) == []
    assert len(tell(files, "rule_id", "DP-99")) == 1
    del files["reports"]
    assert tell(files, "rule_id", "DP-99") == []


def test_a_value_that_breaks_its_schema_is_told_there():
    assert tell(draft(facts=FACTS), "fact_name", "[1]") == []
