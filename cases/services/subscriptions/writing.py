"""Making, changing and ending subscriptions.

An address is where data leave the house, so each new one is told to the administrators, as that of
a webhook is. A subscription is told with the rights of its owner; so nobody else changes where it
leads or how much it says, not even who may see and end it.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import Board, Patient, Subscription, WebhookDelivery, WebhookEndpoint
from cases.models.event import EventKind
from cases.models.subscription import (
    SHORTEST_HEARTBEAT_SECONDS,
    SHORTEST_TIMEOUT_SECONDS,
    Content,
    Phase,
    Status,
)
from cases.models.webhook import HANDSHAKE, DeliveryState, EndpointState
from cases.selectors.topics import BOARD, PATIENT, TOPICS
from cases.services.errors import Invalid, Refused
from cases.services.subscriptions.headers import fault_of
from cases.services.webhooks.deliveries import ask
from cases.services.webhooks.notices import tell_changed
from cases.services.webhooks.reach import Reach
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.models import new_id
from tumorboard.tenancy.scope import current_institution

#: [INT] Each event becomes a message for each subscription that follows it.
MOST_OF_ONE = 100
ENDPOINT, HEADER = "Subscription.channel.endpoint", "Subscription.channel.header"
CRITERIA, REASON = "Subscription.criteria", "Subscription.reason"
CONTACT, CHANNEL = "Subscription.contact", "Subscription.channel"
IS_REMOVED = "This subscription was removed."
NOT_YOURS = "Only who made a subscription changes it. You can switch it off or remove it."
#: What was erased with the patient whom a subscription is about.
ERASED = "Erased with the patient."
LONGEST_CONTACT = 2_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to follow, and how."""

    kind: EventKind
    address: str
    content: Content
    reason: str
    #: None keeps those that are there, as long as the address stays the same.
    headers: Sequence[str] | None = None
    #: By the names of `cases.selectors.topics.FILTERS`.
    filters: Mapping[str, UUID]
    contact: Sequence[Mapping[str, Any]] = ()
    ends_at: datetime.datetime | None = None
    heartbeat_seconds: int | None = None
    timeout_seconds: int | None = None
    max_count: int | None = None
    is_off: bool = False


@transaction.atomic
def add(*, wish: Wish, by: User) -> Subscription:
    """Follow a topic from now on; the handshake is on its way.

    Raises:
        Invalid: it cannot be followed so; by the place in the resource.
        Refused: this person or client has as many as anybody may.
    """
    if _standing().filter(owner=by).count() >= MOST_OF_ONE:
        message = f"You have {MOST_OF_ONE} subscriptions. Remove one first."
        raise Refused(message)
    endpoint = WebhookEndpoint(
        id=new_id(), is_subscription=True, state=EndpointState.PAUSED, saved_by=by
    )
    subscription = Subscription(id=new_id(), endpoint=endpoint, owner=by)
    _fill(subscription, wish, headers=list(wish.headers or ()))
    subscription.phase = Phase.OFF if wish.is_off else Phase.REQUESTED
    endpoint.save(force_insert=True)
    subscription.save(force_insert=True)
    record(action="subscription.added", subject=subscription, by=by)
    tell_changed(endpoint, by=by)
    if not wish.is_off:
        _shake_hands(subscription)
    return subscription


@transaction.atomic
def change(*, subscription: Subscription, wish: Wish, by: User) -> Subscription:
    """Change it, switch it off, or ask for it again; it shakes hands anew where it has to.

    Raises:
        Invalid: it cannot be followed so; by the place in the resource.
        Refused: it was removed, or is somebody else's.
    """
    subscription = _locked(subscription)
    if subscription.owner_id != by.pk:
        raise Refused(NOT_YOURS)
    endpoint, before = subscription.endpoint, subscription.status
    is_elsewhere = endpoint.address != wish.address
    kept = [] if is_elsewhere else endpoint.secrets.get("headers", [])
    headers = list(kept if wish.headers is None else wish.headers)
    is_other = is_elsewhere or headers != kept
    _fill(subscription, wish, headers=headers)
    endpoint.saved_by = by
    if wish.is_off:
        _switch_off(subscription)
    elif is_other or before != Status.ACTIVE:
        subscription.phase, endpoint.state = Phase.REQUESTED, EndpointState.PAUSED
    _save(subscription)
    if subscription.phase == Phase.REQUESTED:
        _shake_hands(subscription)
    record(action="subscription.changed", subject=subscription, by=by)
    if is_elsewhere:
        tell_changed(endpoint, by=by)
    return subscription


@transaction.atomic
def switch_off(*, subscription: Subscription, by: User | None) -> None:
    """Tell it nothing from now on, also of what waits; its owner can ask for it again.

    Raises:
        Refused: it was removed.
    """
    subscription = _locked(subscription)
    _switch_off(subscription)
    _save(subscription)
    record(action="subscription.switched_off", subject=subscription, by=by)


@transaction.atomic
def remove(*, subscription: Subscription, by: User) -> None:
    """End it for good; its headers are destroyed.

    Raises:
        Refused: it was removed already.
    """
    subscription = _locked(subscription)
    _switch_off(subscription)
    subscription.endpoint.state, subscription.endpoint.secrets = EndpointState.REMOVED, {}
    _save(subscription)
    record(action="subscription.removed", subject=subscription, by=by)


def forget(patient: Patient) -> None:
    """Switch off what follows a patient who is erased, and empty what its owner wrote on it."""
    for each in _standing().filter(patient=patient):
        subscription = _locked(each)
        _switch_off(subscription)
        subscription.reason, subscription.contact = ERASED, []
        _save(subscription)


def _standing() -> Any:
    return Subscription.objects.exclude(endpoint__state=EndpointState.REMOVED)


def _locked(subscription: Subscription) -> Subscription:
    """Under its lock, and then that of its endpoint, as who delivers to it takes them."""
    found: Subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    found.endpoint = WebhookEndpoint.objects.select_for_update().get(pk=found.endpoint_id)
    if found.endpoint.state == EndpointState.REMOVED:
        raise Refused(IS_REMOVED)
    return found


def _save(subscription: Subscription) -> None:
    subscription.version += 1
    subscription.changed_at = timezone.now()
    subscription.endpoint.save()
    subscription.save()


def _switch_off(subscription: Subscription) -> None:
    subscription.phase = Phase.OFF
    subscription.endpoint.state = EndpointState.PAUSED
    waiting = WebhookDelivery.objects.select_for_update(skip_locked=True).filter(
        endpoint=subscription.endpoint_id, state=DeliveryState.WAITING
    )
    # What is being sent now is looked at again before it is tried again.
    keys = list(waiting.values_list("pk", flat=True))
    WebhookDelivery.objects.filter(pk__in=keys).update(
        state=DeliveryState.WITHHELD, ended_at=timezone.now()
    )


def _shake_hands(subscription: Subscription) -> None:
    delivery = WebhookDelivery.objects.create(
        endpoint=subscription.endpoint,
        kind=HANDSHAKE,
        stream=new_id(),
        sequence=0,
        due_at=Now(),
    )
    ask(delivery)


def _fill(subscription: Subscription, wish: Wish, *, headers: list[str]) -> None:
    errors = {place: [fault] for place, fault in _faults(wish, headers) if fault}
    if errors:
        raise Invalid(errors)
    endpoint = subscription.endpoint
    endpoint.label, endpoint.address, endpoint.kinds = wish.kind.label, wish.address, [wish.kind]
    endpoint.secrets = {"headers": headers}
    subscription.patient_id = wish.filters.get(PATIENT)
    subscription.board_id = wish.filters.get(BOARD)
    subscription.content, subscription.reason = wish.content, wish.reason
    subscription.contact = [dict(each) for each in wish.contact]
    subscription.ends_at, subscription.max_count = wish.ends_at, wish.max_count
    subscription.heartbeat_seconds = wish.heartbeat_seconds
    subscription.timeout_seconds = wish.timeout_seconds


def _faults(wish: Wish, headers: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (ENDPOINT, _address_fault(wish)),
        (HEADER, fault_of(headers)),
        (CRITERIA, _filter_fault(wish)),
        (REASON, _text_fault(wish.reason, longest=500)),
        (CONTACT, _text_fault(str(list(wish.contact)), longest=LONGEST_CONTACT)),
        (CHANNEL, _time_fault(wish)),
        ("Subscription.end", _end_fault(wish)),
    ]


def _address_fault(wish: Wish) -> str:
    longest = WebhookEndpoint._meta.get_field("address").max_length or 0
    if len(wish.address) > longest:
        return f"Use at most {longest} characters."
    if fault := Reach.of(current_institution().slug).fault_of(wish.address):
        return fault
    if wish.content == Content.FULL and not wish.address.startswith("https://"):
        return "Whole resources are sent to addresses that begin with https:// alone."
    return ""


def _filter_fault(wish: Wish) -> str:
    if set(wish.filters) - set(TOPICS[wish.kind].filters):
        known = ", ".join(TOPICS[wish.kind].filters)
        return f"This topic can be narrowed by {known}."
    patient, board = wish.filters.get(PATIENT), wish.filters.get(BOARD)
    if patient is not None and not Patient.objects.filter(pk=patient).exists():
        return "There is no such patient in this institution."
    if board is not None and not Board.objects.filter(pk=board).exists():
        return "There is no such board in this institution."
    return ""


def _text_fault(text: str, *, longest: int) -> str:
    if not is_storable(text):
        return "This contains a character that cannot be stored."
    return "" if len(text) <= longest else f"Use at most {longest:,} characters."


def _time_fault(wish: Wish) -> str:
    heartbeat, timeout = wish.heartbeat_seconds, wish.timeout_seconds
    if heartbeat is not None and not SHORTEST_HEARTBEAT_SECONDS <= heartbeat < 2**31:
        return f"A heartbeat comes every {SHORTEST_HEARTBEAT_SECONDS} seconds at most."
    if timeout is not None and not SHORTEST_TIMEOUT_SECONDS <= timeout < 2**31:
        return f"An attempt may take {SHORTEST_TIMEOUT_SECONDS} seconds."
    return ""


def _end_fault(wish: Wish) -> str:
    is_over = wish.ends_at is not None and wish.ends_at <= timezone.now()
    return "The end is over." if is_over and not wish.is_off else ""
