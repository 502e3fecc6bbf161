"""Workers and the time that passes, for the tests of deliveries."""

import datetime

from django.utils import timezone

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import Event, WebhookDelivery, WebhookEndpoint
from cases.models.event import EventKind
from cases.services.webhooks import endpoints
from tests.receivers import Receiver
from tumorboard.accounts.models import User
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.outbox.queue import deliver
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


def work(institution: Institution, *, most: int = 60) -> None:
    """Do what is due of the webhooks, as workers would; mail stays where it is.

    Raises:
        AssertionError: after `most` messages there are still some.
    """
    for _ in range(most):
        with institution_scope(institution):
            waiting = OutboxMessage.objects.filter(topic="webhooks.deliver", state="waiting")
            ids = list(waiting.values_list("pk", flat=True))
        due = OutboxSignal.objects.filter(pk__in=ids, due_at__lte=timezone.now())
        signal = due.order_by("due_at", "id").first()
        if signal is None:
            return
        deliver(str(signal.pk))
    raise AssertionError("the deliveries do not end")


def later(institution: Institution) -> None:
    """Let the time pass for which everything waits."""
    past = timezone.now() - datetime.timedelta(minutes=1)
    with institution_scope(institution):
        WebhookDelivery.objects.filter(state="waiting").update(due_at=past)
        WebhookEndpoint.objects.update(rests_until=None)
    OutboxSignal.objects.update(due_at=past)


def tell(receiver: Receiver, institution: Institution, by: User, **given: object):
    """An endpoint at `receiver` that wants every kind of event, and its secret."""
    values = {"label": "EHR", "address": receiver.address, "kinds": EventKind.values, **given}
    with institution_scope(institution):
        return endpoints.add(**values, by=by)


def kinds(institution: Institution) -> list[str]:
    """The kinds of all events, in order of writing."""
    with institution_scope(institution):
        return list(Event.objects.order_by("occurred_at", "id").values_list("kind", flat=True))


def states(institution: Institution) -> list[tuple[int, str]]:
    """Sequence and state of every delivery, by sequence."""
    with institution_scope(institution):
        rows = WebhookDelivery.objects.order_by("sequence", "id")
        return list(rows.values_list("sequence", "state"))
