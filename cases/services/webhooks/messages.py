"""What an endpoint is sent: ids and a code, and where more can be asked for."""

import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from cases.models import Event, WebhookDelivery
from cases.models.event import SUBJECTS, EventKind
from tumorboard.tenancy.scope import current_institution

PUBLICATION = "publication"
#: Where the API shows a kind of row.
ROUTES = {
    "agenda_item": "api_agenda_item",
    PUBLICATION: "api_meeting",
    "decision": "api_decision",
    "task": "api_task",
}


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
