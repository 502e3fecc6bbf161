"""Decisions that were signed some days ago, and what they ask for."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from django.utils import timezone

from cases.models import AgendaItem, Board, Case, Decision, Task
from cases.models.conclusion import Recommended
from cases.services import amendments
from tests.factories.boards import draft, make_asking_case, make_item, make_meeting, sign
from tumorboard.accounts.models import User

PET = Recommended("imaging", "PET_DOTATATE")
CT = Recommended("imaging", "CT_AP_W")
PRRT = Recommended("treatment", "OPT-PRRT")
REFERRAL = Recommended("referral", text="Nuclear medicine")
AGAIN = Recommended("rediscussion", text="In three months")


@contextmanager
def clock(*, days_ago: float) -> Iterator[None]:
    """Work as if it were some days ago; what rows note by themselves keeps the present time."""
    then = timezone.now() - datetime.timedelta(days=days_ago)
    with patch.object(timezone, "now", lambda: then):
        yield


def ago(days: int) -> datetime.date:
    """The day that many days ago."""
    return timezone.localdate() - datetime.timedelta(days=days)


def decided(
    *recommendations: Recommended,
    by: User,
    days_ago: int = 30,
    board: Board | None = None,
    case: Case | None = None,
) -> Decision:
    """A decision that was signed `days_ago` with these recommendations."""
    with clock(days_ago=days_ago):
        case = case or make_asking_case(by=by)
        meeting = make_meeting(by=by, board=board, in_days=1)
        item = make_item(by=by, meeting=meeting, case=case)
        draft(item, by=by, recommendations=recommendations)
        return sign(item, by=by)


def amended(decision: Decision, recommendations: Sequence[Recommended], *, by: User) -> Decision:
    """The next version of `decision`, signed now with these recommendations."""
    item = AgendaItem.objects.get(pk=decision.agenda_item_id)
    amendments.open(item=item, reason="It was written wrongly.", by=by)
    draft(item, by=by, recommendations=[_as_signed(decision, asked) for asked in recommendations])
    item.drafts.update(amendment_reason="It was written wrongly.")
    return sign(item, by=by)


def _as_signed(decision: Decision, asked: Recommended) -> Recommended:
    """`asked` with the day and the owner that were signed, as the form of an amendment has them."""
    same = decision.recommendations.filter(kind=asked.kind, code=asked.code, text=asked.text)
    was = same.first()
    if was is None:
        return asked
    return replace(
        asked, due_on=asked.due_on or was.due_on, owner_id=asked.owner_id or was.owner_id
    )


def tasks_of(decision: Decision) -> list[Task]:
    """The tasks of a decision in the order of its recommendations."""
    rows = Task.objects.filter(decision=decision).select_related("recommendation", "owner")
    return list(rows.order_by("recommendation__position"))
