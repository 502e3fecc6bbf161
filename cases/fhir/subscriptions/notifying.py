"""What a subscriber is told: Bundles whose first entry says where the subscription stands."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils import timezone

from cases.fhir.caller import Caller
from cases.fhir.endpoint import base_of
from cases.fhir.formats import encoded
from cases.fhir.found import Found, named, subjects_of
from cases.fhir.keeping import Json
from cases.fhir.references import instant
from cases.fhir.subscriptions import guide
from cases.models import Event, Subscription, WebhookDelivery
from cases.models.event import EventKind
from cases.models.subscription import Content, Status
from cases.models.webhook import HANDSHAKE, HEARTBEAT, Fault
from cases.selectors.topics import AGENDA, APPOINTMENT, CONDITION, TOPICS, address_of
from tumorboard.accounts.rights import rights_of
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution, member_scope

#: subscription-notification-type of R5, as the guide has it for R4.
TYPES = {HANDSHAKE: "handshake", HEARTBEAT: "heartbeat"}
EVENT, QUERY_STATUS, QUERY_EVENT = "event-notification", "query-status", "query-event"
Name = tuple[str, str]


class Told(NamedTuple):
    """One event as it is told: its number, what it is about, and what belongs to that."""

    number: int
    event: Event
    found: Sequence[Found]

    @property
    def names(self) -> list[str]:
        """`Type/id` of each, that which it is about first."""
        return ["/".join(each.key) for each in self.found]


def notified(delivery: WebhookDelivery, subscription: Subscription) -> bytes | None:
    """The body of a message to a subscriber, made with the rights and the eyes of its owner.

    Returns:
        None where the owner is shown nothing of what it is about.
    """
    institution, owner = current_institution(), subscription.owner
    base = base_of(institution.slug)
    # What they opened with a reason they opened to look at it, not to have it sent.
    with member_scope(institution, owner.pk, opened=False):
        if delivery.event is None:
            return _encoded(_bundle(delivery, subscription, [], type_=TYPES[delivery.kind]))
        told = told_of([delivery], Caller(owner, base, *rights_of(owner)))
        if not told:
            return None
        if subscription.content == Content.FULL:
            found = told[0].found
            shown = subjects_of(found)
            record(action="fhir.sent", subject=found[0].row, by=owner, shown=shown)
        return _encoded(_bundle(delivery, subscription, told, type_=EVENT))


def told_of(deliveries: Iterable[WebhookDelivery], caller: Caller) -> list[Told]:
    """What is told of events, as far as the caller may read it; nothing of one they may not.

    In a number of queries that does not grow with the events.
    """
    asked = [(each, _names(each.event, caller)) for each in deliveries if each.event is not None]
    wanted: dict[str, set[str]] = {}
    for _, names in asked:
        for type_, key in names:
            wanted.setdefault(type_, set()).add(key)
    there = {found.key: found for type_, keys in wanted.items() for found in named(type_, keys)}
    return [
        Told(each.number or 0, each.event, [there[name] for name in names if name in there])
        for each, names in asked
        if each.event is not None and names and names[0] in there
    ]


def _names(event: Event, caller: Caller) -> list[Name]:
    """What an event is about, and what belongs to it, as far as such types may be read."""
    topic = TOPICS[EventKind(event.kind)]
    if not caller.may(topic.focus, "r"):
        return []
    readable = [each for each in topic.context if caller.may(each, "r")]
    return [(each, _key(event, each)) for each in (topic.focus, *readable)]


def _key(event: Event, resource_type: str) -> str:
    """The id of a resource of this type that an event is about."""
    if resource_type in (AGENDA, APPOINTMENT):
        return str(event.meeting_id)
    return str(event.case_id if resource_type == CONDITION else event.subject_id)


def status_of(
    subscription: Subscription, *, type_: str, base: str, told: Sequence[Told] = (), content: str
) -> Json:
    """Where a subscription stands, with events: the guide's SubscriptionStatus, as Parameters."""
    given: list[Json] = [
        {
            "name": "subscription",
            "valueReference": {"reference": f"{base}/Subscription/{subscription.pk}"},
        },
        {"name": "topic", "valueCanonical": address_of(subscription.kind)},
        {"name": "status", "valueCode": subscription.status.value},
        {"name": "type", "valueCode": type_},
        {"name": "events-since-subscription-start", "valueString": str(subscription.events)},
        *(_event(each, base, content) for each in told),
    ]
    fault = getattr(subscription, "fault", "")
    if subscription.status == Status.ERROR and fault:
        given.append({"name": "error", "valueCodeableConcept": {"text": Fault(fault).label}})
    if content == Content.EMPTY:
        given = [each for each in given if each["name"] != "topic"]
    meta = {"profile": [guide.STATUS]}
    return {
        "resourceType": "Parameters",
        "id": str(uuid.uuid4()),
        "meta": meta,
        "parameter": given,
    }


def history_of(
    subscription: Subscription, *, type_: str, base: str, told: Sequence[Told], content: str
) -> Json:
    """The Bundle of a notification, or of events that are asked for."""
    status = status_of(subscription, type_=type_, base=base, told=told, content=content)
    asked = f"{base}/Subscription/{subscription.pk}/$status"
    entries = [{"fullUrl": f"urn:uuid:{status['id']}", "resource": status, **_got(asked)}]
    if content != Content.EMPTY:
        resources = {f"{base}/{name}": each for one in told for name, each in _pairs(one)}
        entries += [
            {
                "fullUrl": address,
                **({"resource": each.resource} if content == Content.FULL else {}),
                **_got(address),
            }
            for address, each in resources.items()
        ]
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [guide.NOTIFICATION]},
        "type": "history",
        "timestamp": instant(timezone.now()),
        "entry": entries,
    }


def _bundle(
    delivery: WebhookDelivery, subscription: Subscription, told: Sequence[Told], *, type_: str
) -> Json:
    """The Bundle of a message, with an id that is the same in every attempt."""
    base, content = base_of(current_institution().slug), subscription.content
    bundle = history_of(subscription, type_=type_, base=base, told=told, content=content)
    return {"resourceType": "Bundle", "id": delivery.message_id, **bundle}


def _pairs(told: Told) -> Iterable[tuple[str, Found]]:
    return zip(told.names, told.found, strict=True)


def _got(address: str) -> dict[str, Any]:
    """How the reader of an entry gets it; a Bundle of this type needs it."""
    return {"request": {"method": "GET", "url": address}, "response": {"status": "200"}}


def _event(told: Told, base: str, content: str) -> Json:
    parts: list[Json] = [
        {"name": "event-number", "valueString": str(told.number)},
        {"name": "timestamp", "valueInstant": instant(told.event.occurred_at)},
    ]
    if content != Content.EMPTY:
        parts += [
            {"name": name, "valueReference": {"reference": f"{base}/{each}"}}
            for name, each in zip(_roles(told), told.names, strict=True)
        ]
    return {"name": "notification-event", "part": parts}


def _roles(told: Told) -> list[str]:
    return ["focus", *("additional-context" for _ in told.found[1:])]


def _encoded(resource: Json) -> bytes:
    return encoded(resource).encode()
