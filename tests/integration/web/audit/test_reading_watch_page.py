"""The page of how many readings are conspicuous, and what the audit shows of those noticed."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import ReadingWatch
from cases.services import reading_watch
from tests.integration.web.cases.reading import text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_it_is_chosen_and_shown(desk, url, institution, coordinator):
    page = desk.get(url("reading_watch"))
    assert 'value="60"' in page.content.decode()
    refused = desk.post(url("reading_watch"), {"patients_an_hour": "5"})
    assert refused.status_code == 422
    assert desk.post(url("reading_watch"), {"patients_an_hour": "10"}).url == url("audit")
    with institution_scope(institution):
        assert ReadingWatch.objects.get().patients_an_hour == 10
        AuditEntry.objects.bulk_create(
            AuditEntry(
                at=timezone.now() - datetime.timedelta(minutes=number),
                person=coordinator,
                action="case.read",
                kind="read",
                subject_type="case",
                patient_id=uuid4(),
            )
            for number in range(12)
        )
    reading_watch.sweep()
    assert "Cora Coordinator, 12 patients within an hour" in text_of(desk.get(url("audit")))
