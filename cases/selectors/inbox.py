"""The inbox: what waits, and what a message was about."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.models import InboxMessage, InboxProposal, IntakeSource, Patient, UnmappedCode
from cases.models.inbox_message import WAITING
from cases.models.inbox_proposal import ProposalState
from cases.models.patient_token import record_token
from cases.readings.administrative import is_administrative
from cases.readings.reading import Unread
from cases.selectors.inbox_contents import unread_of
from cases.terminology.codes import canonical
from guidance.engine.values import is_storable

#: A menu says no more than "99+".
MOST_COUNTED = 99


class Untold(NamedTuple):
    """What could not be read, and where its code can be mapped."""

    unread: Unread
    #: The code among those that came in without a meaning; None where there is none to map.
    unmapped: UnmappedCode | None

    @property
    def is_administrative(self) -> bool:
        """Whether it says nothing of a disease, so that a page folds it away."""
        return is_administrative(self.unread)


def messages(*, state: str = "", patient: Patient | None = None) -> QuerySet[InboxMessage]:
    """Messages with their source and how many proposals are open, those that wait longest first.

    Args:
        state: of this state only; everything that waits where empty.
        patient: of this patient only, in every state.
    """
    rows = InboxMessage.objects.select_related("source__client", "patient", "case").annotate(
        open_count=Count("proposals", filter=Q(proposals__state=ProposalState.OPEN))
    )
    if patient is not None:
        rows = rows.filter(patient=patient)
    elif state:
        rows = rows.filter(state=state)
    else:
        rows = rows.filter(state__in=WAITING)
    # What is done is looked for by its newest.
    is_waiting = not state or state in WAITING
    return rows.order_by("received_at" if is_waiting and patient is None else "-received_at", "pk")


def counts() -> dict[str, int]:
    """How many messages are in each state."""
    rows = InboxMessage.objects.values_list("state").annotate(count=Count("pk"))
    return dict(rows.order_by("state"))


def waiting_words() -> str:
    """How many messages wait, counted no further than a menu says it; empty where none does."""
    found = InboxMessage.objects.filter(state__in=WAITING)[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


def was_changed_since(message: InboxMessage) -> bool:
    """Whether somebody else than its source changed who the patient is after it was made."""
    history: Any = Patient.pgh_event_model.objects  # type: ignore[attr-defined]
    changes = history.filter(
        pgh_obj_id=message.patient_id, pgh_label="update", pgh_created_at__gt=message.said_at
    )
    sender = str(message.source.client.user_id)
    return bool(changes.exclude(pgh_context__person=sender).exists())


def message(key: UUID) -> InboxMessage:
    """One message with all that its page shows.

    Raises:
        DoesNotExist: there is none that the person may see.
    """
    rows = InboxMessage.objects.select_related(
        "source__client", "patient", "case__patient", "case__assessment", "handled_by"
    )
    return rows.get(pk=key)


def proposals(of: InboxMessage) -> QuerySet[InboxProposal]:
    """Its proposals in the order of the message, with whether the newer message can be read."""
    newer = InboxMessage.objects.filter(pk=OuterRef("superseding_id"))
    rows = InboxProposal.objects.filter(message=of).annotate(has_newer=Exists(newer))
    return rows.select_related("decided_by").order_by("number")


def superseded_by(message: InboxMessage) -> list[InboxProposal]:
    """What a message superseded of others, also what is open again, the newest first."""
    rows = InboxProposal.objects.filter(superseding_id=message.pk).select_related("message")
    return list(rows.order_by("-said_at", "number"))


def untold(of: InboxMessage) -> list[Untold]:
    """What of a message could not be read."""
    said = unread_of(of.content)
    rows = UnmappedCode.objects.filter(code__in={one.code for one in said if one.code})
    known = {(row.system, row.code): row for row in rows}
    return [
        Untold(one, known.get((canonical(one.system), one.code)) if one.code else None)
        for one in said
    ]


def patient_by_number(record_number: str) -> Patient | None:
    """Who has this record number; None where nobody does."""
    if not is_storable(record_number):
        return None
    return Patient.objects.filter(record_blind=record_token(record_number)).first()


def sources() -> QuerySet[IntakeSource]:
    """Every system that has sent something."""
    return IntakeSource.objects.select_related("client").order_by("made_at")
