"""Settling an item of an agenda by a standard of care, or discussing it after all."""

from django.db import transaction

from cases.models import AgendaItem, Standard
from cases.models.agenda_item import Track
from cases.selectors.standards import Standing, standing_of_item
from cases.services.agendas import lock_item, refuse_signed
from cases.services.cases import lock
from cases.services.errors import Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

TRACK = ("track", "standard")


@transaction.atomic
def settle_by_protocol(*, item: AgendaItem, standard: Standard, by: User) -> AgendaItem:
    """Settle `item` without discussion, by `standard` of its board.

    Raises:
        Refused: the standard is another board's or does not hold for the case as it stands now,
            a decision was signed on the item, or it is off the list.
    """
    item = _locked(item)
    standard = Standard.objects.select_related("board").get(pk=standard.pk)
    if standard.board_id != item.meeting.board_id:
        message = "This standard belongs to another board."
        raise Refused(message)
    _check(item, standard)
    item.track, item.standard = Track.PROTOCOL, standard
    item.save(update_fields=TRACK)
    record(action="agenda.track.protocol", subject=item.case, by=by)
    return item


@transaction.atomic
def discuss(*, item: AgendaItem, by: User) -> AgendaItem:
    """Discuss `item` in the meeting after all.

    Raises:
        Refused: a decision was signed on the item, or it is off the list.
    """
    item = _locked(item)
    item.track, item.standard = Track.DISCUSSION, None
    item.save(update_fields=TRACK)
    record(action="agenda.track.discussion", subject=item.case, by=by)
    return item


def check_track(item: AgendaItem) -> None:
    """Refuse to sign an item of the protocol track whose case no longer fits its standard.

    An item that is discussed is never refused. The caller holds the locks of the item and of its
    case; both are read as they are given.

    Raises:
        Refused: with every reason in words.
    """
    if item.track == Track.PROTOCOL and item.standard is not None:
        _check(item, item.standard)


def _check(item: AgendaItem, standard: Standard) -> None:
    standing = standing_of_item(item, standard)
    if not standing.holds:
        raise Refused(_refusal(standing))


def _refusal(standing: Standing) -> str:
    reasons = " ".join(standing.against)
    return (
        f"“{standing.standard.name}” does not settle this case: {reasons} "
        "Discuss it in the meeting, or mend what is missing."
    )


def _locked(item: AgendaItem) -> AgendaItem:
    """The item under its lock and its case's, as long as nothing was signed on it."""
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    refuse_signed(item)
    item.case = lock(item.case)
    return item
