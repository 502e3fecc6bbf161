"""Studies, how they were made, what they showed, and their reports."""

from decimal import Decimal

import pytest

from cases.fhir.resources.diagnostic_report import ImagingReport, ReportOnly
from cases.fhir.resources.imaging_study import PerformedStudy, is_performed
from cases.fhir.resources.outcome import ResultFindings, StudyOutcome
from cases.fhir.resources.study_protocol import StudyProtocol
from cases.fhir.vocabulary import address_of
from cases.models import StudySeries
from tests.unit.fhir.resources.board_rows import of
from tests.unit.fhir.resources.clinical_rows import (
    DAY,
    case,
    codes,
    measurement,
    result,
    study,
)
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid

STUDY, REPORT, OUTCOME = PerformedStudy(), ImagingReport(), StudyOutcome()
UID = "1.2.840.1"
SERIES = [
    of(StudySeries, series_uid="1.2.840.1.1", number=1, modality="CT", instances=120),
    of(StudySeries, series_uid="1.2.840.1.2", number=-1, modality="", description="Scout"),
]


def test_a_study_says_what_was_examined_when_and_how():
    row = study(ordered_on=DAY, accession_number="A-9", study_uid=UID, performing_site="North")
    found = assert_valid(STUDY.project(row))

    assert found["status"] == "unknown", "whether an archive has pictures, nobody says"
    assert found["started"] == "2026-02-03"
    assert [each["code"] for each in found["modality"]] == ["CT"]
    assert codes(found["procedureCode"][0])["http://loinc.org"] == "36813-4"
    assert [each["value"] for each in found["identifier"]] == [f"urn:oid:{UID}", "A-9"]
    assert found["location"] == {"display": "North"}
    assert found["basedOn"] == [{"reference": f"ServiceRequest/{row.pk}"}]
    assert found["reasonReference"] == [{"reference": f"Condition/{row.case_id}"}]


def test_series_that_are_here_are_available():
    found = assert_valid(STUDY.project(study(series=SERIES)))

    assert (found["status"], found["numberOfSeries"], found["numberOfInstances"]) == (
        "available",
        2,
        121,
    )
    assert found["series"][1]["modality"]["extension"][0]["valueCode"] == "unknown"
    assert "number" not in found["series"][1], "FHIR counts from 0"


def test_of_an_erased_patient_no_number_and_no_series_goes_out():
    row = study(series=SERIES, accession_number="A-9", study_uid=UID, case=case(erased=True))
    found = assert_valid(STUDY.project(row))

    assert not {"identifier", "series", "numberOfSeries"} & set(found)


@pytest.mark.parametrize(
    ("modality", "dicom"), [("PET_SSTR", "PT"), ("SRS", "NM"), ("MRI", "MR"), ("EUS", "US")]
)
def test_a_modality_is_dicoms(modality, dicom):
    found = assert_valid(STUDY.project(study(modality=modality, procedure="")))

    assert [each["code"] for each in found["modality"]] == [dicom]
    assert codes(found["procedureCode"][0])[address_of("fact")] == f"study_modality/{modality}"


def test_what_is_only_ordered_is_none():
    ordered = study(performed_on=None, ordered_on=DAY, dwi=True, report="Soon.")

    assert not is_performed(ordered)
    assert not any(source.gives(ordered) for source in (STUDY, StudyProtocol(), ReportOnly()))


def test_a_protocol_has_a_component_for_each_setting():
    row = study(
        multiphasic=True,
        phases=["late_arterial", "portal_venous"],
        coverage=["abdomen"],
        contrast="iodinated",
        contrast_flow_ml_s=Decimal("4.0"),
        dlp_mgy_cm=Decimal("812.5"),
    )
    found = assert_valid(StudyProtocol().project(row))

    said: dict[str, list] = {}
    for each in found["component"]:
        said.setdefault(each["code"]["text"], []).append(each)
    assert len(said["Phases"]) == 2
    assert codes(said["Contrast"][0]["valueCodeableConcept"])[address_of("contrast")] == "iodinated"
    assert said["Dose-length product"][0]["valueQuantity"]["code"] == "mGy.cm"
    assert StudyProtocol().gives(row)
    assert not StudyProtocol().gives(study())


@pytest.mark.parametrize(
    ("outcome", "snomed"),
    [
        ("response", "268910001"),
        ("stable", "359746009"),
        ("progression", "271299001"),
        ("indeterminate", "709137006"),
    ],
)
def test_the_course_of_the_disease_keeps_to_mcode(outcome, snomed):
    row = result(outcome)
    found = assert_mcode(OUTCOME.project(row), "cancer-disease-status")

    assert codes(found["valueCodeableConcept"])["http://snomed.info/sct"] == snomed
    assert found["derivedFrom"] == [{"reference": f"ImagingStudy/{row.study_id}"}]
    assert found["effectiveDateTime"] == "2026-02-03"
    assert found["meta"]["profile"][0].endswith("mcode-cancer-disease-status")


@pytest.mark.parametrize("outcome", ["positive", "negative", "complication"])
def test_another_outcome_is_no_status_of_the_disease(outcome):
    found = assert_valid(OUTCOME.project(result(outcome)))

    assert not {"meta", "extension"} & set(found)
    assert codes(found["code"]) == {address_of("fact"): "study_outcome"}
    assert codes(found["valueCodeableConcept"]) == {address_of("fact"): f"study_outcome/{outcome}"}


def test_why_an_outcome_was_kept_is_told():
    assert OUTCOME.project(result(kept_reason="Cystic change."))["note"] == [
        {"text": "Cystic change."}
    ]


def test_what_else_a_result_says_is_a_panel():
    row = result(new_lesions=False, size_change="stable", krenning_grade=3)
    found = assert_valid(ResultFindings().project(row))

    said = {codes(each["code"])[address_of("fact")]: each for each in found["component"]}
    assert said["new_lesions"]["valueBoolean"] is False
    assert said["size_change"]["valueCodeableConcept"]["text"] == "Stable"
    assert said["krenning_grade"]["valueQuantity"]["value"] == 3
    assert set(said) == {"new_lesions", "size_change", "krenning_grade"}


def test_a_report_has_conclusion_text_and_what_it_rests_on():
    measured = measurement(longest_mm=Decimal("12.0"), state="measured")
    row = result(
        "progression",
        summary="Growth.",
        new_lesions=True,
        measured=[measured],
        study=study(report="Larger.", reported_on=DAY),
    )
    found = assert_valid(REPORT.project(row))

    assert found["conclusion"] == "Growth."
    assert codes(found["conclusionCode"][0])[address_of("fact")] == "study_outcome/progression"
    assert [each["reference"] for each in found["result"]] == [
        f"Observation/{row.pk}-outcome",
        f"Observation/{row.pk}-findings",
        f"Observation/{measured.pk}-size",
    ]
    assert found["imagingStudy"] == [{"reference": f"ImagingStudy/{row.study_id}"}]
    assert found["presentedForm"][0]["data"] == "TGFyZ2VyLg=="
    assert found["extension"][0]["valueDate"] == "2026-02-03"


def test_a_result_without_anything_else_gives_no_panel():
    assert not ResultFindings().gives(result())
    assert "presentedForm" not in assert_valid(REPORT.project(result()))


def test_a_report_that_nobody_read_for_the_record_has_no_conclusion():
    row = study(report="Larger.")
    found = assert_valid(ReportOnly().project(row))

    assert ReportOnly().gives(row)
    assert not {"conclusion", "conclusionCode", "result"} & set(found)
