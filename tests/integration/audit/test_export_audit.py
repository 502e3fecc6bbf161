"""`manage.py export_audit`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from fhir.resources.R4B.auditevent import AuditEvent

from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_it_writes_an_event_for_each_patient_of_each_entry(
    institution, other_institution, coordinator
):
    """ASVS v5.0.0-16.4.3: logs can be sent to where they are analyzed."""
    with institution_scope(institution):
        cases = [make_case(by=coordinator), make_case(by=coordinator)]
        shown = [case.pk for case in cases]
        record(action="queue.read", subject=institution, by=coordinator, shown=shown)
        number = AuditEntry.objects.count()
    today, out = timezone.localdate().isoformat(), io.StringIO()
    call_command("export_audit", "north", today, today, stdout=out)
    events = [AuditEvent.model_validate(json.loads(line)) for line in out.getvalue().splitlines()]
    assert len(events) == number + 1
    queries = [event for event in events if event.action == "E"]
    assert {event.entity[1].what.reference for event in queries} == {
        f"Patient/{case.patient_id}" for case in cases
    }
    with institution_scope(institution):
        entry = AuditEntry.objects.get(action="audit.exported")
    assert (entry.via, entry.person) == ("command", None)
    out = io.StringIO()
    call_command("export_audit", "south", today, today, stdout=out)
    assert out.getvalue() == ""


def test_an_institution_that_is_not_there():
    with pytest.raises(CommandError, match="There is no institution nowhere"):
        call_command("export_audit", "nowhere", "2026-01-01", "2026-01-02")
