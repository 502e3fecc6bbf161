"""What a message superseded, once it is known to be about somebody else."""

from cases.models import InboxMessage, InboxProposal
from cases.models.inbox_message import MessageState
from cases.models.inbox_proposal import ProposalState
from cases.selectors.inbox_contents import readings_of
from cases.services.intake.holding import hold_messages
from cases.services.intake.order import Others
from cases.services.intake.receiving import first_state, state_of
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


def reopen(message: InboxMessage, *, by: User) -> None:
    """Open again what a message superseded and no other one does.

    What somebody refused meanwhile stays as it is. The caller holds the locks of `holding`, and has
    given the message and its proposals to the other patient.
    """
    superseded = InboxProposal.objects.filter(
        superseding_id=message.pk, state=ProposalState.SUPERSEDED
    )
    held = hold_messages(superseded.values_list("message_id", flat=True))
    # The newest first: what it says anew goes before what the others say of the same.
    for older in sorted(held, key=lambda each: each.said_at, reverse=True):
        if older.state != MessageState.REFUSED:
            _reopen_of(older, list(superseded.filter(message=older)), by=by)


def _reopen_of(message: InboxMessage, rows: list[InboxProposal], *, by: User) -> None:
    readings = readings_of(message.content)
    others = Others(message, [bytes(row.about_token) for row in rows])
    for row in rows:
        reading = readings[row.number]
        newer = others.newer_than(bytes(row.about_token), reading)
        row.state = first_state(message, reading, newer=newer)
        row.superseding_id = newer.message_id if newer else row.superseding_id
        row.save(update_fields=["state", "superseding_id"])
    if any(row.state == ProposalState.OPEN for row in rows):
        message.state = state_of(message, readings)
        message.handled_by, message.handled_at = None, None
        message.save(update_fields=["state", "handled_by", "handled_at"])
        record(action="inbox.reopened", subject=message, by=by)
