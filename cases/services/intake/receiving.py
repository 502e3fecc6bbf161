"""Taking a message in: kept once, matched, and its readings proposed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from cases.models import InboxMessage, InboxProposal, IntakeSource
from cases.models.inbox_message import MessageState
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind, Reading, Unread
from cases.selectors.inbox_contents import content_of
from cases.services.code_maps import Seen, saw_all_unmapped
from cases.services.intake import deciding
from cases.services.intake.faults import OtherContent
from cases.services.intake.holding import hold_messages, hold_people
from cases.services.intake.incoming import Incoming
from cases.services.intake.matching import Match, match, needs_case
from cases.services.intake.order import Others, about_token
from cases.services.intake.sources import source_of
from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import hidden_ids, seeing_all
from tumorboard.vault.keyring import keyring

#: What a keyed hash is of.
CONTROL, CONTENT = "inbox_control", "inbox_content"


class Receipt(NamedTuple):
    """What became of a message; the same for the same message, however often it is sent."""

    message: InboxMessage
    is_replay: bool


@transaction.atomic
def receive(*, client: ApiClient, incoming: Incoming) -> Receipt:
    """Keep a message, find whom it is about, propose what it says.

    Matched are restricted records too: else a message about one would lie where everybody who works
    on the inbox reads it. Nothing of that reaches the sender, and no rule writes into a record
    that the sender could not see.

    Raises:
        OtherContent: the source sent this id before, with another content.
    """
    source = source_of(client)
    unseen = hidden_ids()
    with seeing_all():
        ring = keyring()
        control = ring.blind(CONTROL, f"{incoming.format}|{incoming.control_id}")
        content = ring.blind(CONTENT, incoming.raw)
        if (known := _known(source, control, content)) is not None:
            return known
        found = match(incoming.read.readings, source)
        readings = incoming.read.readings
        held = hold_people(found.patient, readings=readings, source=source)
        if found.patient is not None:
            patient = held[found.patient.pk]
            found = Match() if patient.is_erased else found._replace(patient=patient)
        message = _message(source, incoming, found, control=control, content=content)
        # One statement: it waits for another request's row, and adds nothing where that one stays.
        InboxMessage.objects.bulk_create([message], ignore_conflicts=True)
        if (known := _known(source, control, content, besides=message)) is not None:
            return known
        message = InboxMessage.objects.get(pk=message.pk)
        record(action="inbox.received", subject=message, by=client.user)
        propose(message, readings)
        proposals = InboxProposal.objects.filter(message=message)
        if proposals.exists() and not proposals.exclude(state=ProposalState.ACCEPTED).exists():
            deciding.close_if_done(message, by=client.user)
        if not {message.patient_id, message.case_id} & unseen:
            deciding.follow_rules(message=message, by=client.user)
        # Last: whoever counts the same codes waits until the end of this.
        count_unmapped(incoming.read.unread, message.kind)
    return Receipt(message, is_replay=False)


def state_of(message: InboxMessage, readings: Sequence[Reading]) -> MessageState:
    """What is still to do with a message of which everything is open."""
    if message.patient_id is None or (needs_case(readings) and message.case_id is None):
        return MessageState.NEEDS_PERSON
    return MessageState.MATCHED


def propose(message: InboxMessage, readings: Sequence[Reading], *, first: int = 0) -> None:
    """Make a proposal of every reading; what a newer message says goes before an older one.

    The caller holds the locks of `holding`.

    Args:
        first: the number of the first reading among those of the message.
    """
    said = [(about_token(message, reading), reading) for reading in readings]
    others = Others(message, [token for token, _ in said])
    for number, (token, reading) in enumerate(said, start=first):
        newer = others.newer_than(token, reading)
        before = None if newer else others.repeated(token, reading)
        InboxProposal.objects.create(
            message=message,
            patient_id=message.patient_id,
            case_id=message.case_id,
            number=number,
            kind=reading.kind,
            about_token=token,
            said_at=message.said_at,
            state=ProposalState.ACCEPTED if before else first_state(message, reading, newer=newer),
            written_id=before.written_id if before else None,
            superseding_id=newer.message_id if newer else None,
        )
    supersede(message, [old for each in said for old in others.outdated_by(*each)])


def supersede(message: InboxMessage, outdated: Iterable[InboxProposal]) -> None:
    """Close what older messages say and a newer one says anew."""
    keys = {row.pk: row.message_id for row in outdated}
    for held in hold_messages(keys.values()):
        # Read under the lock: somebody may have decided meanwhile.
        rows = InboxProposal.objects.filter(pk__in=keys, message=held, state=ProposalState.OPEN)
        if rows.update(state=ProposalState.SUPERSEDED, superseding_id=message.pk):
            deciding.close_if_done(held, by=message.source.client.user)


def first_state(
    message: InboxMessage, reading: Reading, *, newer: InboxProposal | None
) -> ProposalState:
    """Who a patient is says every message: what the record says too asks nobody anything."""
    if newer is not None:
        return ProposalState.SUPERSEDED
    patient = message.patient
    if reading.kind is Kind.PATIENT and patient is not None:
        said = {name: value for name, value in reading.values.items() if name != "record_number"}
        if all(getattr(patient, name) == value for name, value in said.items()):
            return ProposalState.ACCEPTED
    return ProposalState.OPEN


def count_unmapped(unread: Sequence[Unread], kind: str) -> None:
    """Count the codes that nobody knows, with the part of the message and nothing of a patient."""
    places = (one.path.partition("[")[0] or one.path for one in unread)
    saw_all_unmapped(
        seen=[
            Seen(one.system, one.code, one.display, where=f"{kind} {place}")
            for one, place in zip(unread, places, strict=True)
            if one.code
        ]
    )


def _known(
    source: IntakeSource, control: bytes, content: bytes, *, besides: InboxMessage | None = None
) -> Receipt | None:
    """What became of the message when it was here before; None where it was not.

    Raises:
        OtherContent: another one was here under its id.
    """
    row = InboxMessage.objects.filter(source=source, control_token=control).first()
    if row is None or (besides is not None and row.pk == besides.pk):
        return None
    if bytes(row.content_token) != content:
        raise OtherContent
    return Receipt(row, is_replay=True)


def _message(
    source: IntakeSource, incoming: Incoming, found: Match, *, control: bytes, content: bytes
) -> InboxMessage:
    now = timezone.now()
    said_at = incoming.said_at
    message = InboxMessage(
        source=source,
        format=incoming.format,
        kind=incoming.kind,
        control_token=control,
        content_token=content,
        received_at=now,
        # A clock that goes ahead would make everything after it late.
        said_at=min(said_at, now) if said_at else now,
        patient=found.patient,
        case=found.case,
        is_test=source.is_test,
    )
    message.content = content_of(
        raw=incoming.raw, control_id=incoming.control_id, read=incoming.read
    )
    message.state = state_of(message, incoming.read.readings)
    return message
