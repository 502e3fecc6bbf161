"""Messages about restricted records."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal, IntakeSource, LabResult
from cases.services.intake import sources
from tests.factories.restrictions import restricted
from tests.integration.intake import messages as of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_it_lies_with_the_record_and_nobody_else_sees_it(
    institution, known, case, chair, coordinator, administrator, send
):
    """ASVS v5.0.0-8.2.2: data-specific access, for what came in about it too."""
    with institution_scope(institution):
        sources.change(
            source=IntakeSource.objects.get(),
            authorities=[of.AUTHORITY],
            rules=["lab_result"],
            by=coordinator,
        )
        restricted(case, chair, by=coordinator)

    answer = send(of.laboratory())
    assert (answer.status_code, send(of.laboratory()).content) == (200, answer.content)

    with institution_scope(institution):
        message = InboxMessage.objects.get()
        assert message.case_id == case.pk
        # No rule writes into what the sender could not see.
        assert not LabResult.objects.exists()
        assert InboxProposal.objects.get(kind="lab_result").state == "open"
    browser = Client()
    browser.force_login(coordinator)
    assert "Berg" not in browser.get(reverse("inbox", args=["north"])).content.decode()
    page = reverse("inbox_message", args=["north", message.pk])
    assert browser.get(page).status_code == 404
    for action in ("inbox_accept_all", "inbox_refuse", "inbox_read_again"):
        assert browser.post(reverse(action, args=["north", message.pk])).status_code == 404
