"""Treatments and procedures."""

import datetime
from decimal import Decimal

import pytest

from cases.fhir.resources.best_response import BestResponse
from cases.fhir.resources.medication_statement import MedicalTherapy
from cases.fhir.resources.procedure import RecordedProcedure
from cases.fhir.resources.treatment_procedure import (
    CancerSurgery,
    RadiotherapyCourse,
    TreatmentProcedure,
)
from cases.fhir.vocabulary import address_of
from cases.models.treatment import TreatmentType
from tests.unit.fhir.resources.clinical_rows import DAY, codes, procedure, treatment
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid

LATER = datetime.date(2026, 8, 1)
SURGERY, COURSE, OTHER = CancerSurgery(), RadiotherapyCourse(), TreatmentProcedure()
MEDICINE = MedicalTherapy()


def test_a_resection_has_intent_target_margin_and_tumor():
    row = treatment(
        "surgery_primary",
        start=DAY,
        intent="curative",
        agent="distal pancreatectomy",
        target="tail",
        margin="R0",
    )
    found = assert_mcode(SURGERY.project(row), "cancer-related-surgical-procedure")

    assert (found["status"], found["performedDateTime"]) == ("completed", "2026-02-03")
    assert found["code"]["text"] == "Surgery of the primary: distal pancreatectomy"
    intent = found["extension"][0]["valueCodeableConcept"]
    assert codes(intent)["http://snomed.info/sct"] == "373808002"
    assert found["bodySite"] == [{"text": "tail"}]
    assert codes(found["outcome"])[address_of("margin")] == "R0"
    assert found["reasonReference"] == [{"reference": f"Condition/{row.case_id}"}]


def test_a_resection_of_an_unknown_day_says_so():
    found = assert_mcode(
        SURGERY.project(treatment("transplant")), "cancer-related-surgical-procedure"
    )

    assert found["_performedDateTime"]["extension"][0]["valueCode"] == "unknown"
    assert codes(found["code"])["http://snomed.info/sct"] == "18027006"


def test_prrt_is_a_course_of_radiotherapy():
    row = treatment("PRRT", start=DAY, end=LATER, cycles=4, activity_gbq=Decimal("29.60"), line=2)
    found = assert_mcode(COURSE.project(row), "radiotherapy-course-summary")

    assert found["performedPeriod"] == {"start": "2026-02-03", "end": "2026-08-01"}
    by_url = {each["url"].rpartition("/")[2]: each for each in found["extension"]}
    assert by_url["mcode-radiotherapy-sessions"]["valueUnsignedInt"] == 4
    (modality,) = by_url["mcode-radiotherapy-modality-and-technique"]["extension"]
    assert codes(modality["valueCodeableConcept"])["http://snomed.info/sct"] == "440252007"
    assert by_url["treatment-activity"]["valueQuantity"]["value"] == Decimal("29.6")
    assert by_url["treatment-line"]["valuePositiveInt"] == 2
    assert "781259000" not in str(found), "which nuclide it was nobody says"


def test_a_course_of_unknown_time_says_so_and_microspheres_are_no_medicine():
    found = assert_mcode(COURSE.project(treatment("TARE")), "radiotherapy-course-summary")

    assert found["performedPeriod"]["extension"][0]["valueCode"] == "unknown"
    assert (found["status"], "extension" in found) == ("unknown", False)


@pytest.mark.parametrize(
    ("reason", "snomed"),
    [("toxicity", "407563006"), ("patient_wish", "105480006"), ("progression", None)],
)
def test_a_course_names_reasons_of_the_profile_by_code_alone(reason, snomed):
    found = COURSE.project(treatment("PRRT", start=DAY, stop_reason=reason))

    assert assert_valid(found)["status"] == "stopped"
    assert codes(found["statusReason"]).get("http://snomed.info/sct") == snomed
    assert found["statusReason"]["text"]


def test_embolization_is_a_procedure_without_a_profile():
    found = assert_valid(OTHER.project(treatment("TACE", start=DAY, end=LATER, ongoing=False)))

    assert found["status"] == "completed"
    assert found["performedPeriod"]["end"] == "2026-08-01"
    assert codes(found["code"]) == {address_of("treatment"): "TACE"}


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"ongoing": True}, "active"),
        ({"ongoing": False}, "completed"),
        ({"end": LATER}, "completed"),
        ({"stop_reason": "completed"}, "completed"),
        ({"stop_reason": "toxicity", "end": LATER}, "stopped"),
        ({}, "unknown"),
    ],
)
def test_a_medicine_is_a_statement_of_a_course(columns, status):
    found = assert_valid(
        MEDICINE.project(treatment("SSA", start=DAY, agent="Lanreotide", **columns))
    )

    assert found["status"] == status
    assert found["medicationCodeableConcept"]["text"] == "Somatostatin analog: Lanreotide"
    assert found["effectivePeriod"]["start"] == "2026-02-03"


def test_a_medicine_has_its_code_of_atc_and_one_of_a_class_has_none():
    everolimus = MEDICINE.project(treatment("everolimus"))["medicationCodeableConcept"]
    analog = MEDICINE.project(treatment("SSA", agent="Lanreotide"))["medicationCodeableConcept"]
    assert codes(everolimus)["http://www.whocc.no/atc"] == "L01EG02"
    assert "http://www.whocc.no/atc" not in codes(analog)


def test_an_operation_has_its_code_of_snomed_ct():
    found = assert_valid(RecordedProcedure().project(procedure("whipple")))
    assert codes(found["code"])["http://snomed.info/sct"] == "116241004"


def test_a_code_of_something_done_is_no_medicine():
    chemo = assert_valid(MEDICINE.project(treatment("chemo")))["medicationCodeableConcept"]
    interferon = MEDICINE.project(treatment("IFN"))["medicationCodeableConcept"]

    assert codes(chemo) == {address_of("treatment"): "chemo"}
    assert codes(interferon)["http://snomed.info/sct"] == "45754009"


def test_every_type_of_treatment_is_one_resource():
    for kind in TreatmentType.values:
        row = treatment(kind)
        given = [each for each in (SURGERY, COURSE, OTHER, MEDICINE) if each.gives(row)]
        assert len(given) == 1, kind
        assert_valid(given[0].project(row))


def test_a_best_response_is_part_of_its_treatment():
    row = treatment("everolimus", best_response="SD")
    found = assert_valid(BestResponse().project(row))

    assert found["partOf"] == [{"reference": f"MedicationStatement/{row.pk}"}]
    assert codes(found["valueCodeableConcept"])[address_of("response")] == "SD"
    assert BestResponse().gives(row)
    assert not BestResponse().gives(treatment("everolimus"))
    done = BestResponse().project(treatment("PRRT", best_response="PR"))
    assert done["partOf"][0]["reference"].startswith("Procedure/")


def test_a_procedure_names_no_reason_and_when_a_stent_was_taken_out():
    row = procedure("biliary_stent", done_on=DAY, removed_on=LATER, note="Plastic")
    found = assert_valid(RecordedProcedure().project(row))

    assert (found["status"], found["performedDateTime"]) == ("completed", "2026-02-03")
    assert found["extension"][0]["valueDate"] == "2026-08-01"
    assert codes(found["code"]) == {address_of("operation"): "biliary_stent"}
    assert found["note"] == [{"text": "Plastic"}]
    assert "reasonReference" not in found
    assert "performedDateTime" not in RecordedProcedure().project(procedure("whipple"))
