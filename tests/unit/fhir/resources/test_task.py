"""Follow-up tasks as Tasks."""

import datetime
from uuid import uuid4

import pytest

from cases.fhir.resources.task import FollowUpTask
from cases.models import Treatment
from tests.unit.fhir.resources.board_rows import CASE, CHRIS, of, task
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = FollowUpTask()
DAY = datetime.date(2026, 11, 20)


def made(**values):
    return assert_valid(SOURCE.project(task(**values)))


def test_a_task_says_what_it_is_for_who_sees_to_it_and_until_when():
    row = task()
    resource = assert_valid(SOURCE.project(row))

    request = {"reference": f"ServiceRequest/{row.pk}"}
    assert (resource["focus"], resource["basedOn"]) == (request, [request])
    assert resource["for"] == {"reference": f"Patient/{CASE.patient_id}"}
    assert resource["owner"] == {
        "reference": f"Practitioner/{CHRIS.pk}", "display": "Chris Chair"
    }  # fmt: skip
    assert resource["restriction"] == {"period": {"end": "2026-11-20"}}
    assert resource["description"] == "SSTR PET/CT"
    assert "output" not in resource


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("open", "requested"),
        ("ordered", "in-progress"),
        ("done", "completed"),
        ("resulted", "completed"),
        ("not_done", "cancelled"),
        ("replaced", "cancelled"),
    ],
)
def test_the_status_is_the_standards_and_the_business_status_ours(state, status):
    resource = made(state=state)

    assert resource["status"] == status
    assert resource["businessStatus"]["coding"][0]["code"] == state


def test_why_it_was_not_done_is_told_by_code_and_in_words():
    resource = made(state="not_done", not_done_reason="elsewhere", not_done_text="In Basel.")

    assert resource["statusReason"]["coding"][0]["code"] == "elsewhere"
    assert resource["statusReason"]["text"] == "In Basel."
    assert made(state="replaced", not_done_text="Amended.")["statusReason"] == {"text": "Amended."}


def test_what_carried_it_out_is_its_output():
    study, result = uuid4(), uuid4()
    resource = made(
        state="resulted", study_id=study, result_id=result, ordered_on=DAY, resulted_on=DAY
    )

    assert [each["valueReference"]["reference"] for each in resource["output"]] == [
        f"ImagingStudy/{study}",
        f"DiagnosticReport/{result}",
    ]
    assert resource["executionPeriod"] == {"start": "2026-11-20", "end": "2026-11-20"}


@pytest.mark.parametrize(
    ("kind", "resource_type"), [("SSA", "MedicationStatement"), ("TACE", "Procedure")]
)
def test_a_treatment_is_what_it_is_told_as(kind, resource_type):
    treatment = of(Treatment, case=CASE, type=kind)

    (output,) = made(state="done", treatment=treatment)["output"]
    assert output["valueReference"] == {"reference": f"{resource_type}/{treatment.pk}"}
