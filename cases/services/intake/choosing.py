"""A person says whom a message is about, or has it read again."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import Case, InboxMessage, InboxProposal, Patient
from cases.models.inbox_message import WAITING, MessageState
from cases.models.inbox_proposal import ProposalState
from cases.readings.hl7v2 import Malformed
from cases.readings.reading import Kind
from cases.selectors.inbox_contents import content_of, reading_as_json, readings_of
from cases.services import cases, patients
from cases.services.errors import Invalid, Refused
from cases.services.intake import bundles, hl7v2
from cases.services.intake.deciding import CLOSED, locked, refuse_test
from cases.services.intake.faults import Unacceptable
from cases.services.intake.holding import hold_people
from cases.services.intake.order import Others, about_token
from cases.services.intake.receiving import count_unmapped, propose, state_of, supersede
from cases.services.intake.reopening import reopen
from cases.services.patient_cases import IS_ERASED
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

NOT_THEIRS = "This case is another patient's."
WRITTEN = "Something of it was written into a record already. It stays there."
#: What a person is called who is added by a message, as `patients.add` takes it.
IDENTITY = ("family_name", "given_name", "birth_date", "sex")


@transaction.atomic
def choose(
    *, message: InboxMessage, patient: Patient, case: Case | None = None, by: User
) -> InboxMessage:
    """Say whom a message is about, and which case; from then on it is under the patient's key.

    One that was matched to somebody else is moved as long as nothing of it was written, and what it
    superseded there is open again.

    Raises:
        Invalid: the case is another patient's.
        Refused: the patient was erased, the message was dealt with, or is another's already.
    """
    refuse_test(message)
    said = readings_of(message.content)
    held = hold_people(patient, message.patient, readings=said, source=message.source)
    patient = held[patient.pk]
    if patient.is_erased:
        raise Refused(IS_ERASED)
    if case is not None and case.patient_id != patient.pk:
        raise Invalid({"case": [NOT_THEIRS]})
    row = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.state not in WAITING or row.patient_id != message.patient_id:
        raise Refused(CLOSED)
    proposals = InboxProposal.objects.filter(message=row)
    written = _written(row)
    if row.patient_id == patient.pk:
        is_same = row.case_id == (case.pk if case else None)
        written = written.none() if is_same else written.exclude(kind=Kind.PATIENT)
    if written.exists():
        raise Refused(WRITTEN)
    older: list[InboxProposal] = []
    is_moved = row.patient_id not in (None, patient.pk)
    content = row.content
    row.patient, row.case = patient, case
    row.content = content
    readings = readings_of(content)
    row.state = state_of(row, readings)
    row.save()
    tokens = {each.number: about_token(row, readings[each.number]) for each in proposals}
    others = Others(row, tokens.values())
    for each in proposals:
        token, reading = tokens[each.number], readings[each.number]
        each.patient, each.case, each.about_token = patient, case, token
        if is_moved and each.kind == Kind.PATIENT and each.state == ProposalState.ACCEPTED:
            # It describes the other one to the letter, and so must never come into this record.
            each.state, each.decided_by = ProposalState.REJECTED, by
            each.decided_at = timezone.now()
        if is_moved and each.superseding_id and each.state == ProposalState.SUPERSEDED:
            # By what is said of the one whom it is not about.
            each.state, each.superseding_id = ProposalState.OPEN, None
        is_open = each.state == ProposalState.OPEN
        if is_open and (newer := others.newer_than(token, reading)) is not None:
            each.state, each.superseding_id = ProposalState.SUPERSEDED, newer.message_id
        elif is_open:
            older.extend(others.outdated_by(token, reading))
        each.save()
    supersede(row, older)
    if is_moved:
        reopen(row, by=by)
    record(action="inbox.matched", subject=row, by=by)
    return row


def can_move(message: InboxMessage) -> bool:
    """Whether a message that was matched may be given to another patient: nothing was written."""
    has_patient = message.patient_id is not None
    return has_patient and message.state in WAITING and not _written(message).exists()


def _written(message: InboxMessage) -> QuerySet[InboxProposal]:
    """What of a message is in its patient's record by it.

    Who somebody is and the record says already was accepted by nobody: nothing was written.
    """
    accepted = InboxProposal.objects.filter(message=message, state=ProposalState.ACCEPTED)
    said_already = Q(kind=Kind.PATIENT, decided_at=None)
    return accepted.exclude(kind=Kind.MERGE).exclude(said_already)


@transaction.atomic
def make_patient(*, message: InboxMessage, record_number: str, title: str, by: User) -> Case:
    """Add the patient that a message is about, with a case, and give the message to both.

    Args:
        record_number: as a person has read it in the message.
        title: the diagnosis in a few words.

    Raises:
        Invalid: a field cannot be accepted, or the record number is taken.
        Refused: the message was dealt with.
    """
    patient = patients.add(record_number=record_number, by=by, **_identity(message))
    case = cases.open_case(patient=patient, title=title, by=by)
    choose(message=message, patient=patient, case=case, by=by)
    return case


@transaction.atomic
def make_case(*, message: InboxMessage, title: str, by: User) -> Case:
    """Open a case for the patient of a message, and give the message to it.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: nobody has said whom it is about, or it was dealt with.
    """
    if message.patient is None:
        raise Refused(CLOSED)
    case = cases.open_case(patient=message.patient, title=title, by=by)
    choose(message=message, patient=message.patient, case=case, by=by)
    return case


@transaction.atomic
def read_again(*, message: InboxMessage, by: User) -> InboxMessage:
    """Read the original by the codes of today: what was decided stays, what is new is proposed.

    Raises:
        Refused: it was refused, its patient erased, or it can be read no more.
    """
    row = locked(message)
    if row.state == MessageState.REFUSED:
        raise Refused(CLOSED)
    content = row.content
    raw = content["raw"]
    try:
        found = bundles.again(raw) if row.format == "fhir" else hl7v2.again(raw)
    except (Malformed, Unacceptable) as fault:
        raise Refused(fault.reason) from None
    before = [reading_as_json(each) for each in readings_of(content)]
    now = [reading_as_json(each) for each in found.read.readings]
    new = [each for each, said in zip(found.read.readings, now, strict=True) if said not in before]
    gone = [number for number, said in enumerate(before) if said not in now]
    fresh = content_of(raw=raw, control_id=content["control_id"], read=found.read)
    fresh["readings"] = [*before, *(reading_as_json(each) for each in new)]
    row.content = fresh
    if new:
        row.state = state_of(row, readings_of(fresh))
        row.handled_by, row.handled_at = None, None
    row.save()
    unsaid = (ProposalState.OPEN, ProposalState.SUPERSEDED)
    InboxProposal.objects.filter(message=row, number__in=gone, state__in=unsaid).update(
        state=ProposalState.SUPERSEDED, superseding_id=None
    )
    propose(row, new, first=len(before))
    count_unmapped(found.read.unread, row.kind)
    record(action="inbox.read_again", subject=row, by=by)
    return row


def _identity(message: InboxMessage) -> dict[str, Any]:
    """Who the message says somebody is."""
    said = [each.values for each in readings_of(message.content) if each.kind is Kind.PATIENT]
    values = said[0] if said else {}
    return {name: values[name] for name in IDENTITY if name in values}
