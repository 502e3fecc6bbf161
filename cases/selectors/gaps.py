"""The worklist of what is missing over all cases: who is asked, and since when."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Gap, GapRequest
from cases.models.case import Readiness
from cases.selectors.agendas import ASKING, is_on_coming_list
from cases.selectors.cases import LAST_PAGE
from cases.selectors.data_set import department_name, item_name

#: Which cases a coordinator looks at.
LISTED, ASKING_CASES = "listed", "asking"


@dataclass(frozen=True)
class OpenGap:
    """A gap that nobody accepted, with the request for it where somebody was asked by name."""

    row: Gap
    request: GapRequest | None

    @property
    def name(self) -> str:
        """The item in words."""
        return item_name(self.row.item)

    @property
    def department(self) -> str:
        """Who is asked by the data set, in words."""
        return department_name(self.row.asked_of)

    @property
    def days(self) -> int:
        """How long it has been open."""
        return (timezone.localdate() - self.row.begins_on).days


@dataclass(frozen=True)
class GapFilters:
    """What the worklist is narrowed to; empty for everything.

    `asked_of` and `item` are codes; `cases` is `LISTED` (on a coming list) or `ASKING_CASES` (asks
    for the board); `requested` is "yes" or "no".
    """

    asked_of: str = ""
    item: str = ""
    cases: str = ""
    requested: str = ""


def open_gaps(filters: GapFilters, *, on: datetime.date | None = None) -> QuerySet[Gap]:
    """Gaps of cases without a signed decision that nobody accepted, oldest first.

    Where only what was asked for by name is wanted, what was asked for longest ago comes first.
    """
    day = on or timezone.localdate()
    gaps = Gap.objects.filter(begins_on__lte=day, is_accepted=False)
    gaps = gaps.exclude(case__readiness=Readiness.SIGNED).select_related("case__patient")
    if filters.asked_of:
        gaps = gaps.filter(asked_of=filters.asked_of)
    if filters.item:
        gaps = gaps.filter(item=filters.item)
    if filters.cases == LISTED:
        gaps = gaps.filter(is_on_coming_list("case_id"))
    elif filters.cases == ASKING_CASES:
        gaps = gaps.filter(case__board_level__in=ASKING)
    if filters.requested:
        gaps = gaps.filter(asked_on__isnull=filters.requested == "no")
    first = "asked_on" if filters.requested == "yes" else "begins_on"
    return gaps.order_by(first, "id")


@dataclass(frozen=True)
class GapPage:
    """One page of the worklist, with whether there are others."""

    gaps: Sequence[OpenGap]
    number: int
    has_next: bool


def gap_page(gaps: QuerySet[Gap], *, number: int, size: int) -> GapPage:
    """One page of `gaps`, counted from 1, without counting them all; two queries."""
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    rows = list(gaps[start : start + size + 1])
    shown = rows[:size]
    requests = _requests(shown)
    found = [OpenGap(row, requests.get((row.case_id, row.item))) for row in shown]
    return GapPage(found, number, has_next=len(rows) > size)


def _requests(rows: Sequence[Gap]) -> dict[tuple[UUID, str], GapRequest]:
    cases = {row.case_id for row in rows}
    found = GapRequest.objects.filter(case__in=cases).select_related("entered_by")
    return {(request.case_id, request.item): request for request in found}
