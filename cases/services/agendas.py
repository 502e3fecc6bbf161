"""Writing agendas: putting cases on, ordering, asking, taking off.

Lists change under the meeting's lock, and an item goes only under its own lock as well, so that
nobody writes a decision on it meanwhile. The case is locked last: of two who put it on two lists,
the second one sees the first list.
"""

import itertools
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cases.models import (
    AgendaItem,
    Case,
    Decision,
    DraftDissent,
    DraftRecommendation,
    Meeting,
)
from cases.models.agenda_item import ListingReason
from cases.selectors.agendas import coming_items, is_over
from cases.services import events
from cases.services.checks import text_fault
from cases.services.completeness import listed_anew
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import moment_in
from tumorboard.tenancy.scope import seeing_all

#: Why an item stays as it is.
SIGNED = "A decision was signed on this case, so it stays on the list as it is."
SIGNED_PLACE = "A decision was signed on a case that would lose its place. It stays where it is."


@transaction.atomic
def put_on(
    *,
    meeting: Meeting,
    case: Case,
    question: str = "",
    because: ListingReason = ListingReason.PERSON,
    is_automatic: bool = False,
    by: User,
) -> AgendaItem:
    """Put `case` last on the list of `meeting`.

    Args:
        question: what the board is asked; the case's own question where not given.
        because: why it is listed.
        is_automatic: listed by the system, in the course of what `by` wrote.

    Raises:
        Invalid: the question cannot be kept.
        Refused: the meeting is over or was canceled, or the case is on this list already or
            stands undecided on another coming one.
    """
    meeting = lock_open_meeting(meeting)
    case = Case.objects.select_for_update().get(pk=case.pk)
    refuse_listed(case=case, meeting=meeting)
    item = AgendaItem.objects.create(
        meeting=meeting,
        case=case,
        position=last_position(meeting) + 1,
        question=_checked(question) or case.board_question,
        listed_because=because,
        is_automatic=is_automatic,
        listed_by=by,
    )
    announce(meeting_id=meeting.pk)
    record(action="agenda.case.put_on", subject=case, by=by)
    events.case_listed(item=item)
    listed_anew(case_ids=[case.pk])
    return item


@transaction.atomic
def take_off(*, item: AgendaItem, by: User) -> None:
    """Take a case off a list; those behind it move up. Draft and opinions go with it.

    Raises:
        Refused: a decision was signed on it, or it is off the list already.
    """
    meeting = lock_meeting(item.meeting)
    item = lock_item(item, on=meeting)
    refuse_signed(item)
    announce(meeting_id=meeting.pk)
    record(action="agenda.case.taken_off", subject=item.case, by=by)
    remove(item=item)
    close_ranks(meeting)
    listed_anew(case_ids=[item.case_id])


@transaction.atomic
def arrange(*, meeting: Meeting, item_ids: Sequence[UUID], by: User) -> list[AgendaItem]:
    """Put the items of a list into the order of `item_ids`.

    Restricted cases that `by` does not see keep their places.

    Raises:
        Invalid: `item_ids` are not exactly the items of the list, for instance since somebody put
            another case on in between.
        Refused: a case with a signed decision would lose its place, or the meeting was canceled.
    """
    meeting = lock_meeting(meeting)
    items = {item.id: item for item in AgendaItem.objects.filter(meeting=meeting)}
    if len(item_ids) != len(items) or set(item_ids) != set(items):
        raise Invalid({"items": ["The list has changed. Look at it again and order it anew."]})
    ordered = [items[item_id] for item_id in item_ids]
    places = sorted(item.position for item in ordered)
    signed = _signed(meeting)
    if any(i.position != n for n, i in zip(places, ordered, strict=True) if i.id in signed):
        raise Refused(SIGNED_PLACE)
    _number(ordered, places)
    announce(meeting_id=meeting.pk)
    record(action="agenda.arranged", subject=meeting, by=by)
    return ordered


@transaction.atomic
def move(*, item: AgendaItem, by: User, up: bool) -> int:
    """Move an item one place up or down; at the end of the list nothing happens.

    It passes over cases with a signed decision, which keep their places.

    Returns:
        The item's position from now on, counted from 1.

    Raises:
        Refused: a decision was signed on it, it is off the list, or the meeting was canceled.
    """
    meeting = lock_meeting(item.meeting)
    item = lock_item(item, on=meeting)
    refuse_signed(item)
    listed = AgendaItem.objects.filter(meeting=meeting).order_by("position")
    ids = list(listed.values_list("id", flat=True))
    signed = _signed(meeting)
    place = ids.index(item.id)
    passed = range(place - 1, -1, -1) if up else range(place + 1, len(ids))
    other = next((n for n in passed if ids[n] not in signed), None)
    if other is None:
        return item.position
    ids[place], ids[other] = ids[other], ids[place]
    return arrange(meeting=meeting, item_ids=ids, by=by)[other].position


@transaction.atomic
def ask(*, item: AgendaItem, question: str, by: User) -> AgendaItem:
    """Change the question that the board is asked.

    Raises:
        Invalid: the question cannot be kept.
        Refused: a decision was signed on it, or it is off the list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    refuse_signed(item)
    item.question = _checked(question)
    item.save(update_fields=["question"])
    record(action="agenda.question.changed", subject=item.case, by=by)
    return item


def lock_meeting(meeting: Meeting) -> Meeting:
    """The meeting's row, locked until the end of the transaction.

    Raises:
        Refused: the meeting was canceled meanwhile.
    """
    locked = Meeting.objects.select_for_update().filter(pk=meeting.pk).first()
    if locked is None or locked.cancelled_at is not None:
        message = "This meeting was canceled. Choose another one."
        raise Refused(message)
    return locked


def lock_open_meeting(meeting: Meeting) -> Meeting:
    """The same for a meeting onto whose list a case is to come.

    Raises:
        Refused: the meeting was canceled or is over.
    """
    locked = lock_meeting(meeting)
    if is_over(locked):
        message = "This meeting is over. Choose another one."
        raise Refused(message)
    return locked


def lock_item(item: AgendaItem, *, on: Meeting | None = None) -> AgendaItem:
    """The item's row, locked until the end of the transaction.

    Args:
        on: the meeting, locked already, on whose list it must stand.

    Raises:
        Refused: the item was taken off its list meanwhile, or moved to another one.
    """
    locked = AgendaItem.objects.select_for_update().filter(pk=item.pk).first()
    if locked is None:
        message = "This case was taken off the list."
        raise Refused(message)
    if on is not None and locked.meeting_id != on.pk:
        message = "This case was moved to another meeting in between."
        raise Refused(message)
    return locked


def refuse_listed(*, case: Case, meeting: Meeting, besides: AgendaItem | None = None) -> None:
    """Refuse a case that is on the list of `meeting`, or undecided on another coming one.

    The caller holds the locks of meeting and case.

    Args:
        besides: the item that is about to leave its list.

    Raises:
        Refused: it says on which list the case stands.
    """
    if AgendaItem.objects.filter(meeting=meeting, case=case).exists():
        message = "This case is on the list already."
        raise Refused(message)
    refuse_elsewhere(case=case, besides=besides)


def refuse_elsewhere(*, case: Case, besides: AgendaItem | None) -> None:
    """Refuse a case that stands undecided on a coming list; the caller holds its lock.

    Args:
        besides: the item that does not count.

    Raises:
        Refused: it says on which list the case stands.
    """
    for other in coming_items(case):
        if besides is None or other.pk != besides.pk:
            board = other.meeting.board
            where = f"{board.name}, {moment_in(other.meeting.starts_at, board.time_zone)}"
            message = (
                f"This case stands on the list of {where}, and nothing is decided there yet. "
                "Take it off or postpone it there first."
            )
            raise Refused(message)


def refuse_signed(item: AgendaItem) -> None:
    """Refuse to touch an item that was decided.

    Raises:
        Refused: a decision was signed on it.
    """
    if Decision.objects.filter(agenda_item=item).exists():
        raise Refused(SIGNED)


def remove(*, item: AgendaItem) -> None:
    """Delete an item without a decision, with what hangs on it; the caller holds the locks.

    History keeps the draft and the opinions.
    """
    DraftRecommendation.objects.filter(draft__agenda_item=item).delete()
    DraftDissent.objects.filter(draft__agenda_item=item).delete()
    item.drafts.all().delete()
    item.opinions.all().delete()
    item.discussions.all().delete()
    item.delete()


@seeing_all()
def last_position(meeting: Meeting) -> int:
    """The position of the last case on a list; 0 where there is none."""
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    return last or 0


@seeing_all()
def close_ranks(meeting: Meeting) -> None:
    """Number a list anew after a case left it; the caller holds the meeting's lock."""
    items = AgendaItem.objects.filter(meeting=meeting).order_by("position")
    _number(items, itertools.count(1))


def _signed(meeting: Meeting) -> set[UUID]:
    signed = Decision.objects.filter(agenda_item__meeting=meeting)
    return set(signed.values_list("agenda_item_id", flat=True))


def _checked(question: str) -> str:
    question = question.strip()
    fault = text_fault(question, most=AgendaItem._meta.get_field("question").max_length or 0)
    if fault:
        raise Invalid({"question": [fault]})
    return question


def _number(items: Iterable[AgendaItem], places: Iterable[int]) -> None:
    # Without `strict`: the places may go on for ever.
    for item, position in zip(items, places):  # noqa: B905
        if item.position != position:
            item.position = position
            item.save(update_fields=["position"])
