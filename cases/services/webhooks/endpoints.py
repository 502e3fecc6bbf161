"""Writing which systems are told of events.

An address is where data leave the house, so each new one is told to the other administrators. Of
restricted cases an endpoint is told only where an administrator asked for it and somebody else,
who reviews broken glass, granted it for the very address.
"""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import WebhookDelivery, WebhookEndpoint
from cases.models.event import EventKind
from cases.models.webhook import TEST, EndpointState
from cases.services.checks import check, said
from cases.services.errors import Refused
from cases.services.webhooks.deliveries import ask, begin_waiting_anew
from cases.services.webhooks.notices import tell_changed
from cases.services.webhooks.reach import Reach
from cases.services.webhooks.signing import new_secret
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.models import new_id
from tumorboard.tenancy.scope import current_institution

#: How long a former secret signs beside the new one.
OVERLAP = datetime.timedelta(days=1)


@transaction.atomic
def add(*, label: str, address: str, kinds: Sequence[str], by: User) -> tuple[WebhookEndpoint, str]:
    """Tell a further system of events from now on.

    Returns:
        The endpoint, and its secret, which nobody can read again.

    Raises:
        Invalid: a field cannot be accepted.
    """
    secret = new_secret()
    endpoint = WebhookEndpoint(id=new_id(), saved_by=by)
    _fill(endpoint, label=label, address=address, kinds=kinds)
    endpoint.secrets = {"current": secret}
    endpoint.save(force_insert=True)
    record(action="webhook.added", subject=endpoint, by=by)
    tell_changed(endpoint, by=by)
    return endpoint, secret


@transaction.atomic
def change(
    *, endpoint: WebhookEndpoint, label: str, address: str, kinds: Sequence[str], by: User
) -> WebhookEndpoint:
    """Change name, address or kinds of events.

    Another address takes back what was granted for the one before.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: the endpoint was removed.
    """
    endpoint = _locked(endpoint)
    is_elsewhere = endpoint.address != address.strip()
    _fill(endpoint, label=label, address=address, kinds=kinds)
    endpoint.saved_by = by
    if is_elsewhere:
        endpoint.restricted_asked_by = endpoint.restricted_granted_by = None
    endpoint.save()
    record(action="webhook.changed", subject=endpoint, by=by)
    if is_elsewhere:
        tell_changed(endpoint, by=by)
    return endpoint


@transaction.atomic
def pause(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Send nothing until it is resumed; what happens is kept for it.

    Raises:
        Refused: it is not active.
    """
    endpoint = _locked(endpoint)
    if endpoint.state != EndpointState.ACTIVE:
        message = "This endpoint is paused already."
        raise Refused(message)
    endpoint.state = EndpointState.PAUSED
    endpoint.save(update_fields=["state"])
    record(action="webhook.paused", subject=endpoint, by=by)


@transaction.atomic
def resume(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Send again, beginning with what was kept.

    Raises:
        Refused: it is not paused.
    """
    # Before the endpoint, as whoever delivers does.
    begin_waiting_anew(endpoint)
    endpoint = _locked(endpoint)
    if endpoint.state != EndpointState.PAUSED:
        message = "This endpoint is active already."
        raise Refused(message)
    endpoint.state = EndpointState.ACTIVE
    endpoint.failing_since = endpoint.rests_until = None
    endpoint.save(update_fields=["state", "failing_since", "rests_until"])
    record(action="webhook.resumed", subject=endpoint, by=by)


@transaction.atomic
def rotate(*, endpoint: WebhookEndpoint, by: User) -> str:
    """Make a new secret; for a day the former one signs beside it.

    Returns:
        The new secret, which nobody can read again.

    Raises:
        Refused: the endpoint was removed.
    """
    endpoint = _locked(endpoint)
    secret = new_secret()
    endpoint.secrets = {"current": secret, "former": endpoint.secrets["current"]}
    endpoint.former_until = timezone.now() + OVERLAP
    endpoint.save(update_fields=["secrets", "former_until"])
    record(action="webhook.secret.changed", subject=endpoint, by=by)
    return secret


@transaction.atomic
def remove(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Tell a system nothing more, for good; its secrets are destroyed.

    Raises:
        Refused: it was removed already.
    """
    endpoint = _locked(endpoint)
    endpoint.state, endpoint.secrets, endpoint.former_until = EndpointState.REMOVED, {}, None
    endpoint.restricted_asked_by = endpoint.restricted_granted_by = None
    endpoint.save()
    record(action="webhook.removed", subject=endpoint, by=by)


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, by: User) -> WebhookDelivery:
    """Send an event that says nothing, once, also to an endpoint that is paused.

    Raises:
        Refused: the endpoint was removed.
    """
    endpoint = _locked(endpoint)
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, kind=TEST, stream=new_id(), sequence=0, due_at=Now()
    )
    ask(delivery)
    record(action="webhook.tested", subject=endpoint, by=by)
    return delivery


@transaction.atomic
def ask_for_restricted(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Ask that an endpoint be told of restricted cases too.

    Raises:
        Refused: that was asked for already, or the endpoint was removed.
    """
    endpoint = _locked(endpoint)
    if endpoint.restricted_asked_by is not None:
        message = "This was asked for already."
        raise Refused(message)
    endpoint.restricted_asked_by = by
    endpoint.save(update_fields=["restricted_asked_by"])
    record(action="webhook.restricted.asked", subject=endpoint, by=by)


@transaction.atomic
def grant_restricted(*, endpoint: WebhookEndpoint, address: str, by: User) -> None:
    """Let an endpoint be told of restricted cases from now on.

    Args:
        address: the one that `by` saw.

    Raises:
        Refused: nobody asked for it, `by` asked for it, it was granted already, or the endpoint
            was removed or lies elsewhere by now.
    """
    endpoint = _locked(endpoint)
    if endpoint.restricted_asked_by is None or endpoint.address != address:
        message = "This is not asked for any more."
        raise Refused(message)
    if endpoint.sees_restricted:
        message = "This was granted already."
        raise Refused(message)
    if endpoint.restricted_asked_by_id == by.pk:
        message = "You asked for this. Somebody else has to grant it."
        raise Refused(message)
    endpoint.restricted_granted_by = by
    endpoint.save(update_fields=["restricted_granted_by"])
    record(action="webhook.restricted.granted", subject=endpoint, by=by)


@transaction.atomic
def withdraw_restricted(*, endpoint: WebhookEndpoint, by: User) -> None:
    """Tell an endpoint nothing of restricted cases; also what was only asked for.

    Raises:
        Refused: the endpoint was removed.
    """
    endpoint = _locked(endpoint)
    endpoint.restricted_asked_by = endpoint.restricted_granted_by = None
    endpoint.save(update_fields=["restricted_asked_by", "restricted_granted_by"])
    record(action="webhook.restricted.withdrawn", subject=endpoint, by=by)


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(of=("self",))
    found: WebhookEndpoint = rows.select_related("restricted_asked_by").get(pk=endpoint.pk)
    if found.state == EndpointState.REMOVED:
        message = "This endpoint was removed."
        raise Refused(message)
    return found


def _fill(endpoint: WebhookEndpoint, *, label: str, address: str, kinds: Sequence[str]) -> None:
    endpoint.label, endpoint.address = said(label), address.strip()
    endpoint.kinds = [kind for kind in EventKind.values if kind in kinds]
    errors = {}
    if fault := Reach.of(current_institution().slug).fault_of(endpoint.address):
        errors["address"] = [fault]
    if not endpoint.kinds or set(kinds) - set(EventKind.values):
        errors["kinds"] = ["Choose at least one kind of event."]
    check(endpoint, also=errors)
