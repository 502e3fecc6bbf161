"""Writing agendas: putting cases on, ordering, taking off.

Lists change under the meeting's lock, and an item goes only under its own lock as well, so that
nobody writes a decision on it meanwhile.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cases.models import AgendaItem, Case, Decision, DraftRecommendation, Meeting
from cases.services.checks import text_fault
from cases.services.completeness import listed_anew
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def put_on(*, meeting: Meeting, case: Case, question: str = "", by: User) -> AgendaItem:
    """Put `case` last on the list of `meeting`.

    Args:
        question: what the board is asked; the case's own question where not given.

    Raises:
        Invalid: the question is too long.
        Refused: the case is on this list already, or the meeting was canceled.
    """
    meeting = lock_meeting(meeting)
    if AgendaItem.objects.filter(meeting=meeting, case=case).exists():
        message = "This case is on the list already."
        raise Refused(message)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(
        meeting=meeting,
        case=case,
        position=(last or 0) + 1,
        question=_checked(question) or case.board_question,
        listed_by=by,
    )
    record(action="agenda.case.put_on", subject=case, by=by)
    listed_anew(case_ids=[case.pk])
    return item


@transaction.atomic
def take_off(*, item: AgendaItem, by: User) -> None:
    """Take a case off a list; those behind it move up. Its draft goes with it.

    Raises:
        Refused: a decision was signed on it, or it is off the list already.
    """
    meeting = lock_meeting(item.meeting)
    item = lock_item(item)
    _refuse_signed(item)
    record(action="agenda.case.taken_off", subject=item.case, by=by)
    remove(item=item)
    _number(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
    listed_anew(case_ids=[item.case_id])


@transaction.atomic
def arrange(*, meeting: Meeting, item_ids: Sequence[UUID], by: User) -> list[AgendaItem]:
    """Put the items of a list into the order of `item_ids`.

    Raises:
        Invalid: `item_ids` are not exactly the items of the list, for instance since somebody put
            another case on in between.
        Refused: the meeting was canceled.
    """
    meeting = lock_meeting(meeting)
    items = {item.id: item for item in AgendaItem.objects.filter(meeting=meeting)}
    if len(item_ids) != len(items) or set(item_ids) != set(items):
        raise Invalid({"items": ["The list has changed. Look at it again and order it anew."]})
    ordered = [items[item_id] for item_id in item_ids]
    _number(ordered)
    record(action="agenda.arranged", subject=meeting, by=by)
    return ordered


@transaction.atomic
def move(*, item: AgendaItem, by: User, up: bool) -> int:
    """Move an item one place up or down; at the end of the list nothing happens.

    Returns:
        The item's position from now on, counted from 1.

    Raises:
        Refused: the item is off the list, or the meeting was canceled.
    """
    meeting = lock_meeting(item.meeting)
    item = lock_item(item)
    ids = list(
        AgendaItem.objects.filter(meeting=meeting).order_by("position").values_list("id", flat=True)
    )
    place = ids.index(item.id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ids):
        return place + 1
    ids[place], ids[other] = ids[other], ids[place]
    arrange(meeting=meeting, item_ids=ids, by=by)
    return other + 1


@transaction.atomic
def ask(*, item: AgendaItem, question: str, by: User) -> AgendaItem:
    """Change the question that the board is asked.

    Raises:
        Invalid: the question is too long.
        Refused: a decision was signed on it, or it is off the list.
    """
    item = lock_item(item)
    _refuse_signed(item)
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
    if locked is None:
        message = "This meeting was canceled. Choose another one."
        raise Refused(message)
    return locked


def lock_item(item: AgendaItem) -> AgendaItem:
    """The item's row, locked until the end of the transaction.

    Raises:
        Refused: the item was taken off its list meanwhile.
    """
    locked = AgendaItem.objects.select_for_update().filter(pk=item.pk).first()
    if locked is None:
        message = "This case was taken off the list."
        raise Refused(message)
    return locked


def remove(*, item: AgendaItem) -> None:
    """Delete an item without a decision, with its draft; the caller holds the locks."""
    DraftRecommendation.objects.filter(draft__agenda_item=item).delete()
    item.drafts.all().delete()
    item.delete()


def _refuse_signed(item: AgendaItem) -> None:
    if Decision.objects.filter(agenda_item=item).exists():
        message = "A decision was signed on this case, so it stays on the list as it is."
        raise Refused(message)


def _checked(question: str) -> str:
    question = question.strip()
    fault = text_fault(question, most=AgendaItem._meta.get_field("question").max_length or 0)
    if fault:
        raise Invalid({"question": [fault]})
    return question


def _number(items: Iterable[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            item.save(update_fields=["position"])
