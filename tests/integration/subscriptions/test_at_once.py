"""Workers that number what the same subscriber follows, at the same time."""

import threading

import pytest
from django.db import connection

from cases.models import WebhookDelivery
from cases.services.subscriptions import numbering
from tests.integration.subscriptions.conftest import told
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import later, work
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
WORKERS, EVENTS = 4, 8


def test_events_that_are_numbered_at_once_have_each_number_once_and_no_gap(
    follower, institution, coordinator
):
    """ASVS v5.0.0-2.3.4."""
    made = follower.follow()
    row = follower.row()
    ready, failed = threading.Barrier(WORKERS), []

    def write_and_number():
        try:
            for _ in range(EVENTS // WORKERS):
                with institution_scope(institution):
                    list_case(coordinator)
                ready.wait(30)
                with institution_scope(institution):
                    numbering.number_new(row)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_and_number) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with institution_scope(institution):
        numbers = WebhookDelivery.objects.filter(event__isnull=False).values_list("number")
        assert sorted(number for (number,) in numbers) == list(range(1, EVENTS + 1))
    later(institution)
    work(institution)
    said = [told(got)["events"][0]["event-number"] for got in follower.receiver.got]
    assert sorted(map(int, said)) == list(range(1, EVENTS + 1))
    status = follower.program.get(f"Subscription/{made['id']}/$status").json()
    assert str(EVENTS) in str(status)
