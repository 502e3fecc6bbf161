"""Boards, decisions and the guidance over HTTP: found, read, read as they were."""

import pytest

from tests.factories.boards import make_item, make_meeting
from tests.factories.clients import Machine, ec_key, make_client
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.factories.tasks import PET, amended, decided, tasks_of
from tests.integration.fhir.conftest import Program, ids_of, program_of
from tests.unit.fhir.resources.valid import assert_valid
from tumorboard.tenancy.scope import institution_scope

TYPES = (
    "Organization",
    "Practitioner",
    "CareTeam",
    "Appointment",
    "List",
    "ClinicalImpression",
    "CarePlan",
    "ServiceRequest",
    "Task",
    "GuidanceResponse",
    "Provenance",
    "PlanDefinition",
    "ActivityDefinition",
    "CodeSystem",
)


@pytest.fixture
def decision(institution, coordinator):
    with institution_scope(institution):
        return decided(PET, by=coordinator)


def test_what_is_found_can_be_read_and_read_as_it_was(decision, program):
    for resource_type in TYPES:
        found = program.get(f"{resource_type}?_count=5")
        ids = ids_of(found)
        assert ids, resource_type
        one = program.get(f"{resource_type}/{ids[0]}")
        assert one.status_code == 200, one.content
        resource = assert_valid(one.json())
        version = resource["meta"]["versionId"]
        assert one["ETag"] == f'W/"{version}"'
        then = program.get(f"{resource_type}/{ids[0]}/_history/{version}")
        assert then.json() == resource, resource_type
        history = program.get(f"{resource_type}/{ids[0]}/_history")
        assert history.status_code == 200, history.content
        assert history.json()["entry"], resource_type


def test_an_amended_plan_was_active_before(institution, decision, program, coordinator):
    with institution_scope(institution):
        amended(decision, [PET], by=coordinator)
    path = f"CarePlan/{decision.pk}"

    assert program.get(path).json()["status"] == "revoked"
    assert program.get(f"{path}/_history/1").json()["status"] == "active"


def test_from_a_plan_one_asks_for_its_requests_and_their_tasks(institution, decision, program):
    with institution_scope(institution):
        (task,) = tasks_of(decision)
    plans = program.get(f"CarePlan?_id={decision.pk}&_include=CarePlan:activity-reference")
    follow_ups = program.get(f"Task?based-on=ServiceRequest/{task.pk}")
    requests = program.get(
        f"ServiceRequest?based-on=CarePlan/{decision.pk}&_revinclude=Provenance:target"
    )

    assert ids_of(plans, "include") == [str(task.pk)]
    assert ids_of(follow_ups) == ids_of(requests) == [str(task.pk)]
    signature, *entries = ids_of(requests, "include")
    assert {str(decision.pk)} <= {signature, *entries}
    assert any(each.startswith("task-") for each in (signature, *entries))


def test_reading_an_agenda_notes_whose_cases_it_showed(institution, program, coordinator, audited):
    """HIPAA 164.312(b): who looked at a list is recorded with whom it showed."""
    with institution_scope(institution):
        item = make_item(by=coordinator)
    audited()

    assert ids_of(program.get(f"List?_id={item.meeting_id}")) == [str(item.meeting_id)]
    assert item.case_id in {key for entry in audited() for key in entry.shown or ()}


def test_of_restricted_records_nothing_is_served(institution, program, coordinator, chair):
    """HIPAA 164.312(a)(1): nothing of a restricted record leaves for who is not on its list."""
    with institution_scope(institution):
        decision = decided(PET, by=coordinator)
        meeting = make_meeting(by=coordinator)
        make_item(by=coordinator, meeting=meeting, case=decision.case)
        (task,) = tasks_of(decision)
        restricted(decision.case, coordinator, by=coordinator)
    other = program_of(institution, chair)

    for path in (
        f"ClinicalImpression/{decision.pk}",
        f"CarePlan/{decision.pk}",
        f"Provenance/{decision.pk}",
        f"Task/{task.pk}",
        f"ServiceRequest/{task.pk}",
        f"Task/{task.pk}/_history",
        f"GuidanceResponse/{decision.assessment_id}",
    ):
        assert other.get(path).status_code == 404, path
        assert program.get(path).status_code == 200, path
    assert "entry" not in other.get(f"List/{meeting.pk}").json()
    assert len(program.get(f"List/{meeting.pk}").json()["entry"]) == 1


def test_the_audit_is_for_who_may_read_it(decision, program, program_as):
    """HIPAA 164.312(b): the record of activity is kept from those who are recorded in it."""
    assert program.get("AuditEvent").status_code == 403
    assert program_as("RADIOLOGIST").get("AuditEvent").status_code == 403


def test_an_api_client_with_the_scope_reads_the_audit(institution, decision, coordinator):
    key = ec_key()
    client = make_client(institution, coordinator, key, granted=["system/AuditEvent.rs"])
    machine = Machine(str(client.pk), key=key)
    reader = Program(institution.slug, machine.token(scope="system/AuditEvent.rs"))

    found = reader.search("AuditEvent", f"patient={decision.case.patient_id}&_count=3")
    assert len(ids_of(found)) == 3
    for entry in found.json()["entry"]:
        assert_valid(entry["resource"])
    assert reader.get("CarePlan").status_code == 403


def test_another_institution_has_none_of_it(decision, other_institution):
    """HIPAA 164.312(a)(1): ids of another institution name nothing."""
    email = "sue@south.example"
    sue = add_member(other_institution, "COORDINATOR", email=email, name="Sue South")
    elsewhere = program_of(other_institution, sue)

    assert ids_of(elsewhere.get("Practitioner")) == [str(sue.pk)]
    for resource_type in ("CarePlan", "ClinicalImpression", "Provenance"):
        assert elsewhere.get(f"{resource_type}/{decision.pk}").status_code == 404
        assert str(decision.pk) not in ids_of(elsewhere.get(resource_type))
