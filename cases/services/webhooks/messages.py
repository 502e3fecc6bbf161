"""What an endpoint is sent: ids and a code, and where more can be asked for.

What a FHIR Subscription is sent, the FHIR server says, which stands higher in the house: it tells
at start-up how (`notifications_by`).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from cases.models import Event, Subscription, WebhookDelivery
from cases.models.event import SUBJECTS, EventKind
from cases.services.subscriptions.headers import split
from tumorboard.tenancy.scope import current_institution

PUBLICATION = "publication"
#: Where the API shows a kind of row.
ROUTES = {
    "agenda_item": "api_agenda_item",
    PUBLICATION: "api_meeting",
    "decision": "api_decision",
    "task": "api_task",
}


class Message(NamedTuple):
    """What goes out."""

    body: bytes
    headers: Mapping[str, str]


#: The body of a notification; None where its owner is to be told nothing.
Notify = Callable[[WebhookDelivery, Subscription], bytes | None]
_notify: list[Notify] = []


def notifications_by(notify: Notify) -> None:
    """Let `notify` say what subscriptions are sent."""
    _notify[:] = [notify]


def notification_of(delivery: WebhookDelivery, subscription: Subscription) -> Message | None:
    """What a subscription is sent, with its own headers; None where it is told nothing."""
    body = _notify[0](delivery, subscription)
    if body is None:
        return None
    own = dict(map(split, delivery.endpoint.secrets.get("headers", [])))
    return Message(body, {**own, "Content-Type": "application/fhir+json"})


def body_of(delivery: WebhookDelivery) -> bytes:
    """The body as JSON; the same in every attempt."""
    event = delivery.event
    said = {
        "id": delivery.message_id,
        "type": delivery.kind,
        "occurred_at": (event.occurred_at if event else delivery.made_at).isoformat(),
        "institution": current_institution().slug,
        "subject": _subject(event) if event else {},
        "resource": _resource(event) if event else None,
        "sequence": delivery.sequence,
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _subject(event: Event) -> dict[str, Any]:
    named = {
        SUBJECTS[EventKind(event.kind)]: event.subject_id,
        "case": event.case_id,
        "meeting": event.meeting_id,
    }
    return {name: str(key) for name, key in named.items() if key is not None}


def _resource(event: Event) -> str:
    """Where the API shows it; of a published agenda, its meeting."""
    kind = SUBJECTS[EventKind(event.kind)]
    key = event.meeting_id if kind == PUBLICATION else event.subject_id
    path = reverse(ROUTES[kind], args=[current_institution().slug, key])
    return urljoin(settings.SITE_URL, path)
