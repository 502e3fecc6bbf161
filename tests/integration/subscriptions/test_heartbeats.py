"""Signs of life: when one is sent, and what one means that does not arrive."""

import datetime

import pytest
from django.utils import timezone

from cases.fhir.subscriptions import guide
from cases.models import WebhookDelivery, WebhookEndpoint
from cases.services.webhooks import sweeps
from tests.integration.subscriptions.conftest import told
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import work
from tests.receivers import status
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
BEAT = {"extension": [{"url": guide.HEARTBEAT, "valueUnsignedInt": 600}]}


@pytest.fixture
def sweep(institution):
    """What a worker does some time after everything so far."""

    def do(minutes: int = 0) -> None:
        past = timezone.now() - datetime.timedelta(minutes=minutes)
        if minutes:
            with institution_scope(institution):
                WebhookDelivery.objects.update(made_at=past)
                WebhookDelivery.objects.filter(ended_at__isnull=False).update(ended_at=past)
        sweeps.sweep()
        work(institution)

    return do


def types(follower) -> list[str]:
    return [told(got)["type"] for got in follower.receiver.got]


def test_what_only_waits_to_be_sent_is_no_sign_of_life(follower, institution, coordinator, sweep):
    follower.follow(channel=BEAT)
    follower.receiver.next = [status(503)]
    with institution_scope(institution):
        past = timezone.now() - datetime.timedelta(hours=1)
        WebhookDelivery.objects.update(made_at=past, ended_at=past)
        list_case(coordinator)
    work(institution)
    assert follower.deliveries() == [("case.listed", "waiting", 1)]
    sweep()
    assert types(follower) == ["event-notification", "heartbeat"]


def test_one_that_failed_is_tried_again_after_its_time(follower, sweep):
    made = follower.follow(channel=BEAT)
    follower.receiver.next = [status(503)]
    sweep(minutes=60)
    sweep()
    assert types(follower) == ["heartbeat"]
    assert follower.read(made["id"])["status"] == "active"
    sweep(minutes=11)
    sweep()
    assert types(follower) == ["heartbeat", "heartbeat"]
    assert follower.row().endpoint.failing_since is None


@pytest.mark.parametrize(("code", "is_long"), [(503, True), (410, False)])
def test_an_address_that_takes_none_for_a_day_or_is_gone_is_an_error(
    follower, institution, sweep, code, is_long
):
    made = follower.follow(channel=BEAT)
    if is_long:
        with institution_scope(institution):
            day_ago = timezone.now() - datetime.timedelta(hours=23)
            WebhookEndpoint.objects.update(failing_since=day_ago)
    follower.receiver.next = [status(code)]
    with institution_scope(institution):
        OutboxMessage.objects.filter(topic="mail").delete()
    sweep(minutes=60)
    assert follower.read(made["id"])["status"] == "error"
    with institution_scope(institution):
        assert OutboxMessage.objects.filter(topic="mail").exists()
    sweep(minutes=60)
    assert types(follower) == ["heartbeat"]
