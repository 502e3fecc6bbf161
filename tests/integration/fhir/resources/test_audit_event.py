"""Entries of the audit as AuditEvents."""

import pytest

from cases.fhir.resources.audit_event import EntryAuditEvent
from tests.factories.cases import make_case
from tests.factories.restrictions import restricted
from tests.integration.fhir.resources.leaving import leaving, queries_of
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import member_scope

SOURCE = EntryAuditEvent()
BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."


@pytest.fixture
def cases(scope, coordinator):
    return [make_case(by=coordinator) for _ in range(2)]


def listed(*shown, institution, by):
    """The entry of a list that showed these."""
    record(action="case.listed", subject=institution, by=by, shown=[each.pk for each in shown])
    return AuditEntry.objects.filter(action="case.listed").latest("at")


def patients_in(event):
    return {each["what"]["reference"] for each in event["entity"] if each["type"]["code"] == "1"}


def test_an_entry_about_a_patient_keeps_to_the_pattern_of_patients(cases, coordinator):
    """HIPAA 164.312(b): the record of activity can be examined by others' systems (IHE BALP)."""
    record(action="case.read", subject=cases[0], by=coordinator)
    entry = AuditEntry.objects.get(action="case.read")

    (event,) = leaving(SOURCE, pk=entry.pk)
    assert event["id"] == str(entry.pk)
    assert event["meta"]["profile"] == [f"{BALP}PatientRead"]
    assert patients_in(event) == {f"Patient/{cases[0].patient_id}"}


def test_a_list_is_one_event_that_names_everybody(cases, institution, coordinator):
    entry = listed(*cases, institution=institution, by=coordinator)

    (event,) = leaving(SOURCE, pk=entry.pk)
    assert event["meta"]["profile"] == [f"{BALP}Query"]
    assert patients_in(event) == {f"Patient/{each.patient_id}" for each in cases}


def test_a_list_of_patients_names_them(cases, institution, coordinator):
    entry = listed(cases[0].patient, institution=institution, by=coordinator)

    (event,) = leaving(SOURCE, pk=entry.pk)
    assert patients_in(event) == {f"Patient/{cases[0].patient_id}"}


def test_whom_a_list_showed_is_hidden_where_they_are(cases, institution, coordinator, chair):
    """HIPAA 164.312(a)(1): the audit tells of restricted records no more than lists do."""
    entry = listed(*cases, institution=institution, by=coordinator)
    restricted(cases[0], coordinator, by=coordinator)

    with member_scope(institution, chair.pk):
        (event,) = leaving(SOURCE, pk=entry.pk)
    assert patients_in(event) == {f"Patient/{cases[1].patient_id}"}


def test_a_patients_events_are_those_about_them_and_the_lists_they_were_on(
    cases, institution, coordinator
):
    entry = listed(*cases, institution=institution, by=coordinator)
    record(action="case.read", subject=cases[1], by=coordinator)
    narrow = SOURCE.narrowings["patient"]

    found = narrow(SOURCE.rows(), [f"Patient/{cases[0].patient_id}"])
    assert entry in found
    assert not found.filter(action="case.read").exists()


def test_more_entries_ask_the_database_no_more(cases, institution, coordinator):
    few = queries_of(SOURCE)
    listed(*cases, institution=institution, by=coordinator)

    assert queries_of(SOURCE) == few
