"""Taking a message in: kept once, matched, and its readings proposed."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from cases.models import InboxMessage, InboxProposal, IntakeSource
from cases.models.inbox_message import MessageState
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind, Reading, Unread
from cases.selectors.inbox_contents import content_of, identifiers_of, reading_as_json, readings_of
from cases.services.code_maps import saw_unmapped
from cases.services.intake import deciding
from cases.services.intake.faults import OtherContent
from cases.services.intake.incoming import Incoming
from cases.services.intake.matching import Match, match, needs_case
from cases.services.intake.sources import source_of
from cases.services.patient_cases import lock_patient
from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import hidden_ids, seeing_all
from tumorboard.vault.keyring import keyring

#: What a keyed hash is of.
CONTROL, CONTENT, ABOUT = "inbox_control", "inbox_content", "inbox_about"
#: What tells one thing that a message can say from another, by kind; all values where not here.
TELLING: Mapping[Kind, tuple[str, ...]] = {
    Kind.PATIENT: (),
    Kind.DIAGNOSIS: (),
    Kind.FACT: ("fact",),
    Kind.LAB_RESULT: ("analyte", "taken_on", "unit"),
}
#: Of these the number by which the sender knows it says which one it is.
NUMBERED = {
    Kind.STUDY: ("study_uid", "accession_number"),
    Kind.SPECIMEN: ("report_number",),
}


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
        if found.patient is not None:
            # As erasing does: first the patient, then the message.
            found = found._replace(patient=lock_patient(found.patient))
            if found.patient is None or found.patient.is_erased:
                found = Match()
        message = _message(source, incoming, found, control=control, content=content)
        # One statement: it waits for another request's row, and adds nothing where that one stays.
        InboxMessage.objects.bulk_create([message], ignore_conflicts=True)
        if (known := _known(source, control, content, besides=message)) is not None:
            return known
        message = InboxMessage.objects.get(pk=message.pk)
        record(action="inbox.received", subject=message, by=client.user)
        propose(message, incoming.read.readings)
        count_unmapped(incoming.read.unread, message.kind)
        proposals = InboxProposal.objects.filter(message=message)
        if proposals.exists() and not proposals.exclude(state=ProposalState.ACCEPTED).exists():
            deciding.close_if_done(message, by=client.user)
        if not {message.patient_id, message.case_id} & unseen:
            deciding.follow_rules(message=message, by=client.user)
    return Receipt(message, is_replay=False)


def state_of(message: InboxMessage, readings: Sequence[Reading]) -> MessageState:
    """What is still to do with a message of which everything is open."""
    if message.patient_id is None or (needs_case(readings) and message.case_id is None):
        return MessageState.NEEDS_PERSON
    return MessageState.MATCHED


def propose(message: InboxMessage, readings: Sequence[Reading], *, first: int = 0) -> None:
    """Make a proposal of every reading; what a newer message says goes before an older one.

    Args:
        first: the number of the first reading among those of the message.
    """
    for number, reading in enumerate(readings, start=first):
        about = about_token(message, reading)
        others = InboxProposal.objects.filter(about_token=about).exclude(message=message)
        is_late = others.filter(
            said_at__gt=message.said_at,
            state__in=(ProposalState.OPEN, ProposalState.ACCEPTED),
        ).exists()
        former = list(others.filter(said_at__lte=message.said_at, state=ProposalState.OPEN))
        for each in former:
            each.state = ProposalState.SUPERSEDED
            each.save()
            deciding.close_if_done(each.message, by=message.source.client.user)
        InboxProposal.objects.create(
            message=message,
            patient_id=message.patient_id,
            case_id=message.case_id,
            number=number,
            kind=reading.kind,
            about_token=about,
            said_at=message.said_at,
            state=_first_state(message, reading, is_late=is_late),
        )


def _first_state(message: InboxMessage, reading: Reading, *, is_late: bool) -> ProposalState:
    """Who a patient is says every message: what the record says too asks nobody anything."""
    if is_late:
        return ProposalState.SUPERSEDED
    patient = message.patient
    if reading.kind is Kind.PATIENT and patient is not None:
        said = {name: value for name, value in reading.values.items() if name != "record_number"}
        if all(getattr(patient, name) == value for name, value in said.items()):
            return ProposalState.ACCEPTED
    return ProposalState.OPEN


def about_token(message: InboxMessage, reading: Reading) -> bytes:
    """Of what a reading says something, as a keyed hash: of the same source and person."""
    values = reading_as_json(reading)["values"]
    names = TELLING.get(reading.kind)
    numbers = [name for name in NUMBERED.get(reading.kind, ()) if values.get(name)]
    if names is not None:
        told = {name: values.get(name) for name in names}
    elif numbers:
        told = {numbers[0]: values[numbers[0]]}
    elif reading.belongs_to:
        told = {"belongs_to": reading.belongs_to, "names": sorted(values)}
    else:
        told = values
    whom = message.patient_id or sorted(identifiers_of(readings_of(message.content))) or message.pk
    said = [str(message.source_id), str(whom), reading.kind.value, told]
    return keyring().blind(ABOUT, json.dumps(said, sort_keys=True))


def count_unmapped(unread: Sequence[Unread], kind: str) -> None:
    """Count the codes that nobody knows, with the part of the message and nothing of a patient."""
    for one in unread:
        if one.code:
            place = one.path.partition("[")[0] or one.path
            saw_unmapped(
                system=one.system, code=one.code, display=one.display, where=f"{kind} {place}"
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
    )
    message.content = content_of(
        raw=incoming.raw, control_id=incoming.control_id, read=incoming.read
    )
    message.state = state_of(message, incoming.read.readings)
    return message
