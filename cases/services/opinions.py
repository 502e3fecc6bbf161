"""Giving an opinion on a case before the meeting, and taking it back."""

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, BoardMember, Meeting, Opinion
from cases.selectors.agendas import is_over
from cases.services.agendas import lock_item
from cases.services.checks import check, said
from cases.services.decision_drafts import refuse_signed
from cases.services.errors import Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def give(*, item: AgendaItem, text: str, specialty: str | None = None, by: User) -> Opinion:
    """Give the opinion of `by` on `item`, or say it anew.

    Args:
        specialty: of `Specialty`; None takes the one that `by` has on the board.

    Raises:
        Invalid: nothing is said, it is too long, or the specialty is not known.
        Refused: the item is decided or was taken off the list, or its meeting is over.
    """
    item = _lock_undecided(item)
    opinion = Opinion.objects.filter(item=item, person=by).first() or Opinion(item=item, person=by)
    opinion.text = said(text)
    opinion.specialty = specialty_of(item=item, person=by) if specialty is None else specialty
    opinion.given_at = timezone.now()
    check(opinion)
    opinion.save()
    record(action="opinion.given", subject=item, by=by)
    return opinion


@transaction.atomic
def withdraw(*, item: AgendaItem, by: User) -> None:
    """Take back the opinion of `by` on `item`; nothing happens where there is none.

    Raises:
        Refused: the item is decided or was taken off the list, or its meeting is over.
    """
    item = _lock_undecided(item)
    deleted, _ = Opinion.objects.filter(item=item, person=by).delete()
    if deleted:
        record(action="opinion.withdrawn", subject=item, by=by)


def specialty_of(*, item: AgendaItem, person: User) -> str:
    """The specialty that `person` has on the board of `item`; empty where none is known."""
    found = BoardMember.objects.filter(board__meetings=item.meeting_id, person=person)
    return found.values_list("specialty", flat=True).first() or ""


def _lock_undecided(item: AgendaItem) -> AgendaItem:
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    refuse_signed(item)
    meeting = Meeting.objects.get(pk=item.meeting_id)
    if is_over(meeting):
        message = "The meeting is over, so opinions are closed."
        raise Refused(message)
    return item
