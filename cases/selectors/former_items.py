"""Items that were taken off their lists: their rows are gone, history knows them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cases.models import AgendaItem, Case, Meeting

_events: Any = AgendaItem.pgh_event_model.objects  # type: ignore[attr-defined]


def was_listed(item_id: UUID) -> bool:
    """Whether an item of this id was ever on a list of this institution."""
    return bool(_events.filter(pgh_obj_id=item_id).exists())


def last_meeting(item_id: UUID) -> UUID | None:
    """The meeting on whose list an item stood last; None where the meeting is gone too."""
    events = _events.filter(pgh_obj_id=item_id).order_by("-pgh_created_at", "-pgh_id")
    found: UUID | None = events.values_list("meeting", flat=True).first()
    return found if found and Meeting.objects.filter(pk=found).exists() else None


def former_items(case: Case, *, among: Iterable[UUID]) -> set[UUID]:
    """Which of the ids were items of `case` that are on no list any more."""
    rows = _events.filter(pgh_obj_id__in=list(among), case_id=case.pk)
    known: set[UUID] = set(rows.values_list("pgh_obj_id", flat=True))
    return known - set(AgendaItem.objects.filter(pk__in=known).values_list("pk", flat=True))
