"""Recommendations and ordered studies as ServiceRequests."""

import datetime

import pytest

from cases.fhir.resources.service_request import RecommendationRequest, StudyRequest
from cases.fhir.vocabulary import address_of
from cases.models import Study
from cases.models.task import TaskState
from tests.unit.fhir.resources.board_rows import AT, CASE, CHRIS, of, task
from tests.unit.fhir.resources.clinical_rows import case
from tests.unit.fhir.resources.valid import assert_valid

RECOMMENDED, ORDERED = RecommendationRequest(), StudyRequest()
DAY = datetime.date(2026, 11, 20)


def test_a_recommended_study_has_its_code_and_where_it_comes_from():
    row = task(asked={"due_on": DAY, "intent": "surveillance"}, code="CT_AP_W", text="CT of it all")
    request = assert_valid(RECOMMENDED.project(row))

    assert (request["status"], request["intent"]) == ("active", "plan")
    codes = {each["system"]: each["code"] for each in request["code"]["coding"]}
    assert codes[address_of("procedure")] == "CT_AP_W"
    assert "http://loinc.org" in codes
    assert request["code"]["text"] == "CT of it all"
    assert request["basedOn"] == [{"reference": f"CarePlan/{row.decision_id}"}]
    assert request["requester"]["reference"] == f"Practitioner/{CHRIS.pk}"
    assert request["occurrencePeriod"] == {"end": "2026-11-20"}
    assert request["reasonCode"][0]["text"] == "Surveillance"


def test_a_treatment_is_an_option_of_the_edition_that_the_decision_quotes():
    request = RECOMMENDED.project(task(kind="treatment", code="OPT-PRRT", text="PRRT"))

    (coding,) = assert_valid(request)["code"]["coding"]
    assert coding["system"].endswith("/guidance/fhir/CodeSystem/action")
    assert (coding["version"], coding["code"]) == ("2025.1", "OPT-PRRT")


def test_what_is_said_in_words_alone_has_no_code():
    request = assert_valid(RECOMMENDED.project(task(kind="referral", code="", text="Surgery")))

    assert request["code"] == {"text": "Surgery"}
    assert "occurrencePeriod" not in request, "the board named no day"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("open", "active"),
        ("ordered", "active"),
        ("done", "completed"),
        ("resulted", "completed"),
        ("not_done", "revoked"),
        ("replaced", "revoked"),
    ],
)
def test_whether_it_is_still_asked_for_the_task_says(state, status):
    assert assert_valid(RECOMMENDED.project(task(state=state)))["status"] == status


def test_every_state_has_a_status():
    assert {RECOMMENDED.project(task(state=state))["status"] for state in TaskState}


def test_an_alternative_says_to_what():
    request = assert_valid(RECOMMENDED.project(task(asked={"alternative_to": 2})))

    assert request["note"] == [{"text": "Alternative to recommendation 2."}]


def study(**values):
    given = {"case": case(), "modality": "MRI", "ordered_on": DAY, **values}
    return of(Study, **given)


def test_an_ordered_study_is_asked_for_until_it_is_performed():
    row = study(procedure="MRI_AP_WWO", accession_number="A-1", target="liver_metastases")
    request = assert_valid(ORDERED.project(row))

    assert (request["status"], request["intent"]) == ("active", "order")
    assert request["authoredOn"] == "2026-11-20"
    assert request["identifier"][0]["value"] == "A-1"
    assert request["reasonCode"][0]["text"] == "Liver metastases"
    done = ORDERED.project(study(performed_on=AT.date()))
    assert assert_valid(done)["status"] == "completed"


def test_of_an_erased_patient_no_number_goes_out():
    row = study(case=case(erased=True), accession_number="A-1")
    assert "A-1" not in str(ORDERED.project(row))


def test_of_a_study_without_procedure_the_modality_is_known():
    request = assert_valid(ORDERED.project(study()))

    assert request["code"]["text"] == "MRI"
    assert "identifier" not in request


def test_what_was_never_ordered_gave_no_request():
    assert ORDERED.gives(study())
    assert not ORDERED.gives(of(Study, case=CASE, modality="CT", performed_on=DAY))
