"""The tumor of a case as a Condition."""

import pytest

from cases.fhir.resources.condition import TumorCondition
from cases.fhir.vocabulary import address_of
from tests.unit.fhir.resources.clinical_rows import case, codes
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid

CONDITION = TumorCondition()
KNOWN = {
    "diagnosis_basis": "pathology_confirmed",
    "primary_site": "pancreas",
    "histology_subtype": "NET",
    "diagnosis_date": "2025-11-01",
    "metastases_known": True,
}


def test_a_diagnosis_has_code_site_and_histology():
    found = assert_mcode(CONDITION.project(case(facts=KNOWN)), "primary-cancer-condition")

    assert found["code"]["text"] == "NET of the tail"
    assert codes(found["code"])["http://hl7.org/fhir/sid/icd-10-cm"] == "C25.4"
    assert codes(found["bodySite"][0])["http://snomed.info/sct"] == "15776009"
    by_url = {each["url"].rpartition("/")[2]: each for each in found["extension"]}
    histology = by_url["mcode-histology-morphology-behavior"]["valueCodeableConcept"]
    assert codes(histology)["http://terminology.hl7.org/CodeSystem/icd-o-3"] == "8240/3"
    assert codes(histology)[address_of("fact")] == "histology_subtype/NET"
    assert by_url["condition-assertedDate"]["valueDateTime"] == "2025-11-01"
    assert list(codes(found["verificationStatus"]).values()) == ["confirmed"]
    assert list(codes(found["clinicalStatus"]).values()) == ["active"]


def test_of_what_nobody_knows_nothing_is_said():
    found = assert_mcode(CONDITION.project(case()), "primary-cancer-condition")

    assert found["code"] == {"text": "NET of the tail"}
    assert not {"clinicalStatus", "verificationStatus", "bodySite", "extension", "stage"} & set(
        found
    )


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"recurrence_status": "confirmed", "metastases_known": True}, "recurrence"),
        ({"residual_disease_known": True}, "active"),
        ({"resection_status": "none"}, "active"),
        ({"resection_status": "complete", "metastases_known": False}, None),
    ],
)
def test_it_is_active_where_the_facts_say_so_and_never_in_remission(facts, status):
    found = CONDITION.project(case(facts=facts)).get("clinicalStatus")

    assert (list(codes(found).values()) if found else [None]) == [status]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"histology_subtype": "NEC_small_cell"}, "C7A.1"),
        ({"histology_subtype": "NET", "primary_site": "small_bowel"}, "C7A.8"),
        ({"histology_subtype": "MANEC", "primary_site": "pancreas"}, None),
        ({"differentiation": "poor", "primary_site": "pancreas"}, None),
        ({"primary_site": "lung"}, None),
        ({"primary_site": "pancreas", "diagnosis_basis": "not_pnet"}, None),
    ],
)
def test_the_code_says_no_more_than_the_facts(facts, code):
    found = CONDITION.project(case(facts={"diagnosis_basis": "suspected", **facts}))

    assert codes(assert_valid(found)["code"]).get("http://hl7.org/fhir/sid/icd-10-cm") == code


def test_its_version_is_the_cases_since_facts_stand_in_other_rows():
    row = case()
    row.version = 7

    assert CONDITION.stand(row).number == 7
