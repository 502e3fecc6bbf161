"""Deciding what of a message comes into the record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DataError, transaction
from django.utils import timezone

from cases.models import InboxMessage, InboxProposal
from cases.models.inbox_message import WAITING, MessageState
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind
from cases.selectors.inbox import was_changed_since
from cases.selectors.inbox_contents import readings_of
from cases.services.assessments import assessed_once
from cases.services.errors import Invalid, Refused, ServiceError
from cases.services.intake.holding import hold_people
from cases.services.intake.order import is_outdated
from cases.services.intake.rules import ALLOWED
from cases.services.intake.writing import Write
from cases.services.patient_cases import IS_ERASED
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

DECIDED = "This was decided already."
OUTDATED = "A newer message says otherwise of the same. This one is kept, and not written over it."
CLOSED = "The message was dealt with already."
TEST = "This is a test: nothing of it comes into a record. Refuse it once you have looked at it."
CANNOT = "The record cannot take this as it is written."
#: In which order readings are written: what others belong to comes first.
ORDER = (
    Kind.MERGE,
    Kind.PATIENT,
    Kind.DIAGNOSIS,
    Kind.FACT,
    Kind.STUDY,
    Kind.RESULT,
    Kind.SPECIMEN,
    Kind.PROCEDURE,
    Kind.TREATMENT,
    Kind.LAB_RESULT,
)


@transaction.atomic
def accept(
    *, proposal: InboxProposal, by: User, more: Mapping[str, Any] | None = None
) -> InboxProposal:
    """Write what a proposal says into the record.

    Args:
        more: what a person adds; `outcome` of a result.

    Raises:
        Invalid: the record cannot take a value.
        Refused: it was decided already, a newer message says otherwise, or nobody has said yet
            to which patient or case it belongs.
    """
    message = locked(proposal.message)
    refuse_test(message)
    row = _open(proposal)
    _write(message, row, by=by, more=more or {})
    record(action="inbox.accepted", subject=row, by=by)
    close_if_done(message, by=by)
    return row


@transaction.atomic
def accept_all(*, message: InboxMessage, by: User) -> dict[InboxProposal, str]:
    """Write all that is open of a message, as far as the record takes it.

    Returns:
        What stays open, each with the reason.

    Raises:
        Refused: the message was dealt with already.
    """
    message = locked(message)
    if message.state not in WAITING:
        raise Refused(CLOSED)
    refuse_test(message)
    left = _accept_several(message, _all_open(message), by=by, by_rule=False)
    close_if_done(message, by=by)
    return left


@transaction.atomic
def reject(*, proposal: InboxProposal, by: User) -> InboxProposal:
    """Leave the record as it is.

    Raises:
        Refused: it was decided already.
    """
    message = locked(proposal.message)
    row = _open(proposal)
    row.state, row.decided_by, row.decided_at = ProposalState.REJECTED, by, timezone.now()
    row.save()
    record(action="inbox.rejected", subject=row, by=by)
    close_if_done(message, by=by)
    return row


@transaction.atomic
def refuse(*, message: InboxMessage, by: User) -> InboxMessage:
    """Take nothing more of a message: it is about nobody here, or should not have come.

    Raises:
        Refused: it was dealt with already.
    """
    message = locked(message)
    if message.state not in WAITING:
        raise Refused(CLOSED)
    now = timezone.now()
    for row in _all_open(message):
        row.state, row.decided_by, row.decided_at = ProposalState.REJECTED, by, now
        row.save()
    message.state, message.handled_by, message.handled_at = MessageState.REFUSED, by, now
    message.save(update_fields=["state", "handled_by", "handled_at"])
    record(action="inbox.refused", subject=message, by=by)
    return message


def follow_rules(*, message: InboxMessage, by: User) -> None:
    """Accept what the source is trusted with; what the record does not take stays open.

    Only for a message whose patient and case are known. The caller holds the message's lock.
    """
    if message.state != MessageState.MATCHED or message.is_test:
        return
    trusted = {kind for kind in message.source.rules if kind in {each.value for each in ALLOWED}}
    if was_changed_since(message):
        trusted.discard(Kind.PATIENT)
    rows = [
        row for row in _all_open(message) if row.kind in trusted and not stands_beside_another(row)
    ]
    if rows:
        _accept_several(message, rows, by=by, by_rule=True)
        close_if_done(message, by=by)


def stands_beside_another(proposal: InboxProposal) -> bool:
    """Whether another value of the same analyte, unit and day was taken over from the same source.

    It may be the one that this corrects, or another draw of that day: a person says which.
    """
    if proposal.kind != Kind.LAB_RESULT:
        return False
    others = InboxProposal.objects.filter(
        about_token=proposal.about_token, state=ProposalState.ACCEPTED
    )
    return others.exclude(message=proposal.message_id).exists()


def refuse_test(message: InboxMessage) -> None:
    """Keep what is a test out of every record.

    Raises:
        Refused: it is one.
    """
    if message.is_test:
        raise Refused(TEST)


def close_if_done(message: InboxMessage, *, by: User) -> None:
    """Note that nothing of a message waits any more.

    What came and says nothing that could be read, or only what a newer message had said, waits
    until a person has seen it.
    """
    if InboxProposal.objects.filter(message=message, state=ProposalState.OPEN).exists():
        return
    if message.state in WAITING:
        message.state, message.handled_by = MessageState.DONE, by
        message.handled_at = timezone.now()
        message.save(update_fields=["state", "handled_by", "handled_at"])


def locked(message: InboxMessage) -> InboxMessage:
    """The message under its lock, and before it its people's (`holding`), as erasing takes them.

    Raises:
        Refused: the patient was erased, or another one was chosen meanwhile.
    """
    seen = message.patient_id
    readings = readings_of(message.content)
    held = hold_people(message.patient, readings=readings, source=message.source)
    if seen is not None and held[seen].is_erased:
        raise Refused(IS_ERASED)
    row = InboxMessage.objects.select_for_update(of=("self",)).filter(pk=message.pk).first()
    if row is None or row.patient_id != seen:
        raise Refused(DECIDED)
    return row


def _all_open(message: InboxMessage) -> list[InboxProposal]:
    rows = InboxProposal.objects.filter(message=message, state=ProposalState.OPEN)
    return sorted(rows, key=lambda row: (ORDER.index(Kind(row.kind)), row.number))


def _accept_several(
    message: InboxMessage, rows: Iterable[InboxProposal], *, by: User, by_rule: bool
) -> dict[InboxProposal, str]:
    left: dict[InboxProposal, str] = {}
    accepted = False
    # Each by itself: a value that is there already keeps no other one out. Values that only
    # together contradict the rest of the record are told by the assessment at the end.
    with assessed_once():
        for row in rows:
            try:
                with transaction.atomic():
                    _write(message, row, by=by, more={}, by_rule=by_rule)
                    accepted = True
            except (ServiceError, DataError) as error:
                left[row] = reason_of(error)
    if accepted:
        action = "inbox.accepted_by_rule" if by_rule else "inbox.accepted"
        record(action=action, subject=message, by=by)
    return left


def reason_of(error: Exception) -> str:
    """Why the record did not take something, in one sentence or two."""
    if isinstance(error, Invalid):
        return " ".join(
            f"{name.replace('_', ' ').capitalize()}: {reason}" if name else reason
            for name, reasons in error.errors.items()
            for reason in reasons
        )
    return str(error) if isinstance(error, ServiceError) else CANNOT


def _open(proposal: InboxProposal) -> InboxProposal:
    row = InboxProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.state == ProposalState.SUPERSEDED:
        raise Refused(OUTDATED)
    if row.state != ProposalState.OPEN:
        raise Refused(DECIDED)
    return row


def _write(
    message: InboxMessage,
    row: InboxProposal,
    *,
    by: User,
    more: Mapping[str, Any],
    by_rule: bool = False,
) -> None:
    reading = readings_of(message.content)[row.number]
    if is_outdated(message, reading):
        raise Refused(OUTDATED)
    try:
        row.written_id = Write(message, reading, by=by, more=more).write()
    except TypeError as error:
        # A name that no column has.
        raise Refused(CANNOT) from error
    row.state, row.by_rule = ProposalState.ACCEPTED, by_rule
    row.decided_by, row.decided_at = by, timezone.now()
    row.save()
