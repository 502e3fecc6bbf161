"""What can be followed by a FHIR Subscription: a topic for each kind of event."""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings

from cases.models.event import EventKind

CONDITION, APPOINTMENT, AGENDA = "Condition", "Appointment", "List"
DECISION, PLAN, TASK, REQUEST = "ClinicalImpression", "CarePlan", "Task", "ServiceRequest"
#: What an event may be narrowed by, each with the type of resource that it names.
FILTERS: Mapping[str, str] = {"patient": "Patient", "board": "CareTeam"}
PATIENT, BOARD = FILTERS


class Topic(NamedTuple):
    """What one kind of event is about, in FHIR's words."""

    #: The type of the resource that it is about, which whoever follows it must be allowed to read.
    focus: str
    #: Types that are named beside it, as far as they may be read.
    context: tuple[str, ...]
    #: Names of `FILTERS`.
    filters: tuple[str, ...]


_DECIDED = Topic(DECISION, (PLAN, CONDITION), (PATIENT, BOARD))
_RECOMMENDED = Topic(TASK, (REQUEST, CONDITION), (PATIENT,))
TOPICS: Mapping[EventKind, Topic] = {
    EventKind.CASE_LISTED: Topic(AGENDA, (CONDITION, APPOINTMENT), (PATIENT, BOARD)),
    EventKind.AGENDA_PUBLISHED: Topic(AGENDA, (APPOINTMENT,), (BOARD,)),
    EventKind.DECISION_SIGNED: _DECIDED,
    EventKind.DECISION_AMENDED: _DECIDED,
    EventKind.RECOMMENDATION_DUE: _RECOMMENDED,
    EventKind.RECOMMENDATION_DONE: _RECOMMENDED,
    EventKind.RECOMMENDATION_OVERDUE: _RECOMMENDED,
}


def code_of(kind: EventKind) -> str:
    """A kind as part of an address: `case-listed`."""
    return kind.value.replace(".", "-")


def address_of(kind: EventKind) -> str:
    """The canonical address of a kind's topic, the same for all institutions."""
    return f"{settings.SITE_URL.rstrip('/')}/fhir/SubscriptionTopic/{code_of(kind)}"


def kind_at(address: str) -> EventKind | None:
    """The kind whose topic has this address; None where none has."""
    return next((kind for kind in EventKind if address_of(kind) == address), None)
