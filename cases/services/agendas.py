"""Writing agendas: putting cases on, ordering, taking off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cases.models import AgendaItem, Case, Decision, DraftRecommendation, Meeting
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def put_on(*, meeting: Meeting, case: Case, question: str = "", by: User) -> AgendaItem:
    """Put `case` last on the list of `meeting`.

    Args:
        question: what the board is asked; the case's own question where not given.

    Raises:
        Refused: the case is on this list already.
    """
    meeting = _lock(meeting)
    if AgendaItem.objects.filter(meeting=meeting, case=case).exists():
        message = "This case is on the list already."
        raise Refused(message)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(
        meeting=meeting,
        case=case,
        position=(last or 0) + 1,
        question=question.strip() or case.board_question,
        listed_by=by,
    )
    record(action="agenda.case.put_on", subject=case, by=by)
    return item


@transaction.atomic
def take_off(*, item: AgendaItem, by: User) -> None:
    """Take a case off a list; those behind it move up. Its draft goes with it.

    Raises:
        Refused: a decision was signed on it.
    """
    meeting = _lock(item.meeting)
    if Decision.objects.filter(agenda_item=item).exists():
        message = "A decision was signed on this case, so it stays on the list."
        raise Refused(message)
    DraftRecommendation.objects.filter(draft__agenda_item=item).delete()
    item.drafts.all().delete()
    record(action="agenda.case.taken_off", subject=item.case, by=by)
    item.delete()
    _number(AgendaItem.objects.filter(meeting=meeting).order_by("position"))


@transaction.atomic
def arrange(*, meeting: Meeting, item_ids: Sequence[UUID], by: User) -> list[AgendaItem]:
    """Put the items of a list into the order of `item_ids`.

    Raises:
        Invalid: `item_ids` are not exactly the items of the list, for instance since somebody put
            another case on in between.
    """
    meeting = _lock(meeting)
    items = {item.id: item for item in AgendaItem.objects.filter(meeting=meeting)}
    if len(item_ids) != len(items) or set(item_ids) != set(items):
        raise Invalid({"items": ["The list has changed. Look at it again and order it anew."]})
    ordered = [items[item_id] for item_id in item_ids]
    _number(ordered)
    record(action="agenda.arranged", subject=meeting, by=by)
    return ordered


@transaction.atomic
def move(*, item: AgendaItem, by: User, up: bool) -> None:
    """Move an item one place up or down; at the end of the list nothing happens."""
    ids = list(
        AgendaItem.objects.filter(meeting_id=item.meeting_id)
        .order_by("position")
        .values_list("id", flat=True)
    )
    place = ids.index(item.id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(ids):
        ids[place], ids[other] = ids[other], ids[place]
        arrange(meeting=item.meeting, item_ids=ids, by=by)


@transaction.atomic
def ask(*, item: AgendaItem, question: str, by: User) -> AgendaItem:
    """Change the question that the board is asked.

    Raises:
        Invalid: the question is too long.
    """
    question = question.strip()
    limit = AgendaItem._meta.get_field("question").max_length
    if limit is not None and len(question) > limit:
        raise Invalid({"question": [f"Use at most {limit} characters."]})
    item.question = question
    item.save(update_fields=["question"])
    record(action="agenda.question.changed", subject=item.case, by=by)
    return item


def _lock(meeting: Meeting) -> Meeting:
    """Lists change under the meeting's lock, so that positions stay whole."""
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def _number(items: Any) -> None:
    for position, item in enumerate(items, start=1):
        if item.position != position:
            item.position = position
            item.save(update_fields=["position"])
