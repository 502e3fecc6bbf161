"""Work that was given up is seen, and done when it is asked for anew."""

import datetime
import html

import pytest

from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.outbox.queue import deliver, enqueue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ADDRESS = "/i/north/settings/failed-work/"


@pytest.fixture
def given_up(institution):
    """A message that failed for good."""
    with institution_scope(institution):
        message = enqueue("test.work", {"secret": "Testperson"})
        message.state, message.failure, message.done_at = "failed", "OSError", message.created_at
        message.save()
    OutboxSignal.objects.all().delete()
    return message


def test_what_failed_is_listed_without_its_content(client, institution, administrator, given_up):
    """ASVS v5.0.0-14.2.6: the kind of error and nothing more."""
    client.force_login(administrator)
    page = html.unescape(client.get(ADDRESS).content.decode())
    assert "test.work" in page
    assert "OSError" in page
    assert "Testperson" not in page


def test_it_is_tried_again_once(client, institution, administrator, given_up, handler, woken):
    done = []
    handler("test.work", done.append)
    client.force_login(administrator)
    assert client.post(f"{ADDRESS}{given_up.pk}/").status_code == 302
    assert client.post(f"{ADDRESS}{given_up.pk}/").status_code == 404
    deliver(str(given_up.pk))
    assert len(done) == 1
    with institution_scope(institution):
        assert OutboxMessage.objects.get(topic="test.work").state == "done"
        assert AuditEntry.objects.filter(action="outbox.retried", person=administrator).exists()
    assert "Nothing has failed." in client.get(ADDRESS).content.decode()


def test_who_does_not_manage_the_institution_sees_none(
    client, institution, other_institution, coordinator, given_up
):
    """ASVS v5.0.0-8.2.1, ASVS v5.0.0-8.4.1."""
    client.force_login(coordinator)
    assert client.get(ADDRESS).status_code == 403
    sam = add_member(other_institution, "ADMINISTRATOR", email="sam@south.example", name="Sam")
    client.force_login(sam)
    assert client.post(f"/i/south/settings/failed-work/{given_up.pk}/").status_code == 404


def test_work_that_may_wait_wakes_nobody(
    institution, woken, handler, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), institution_scope(institution):
        message = enqueue("test.work", {}, after=datetime.timedelta(hours=1))
    assert woken == []
    deliver(str(message.pk))
    assert OutboxSignal.objects.get(pk=message.pk).attempts == 0
