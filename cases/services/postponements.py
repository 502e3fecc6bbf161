"""Postponing cases: to another meeting, or back among those that ask for the board."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Case, Meeting, Postponement
from cases.models.agenda_item import Track
from cases.models.postponement import PostponementCause
from cases.selectors.agendas import coming_items, undecided
from cases.services import events
from cases.services.agendas import (
    close_ranks,
    last_position,
    lock_item,
    lock_open_meeting,
    refuse_listed,
    refuse_signed,
    remove,
)
from cases.services.cases import lock_all
from cases.services.checks import said, text_fault
from cases.services.completeness import listed_anew
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from guidance.editions.minimum_dataset import minimum_dataset
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


class CarriedOver(NamedTuple):
    """What was postponed, and how many cases stay since they stand on another list already."""

    postponed: list[Postponement]
    left: int


@transaction.atomic
def postpone(
    *,
    item: AgendaItem,
    cause: str,
    department: str = "",
    text: str = "",
    to: Meeting | None = None,
    by: User,
) -> Postponement:
    """Move an undecided case to the end of another meeting's list, or take it off its list.

    Moved, it keeps its question, draft and opinions; taken off, it asks for the board again, and
    both are deleted (history keeps them).

    Args:
        cause: a `PostponementCause`.
        department: code of the department of the minimum data set at which it lies; "" for none.
        text: the cause in words.
        to: the meeting that it moves to; None for no meeting yet.

    Raises:
        Invalid: cause, department or text cannot be kept.
        Refused: a decision was signed on it, it is off the list already, or `to` is over, was
            canceled, or has the case on its list.
    """
    given = _checked(cause=cause, department=department, text=text)
    source = _lock_both(item.meeting_id, to)
    item = lock_item(item, on=source)
    refuse_signed(item)
    case = Case.objects.select_for_update().get(pk=item.case_id)
    if to is None:
        remove(item=item)
    else:
        refuse_listed(case=case, meeting=to, besides=item)
        _carry(item, to, by=by)
        events.case_listed(item=item)
        announce(meeting_id=to.pk)
    close_ranks(source)
    announce(meeting_id=source.pk)
    record(action="agenda.case.postponed", subject=case, by=by)
    listed_anew(case_ids=[case.pk])
    return Postponement.objects.create(case=case, meeting=source, moved_to=to, by=by, **given)


@transaction.atomic
def postpone_rest(
    *,
    meeting: Meeting,
    cause: str,
    department: str = "",
    text: str = "",
    to: Meeting | None = None,
    by: User,
) -> CarriedOver:
    """Postpone every case of a list that is not decided, in order, all or none.

    Where they go to another list, a case that stands on a coming list already is left alone.

    Raises:
        Invalid, Refused: as `postpone`; or nothing is left.
    """
    _lock_both(meeting.pk, to)
    items = undecided(meeting)
    if not items:
        message = "Every case of this meeting is decided; nothing is left."
        raise Refused(message)
    lock_listed(items)
    wanted = [item for item in items if to is None or not _stands_elsewhere(item, to)]
    if not wanted:
        message = "Every case that is left stands on another coming list already."
        raise Refused(message)
    postponed = [
        postpone(item=item, cause=cause, department=department, text=text, to=to, by=by)
        for item in wanted
    ]
    return CarriedOver(postponed, left=len(items) - len(wanted))


def lock_listed(items: Sequence[AgendaItem]) -> None:
    """Lock several items and then their cases, each in one order for all.

    The caller holds the lock of the meeting.
    """
    rows = AgendaItem.objects.select_for_update().filter(pk__in=[item.pk for item in items])
    list(rows.order_by("pk").values_list("pk", flat=True))
    lock_all(item.case_id for item in items)


def _stands_elsewhere(item: AgendaItem, to: Meeting) -> bool:
    """Whether the case of `item` is on another coming list, or on that of `to` even if decided."""
    others = (other for other in coming_items(item.case) if other.pk != item.pk)
    return any(others) or AgendaItem.objects.filter(meeting=to, case=item.case_id).exists()


def _carry(item: AgendaItem, to: Meeting, *, by: User) -> None:
    """Put the very item last on another list, as if it were listed there now."""
    has_same_board = item.meeting.board_id == to.board_id
    item.discussions.filter(ended_at=None).update(ended_at=timezone.now())
    item.meeting = to
    item.position = last_position(to) + 1
    item.was_ready_at_cutoff = None
    item.listed_by, item.listed_at = by, timezone.now()
    if not has_same_board:
        # A standard is one board's own.
        item.track, item.standard = Track.DISCUSSION, None
    item.save()


def _lock_both(source_id: UUID, to: Meeting | None) -> Meeting:
    """The meeting that a case leaves; the one it goes to is locked too, in one order for all."""
    wanted = [source_id, *([to.pk] if to else [])]
    rows = Meeting.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    locked = {meeting.pk: meeting for meeting in rows}
    if to is not None:
        lock_open_meeting(to)
    return locked[source_id]


def _checked(*, cause: str, department: str, text: str) -> Mapping[str, str]:
    text = said(text)
    errors: dict[str, list[str]] = {}
    if cause not in PostponementCause.values:
        errors["cause"] = ["Choose why it is postponed."]
    if department and department not in minimum_dataset().departments:
        errors["department"] = ["Choose a department of the list, or none."]
    fault = text_fault(text, most=Postponement._meta.get_field("text").max_length or 0)
    if fault:
        errors["text"] = [fault]
    elif cause == PostponementCause.OTHER and not text:
        errors["text"] = ["Say in words why it is postponed."]
    if errors:
        raise Invalid(errors)
    return {"cause": cause, "department": department, "text": text}
