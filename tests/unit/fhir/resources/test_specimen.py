"""Specimens, and what pathology said of them."""

from decimal import Decimal

import pytest

from cases.fhir.resources.diagnostic_report import PathologyReport
from cases.fhir.resources.pathology import (
    PATHOLOGY,
    HistologicGrade,
    HistologicType,
    Ki67,
    MitoticRate,
    SpecimenFindings,
    SpecimenSize,
    findings_of,
)
from cases.fhir.resources.specimen import TumorSpecimen
from cases.fhir.vocabulary import address_of
from tests.unit.fhir.resources.clinical_rows import DAY, case, codes, specimen
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid

FULL = {
    "ki67_percent": Decimal("3.50"),
    "mitoses_per_10hpf": Decimal("2.00"),
    "grade": "G2",
    "who_version": "WHO2022",
    "subtype": "NET",
    "size_mm": Decimal("24.0"),
    "differentiation": "well",
    "chromogranin_a": True,
    "hormones": ["insulin"],
    "margin": "R0",
    "nodes_examined": 12,
    "nodes_positive": 0,
    "vascular_invasion": False,
}


def test_a_specimen_says_what_it_is_and_from_where():
    row = specimen(report_number="P-17")
    found = assert_mcode(TumorSpecimen().project(row), "human-specimen")

    assert codes(found["type"]) == {
        "http://terminology.hl7.org/CodeSystem/v2-0487": "TISS",
        address_of("specimen_kind"): "biopsy",
    }
    assert codes(found["collection"]["bodySite"])["http://snomed.info/sct"] == "10200004"
    assert found["collection"]["collectedDateTime"] == "2026-02-03"
    assert found["accessionIdentifier"] == {"value": "P-17"}


def test_a_fine_needle_takes_no_tissue_for_sure():
    found = TumorSpecimen().project(specimen(kind="cytology"))

    assert list(codes(found["type"]).values()) == ["cytology"]


def test_of_an_erased_patient_no_number_goes_out():
    row = specimen(report_number="P-17", case=case(erased=True))

    assert "P-17" not in str(TumorSpecimen().project(row))


def test_ki67_is_a_marker_in_percent():
    row = specimen(**FULL)
    found = assert_mcode(Ki67().project(row), "tumor-marker-test")

    assert codes(found["code"])["http://loinc.org"] == "29593-1"
    assert (found["valueQuantity"]["value"], found["valueQuantity"]["code"]) == (
        Decimal("3.5"),
        "%",
    )
    assert found["specimen"] == {"reference": f"Specimen/{row.pk}"}


def test_mitoses_are_counted_in_ten_fields():
    found = assert_valid(MitoticRate().project(specimen(**FULL)))

    assert found["valueQuantity"]["code"] == "{mitoses}/(10.[HPF])"


def test_a_grade_says_by_which_edition():
    found = assert_mcode(HistologicGrade().project(specimen(**FULL)), "histologic-grade")

    assert codes(found["valueCodeableConcept"])["http://snomed.info/sct"] == "1663004"
    assert found["method"]["text"] == "WHO 2022"
    assert "method" not in HistologicGrade().project(specimen(grade="G1"))


def test_a_subtype_is_a_morphology():
    found = assert_mcode(HistologicType().project(specimen(**FULL)), "histologic-behavior-and-type")

    icd = "http://terminology.hl7.org/CodeSystem/icd-o-3"
    assert codes(found["valueCodeableConcept"])[icd] == "8240/3"


def test_a_size_is_of_the_specimen():
    found = assert_mcode(SpecimenSize().project(specimen(**FULL)), "tumor-size")

    (size,) = found["component"]
    assert (size["valueQuantity"]["value"], size["valueQuantity"]["code"]) == (24, "mm")
    assert "specimen" in found, "the profile wants focus or specimen"


def test_the_rest_is_a_panel_and_leaves_out_what_nobody_said():
    found = assert_valid(SpecimenFindings().project(specimen(**FULL)))

    said = {each["code"]["text"]: each for each in found["component"]}
    assert said["Chromogranin A staining"]["valueBoolean"] is True
    assert said["Hormones on staining"]["valueCodeableConcept"]["text"] == "Insulin"
    assert said["Resection margin"]["valueCodeableConcept"]["text"] == "R0, no residual tumor"
    assert said["Lymph nodes positive"]["valueQuantity"]["value"] == 0
    assert said["Vascular invasion"]["valueBoolean"] is False
    assert not {"Synaptophysin staining", "Perineural invasion"} & set(said)


def test_no_hormone_is_an_answer():
    found = SpecimenFindings().project(specimen(hormones=[]))

    assert [each["valueCodeableConcept"] for each in found["component"]] == [{"text": "None"}]


def test_a_report_names_what_was_said_and_brings_its_text():
    row = specimen(**FULL, report="Well differentiated.", reported_on=DAY, laboratory="City")
    found = assert_valid(PathologyReport().project(row))

    assert [each["reference"] for each in found["result"]] == [
        f"Observation/{row.pk}-{name}"
        for name in ("ki67", "mitoses", "grade", "histology", "size", "findings")
    ]
    assert found["presentedForm"][0]["data"] == "V2VsbCBkaWZmZXJlbnRpYXRlZC4="
    assert found["extension"][0]["valueDate"] == "2026-02-03"
    assert list(codes(found["category"][0]).values()) == ["SP"]
    cytology = PathologyReport().project(specimen(kind="cytology", report="Cells."))
    assert list(codes(cytology["category"][0]).values()) == ["CP"]


@pytest.mark.parametrize("source", PATHOLOGY, ids=lambda source: source.suffix)
def test_a_specimen_without_it_gives_none(source):
    empty = specimen()

    assert not source.gives(empty)
    assert source.gives(specimen(**FULL))
    assert findings_of(empty) == []
    assert not PathologyReport().gives(empty)
