"""T, N, M and stage as Observations."""

from typing import Any

from cases.fhir.resources.condition import TumorCondition
from cases.fhir.resources.stage import MetastasesCategory, NodesCategory, StageGroup, TumorCategory
from cases.fhir.vocabulary import address_of
from cases.models import Assessment
from guidance.engine import content
from tests.unit.fhir.resources.board_rows import AT, of
from tests.unit.fhir.resources.clinical_rows import DAY, case, codes
from tests.unit.fhir.resources.mcode_rules import assert_mcode

STAGED = {
    "tnm_system": "AJCC8",
    "differentiation": "well",
    "histology_subtype": "NET",
    "primary_size_mm": 25,
    "limited_to_pancreas": True,
    "invades_duodenum": False,
    "invades_bile_duct": False,
    "invades_adjacent_organs": [],
    "involves_celiac_axis": False,
    "involves_sma": False,
    "regional_ln_metastasis": True,
    "distant_metastasis": True,
    "metastatic_sites": ["liver"],
}


def assessment(**facts: Any) -> Assessment:
    """An assessment by the newest edition, in which everything is known but what is None."""
    known = {name: value for name, value in {**STAGED, **facts}.items() if value is not None}
    given = {"evaluated_on": DAY, "made_at": AT, "edition_version": content.DEFAULT_VERSION}
    return of(Assessment, case=case(), facts=known, **given)


def test_a_group_names_its_tumor_its_system_and_its_categories():
    row = assessment()
    found = assert_mcode(StageGroup().project(row), "tnm-stage-group")

    assert codes(found["code"]) == {
        "http://snomed.info/sct": "399390009",
        address_of("tnm"): "stage_group",
    }
    assert found["valueCodeableConcept"]["text"] == "IV"
    assert codes(found["method"])["http://snomed.info/sct"] == "897275008"
    assert found["focus"] == [{"reference": f"Condition/{row.case_id}"}]
    members = [each["reference"] for each in found["hasMember"]]
    assert members == [f"Observation/{row.pk}-{part}" for part in ("t", "n", "m")]
    assert found["status"] == "preliminary", "nobody verified it"


def test_each_category_keeps_to_its_profile():
    row = assessment()
    for source, name, value in (
        (TumorCategory(), "tnm-primary-tumor-category", "T2"),
        (NodesCategory(), "tnm-regional-nodes-category", "N1"),
        (MetastasesCategory(), "tnm-distant-metastases-category", "M1a"),
    ):
        found = assert_mcode(source.project(row), name)
        assert found["valueCodeableConcept"]["text"] == value
        assert "hasMember" not in found
        assert "http://loinc.org" not in codes(found["code"]), "LOINC would say: clinical"


def test_what_the_facts_leave_open_has_no_value_and_says_how_far_it_is_known():
    row = assessment(invades_duodenum=None, distant_metastasis=None, metastatic_sites=None)
    category = assert_mcode(TumorCategory().project(row), "tnm-primary-tumor-category")
    group = assert_mcode(StageGroup().project(row), "tnm-stage-group")

    assert list(codes(category["dataAbsentReason"]).values()) == ["unknown"]
    assert category["note"][0]["text"] == "At least T2."
    assert "valueCodeableConcept" not in group
    assert [each["reference"] for each in group["hasMember"]] == [f"Observation/{row.pk}-n"]


def test_what_the_system_has_no_category_for_says_why():
    row = assessment(differentiation="poor", histology_subtype="NEC_small_cell")

    assert "carcinoma" in TumorCategory().project(row)["note"][-1]["text"]


def test_a_condition_names_its_stage_group_where_it_is_definite():
    row = case()
    row.assessment = assessment()
    assert TumorCondition().project(row)["stage"] == [
        {"assessment": [{"reference": f"Observation/{row.assessment_id}-stage"}]}
    ]
    for facts in ({"distant_metastasis": None, "metastatic_sites": None}, dict.fromkeys(STAGED)):
        row.assessment = assessment(**facts)
        assert "stage" not in TumorCondition().project(row)


def test_an_assessment_has_one_version():
    assert StageGroup().stand(assessment())[:2] == (1, AT)
