"""Lesions and what studies say of them."""

from decimal import Decimal

import pytest

from cases.fhir.resources.body_structure import LesionStructure
from cases.fhir.resources.lesion import LesionReading
from cases.fhir.resources.lesion_sheet import AllLesions
from cases.fhir.resources.measurement import LesionFindings, LesionSize
from cases.fhir.vocabulary import address_of
from cases.models import LesionSheet
from tests.unit.fhir.resources.board_rows import of
from tests.unit.fhir.resources.clinical_rows import codes, lesion, measurement, study
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid


def test_a_lesion_is_a_tumor_at_a_place():
    row = lesion(location="VI", note="Near the hilum")
    found = assert_mcode(LesionStructure().project(row), "tumor")

    assert codes(found["location"])["http://snomed.info/sct"] == "10200004"
    assert found["location"]["text"] == "Liver, Segment VI"
    assert found["description"] == "L1; Near the hilum"
    assert found["identifier"][0]["value"] == f"urn:uuid:{row.pk}"
    assert found["extension"][0]["valueReference"] == {"reference": f"Condition/{row.case_id}"}


def test_its_role_and_its_kin_are_an_observation():
    other = lesion(label="L2")
    row = lesion(role="non_target", treated_locally=False, merged_into=other)
    found = assert_valid(LesionReading().project(row))

    assert codes(found["valueCodeableConcept"])[address_of("lesion-role")] == "non_target"
    assert found["component"][0]["valueBoolean"] is False
    assert found["component"][1]["valueString"] == f"BodyStructure/{other.pk}"
    assert "component" not in LesionReading().project(lesion())


def test_a_size_is_of_a_lesion_on_a_study():
    row = measurement(longest_mm=Decimal("32.5"), short_mm=Decimal("20.0"))
    found = assert_mcode(LesionSize().project(row), "tumor-size")

    longest, short = found["component"]
    assert longest["valueQuantity"] == {
        "value": Decimal("32.5"),
        "unit": "mm",
        "system": "http://unitsofmeasure.org",
        "code": "mm",
    }
    assert codes(short["code"])["http://loinc.org"] == "33729-5"
    assert found["focus"] == [{"reference": f"BodyStructure/{row.lesion_id}"}]
    assert found["derivedFrom"] == [{"reference": f"ImagingStudy/{row.study_id}"}]
    assert found["effectiveDateTime"] == "2026-02-03"
    assert codes(found["method"])["http://snomed.info/sct"] == "77477000"


def test_of_a_node_the_longest_may_not_be_known():
    row = measurement(lesion=lesion(site="regional_ln"), short_mm=Decimal("11.0"))
    longest, short = assert_mcode(LesionSize().project(row), "tumor-size")["component"]

    assert codes(longest["dataAbsentReason"]) == {
        "http://terminology.hl7.org/CodeSystem/data-absent-reason": "unknown"
    }
    assert short["valueQuantity"]["value"] == 11


def test_what_was_seen_and_measured_besides():
    row = measurement(
        state="measured",
        longest_mm=Decimal(12),
        suvmax=Decimal("18.4"),
        attenuation_hu=Decimal("62.0"),
        source="dicom_sr",
    )
    found = assert_valid(LesionFindings().project(row))

    said = {each["code"]["text"]: each for each in found["component"]}
    assert said["SUVmax"]["valueQuantity"]["code"] == "g/mL{SUVbw}"
    assert said["Mean attenuation"]["valueQuantity"]["code"] == "[hnsf'U]"
    assert codes(found["valueCodeableConcept"])[address_of("measurement-state")] == "measured"
    assert "Where the measurement comes from" in said


@pytest.mark.parametrize(
    ("columns", "size", "findings"),
    [
        ({"longest_mm": 12}, True, False),
        ({"short_mm": 12}, True, False),
        ({"state": "vanished"}, False, True),
        ({"longest_mm": 12, "suvmax": 9}, True, True),
        ({"longest_mm": 12, "source": "dicom_sr"}, True, True),
    ],
)
def test_each_is_given_where_it_was_said(columns, size, findings):
    row = measurement(**columns)

    assert (LesionSize().gives(row), LesionFindings().gives(row)) == (size, findings)


def test_a_sheet_says_of_all_lesions():
    examined = study()
    row = of(LesionSheet, study=examined, case=examined.case, new_lesions=False, baseline=True)
    found = assert_valid(AllLesions().project(row))

    assert {each["code"]["text"]: each["valueBoolean"] for each in found["component"]} == {
        "New lesions": False,
        "Baseline of response reading": True,
    }
    assert AllLesions().gives(row)
    assert not AllLesions().gives(of(LesionSheet, study=examined, case=examined.case))
