"""The list of cases: what may be asked of it, its columns, and its rows."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.utils import timezone

from cases.models import AgendaItem, Case
from cases.models.case import BoardLevel, Preparation, Readiness
from cases.models.search_key import search_key
from cases.selectors.cases import search
from cases.selectors.preparation import (
    UNSETTLED,
    effective_preparation,
    preparation_words,
    with_preparation,
)
from guidance.editions import shelf
from tumorboard.formats import day, moment, scenario

#: What a cell says where nothing is known.
NOTHING = ""
SCENARIO_OPEN = "scenario open"
OTHER_SCENARIOS = ("UNDETERMINED", "CONFLICT")


@dataclass(frozen=True)
class Column:
    """One column: its key in views and addresses, its head, and what a row says in words.

    `annotation` names what the rows must be annotated with.
    """

    key: str
    label: str
    words: Callable[[Any], str]
    annotation: str = ""
    is_number: bool = False


def _date(name: str) -> Callable[[Any], str]:
    return lambda case: day(getattr(case, name)) if getattr(case, name) else NOTHING


def _last_imaging(case: Any) -> str:
    return day(datetime.date.fromisoformat(case.last_imaging)) if case.last_imaging else NOTHING


def _next_meeting(case: Any) -> str:
    return moment(case.next_meeting) if case.next_meeting else NOTHING


def _gaps(case: Any) -> str:
    """How many; not while the scenario is open, since then it is not known what is asked for."""
    return SCENARIO_OPEN if case.scenario in UNSETTLED else str(case.open_gap_count)


#: Every column beside the patient, who leads each row.
COLUMNS: Mapping[str, Column] = {
    column.key: column
    for column in (
        Column("diagnosis", "Diagnosis", lambda case: case.title),
        Column("scenario", "Scenario", lambda case: scenario(case.scenario, case.edition_version)),
        Column("board", "Board", lambda case: case.get_board_level_display()),
        Column("status", "Guidance", lambda case: case.get_readiness_display()),
        Column("preparation", "Preparation", preparation_words),
        Column("gaps", "Gaps", _gaps, is_number=True),
        Column("open", "Open questions", lambda case: str(case.missing_count), is_number=True),
        Column("grade", "Grade", lambda case: case.grade or NOTHING, annotation="grade"),
        Column("question", "Question for the board", lambda case: case.board_question),
        Column("referred_by", "Referred by", lambda case: case.referred_by),
        Column("referred_on", "Referred", _date("referred_on")),
        Column("last_imaging", "Last imaging", _last_imaging, annotation="last_imaging"),
        Column("next_meeting", "Next meeting", _next_meeting, annotation="next_meeting"),
        Column("opened", "Opened", _date("opened_at")),
        Column("changed", "Changed", _date("changed_at")),
    )
}
DEFAULT_COLUMNS = ("diagnosis", "scenario", "board", "status", "preparation", "gaps", "changed")


#: A case whose scenario is open is further from ready than any number of gaps says.
SCENARIO_IS_OPEN = models.Case(models.When(scenario__in=UNSETTLED, then=Value(1)), default=Value(0))

BY_NAME = "name"
#: How many cases are sorted by name: the database cannot, so all of them are read.
MOST_BY_NAME = 500
TOO_MANY_FOR_NAMES = (
    f"Names are kept encrypted, so a list of more than {MOST_BY_NAME} cases cannot be sorted by "
    "name. It stands in the order of the last change. Narrow it down to sort it by name."
)

#: Ways to sort: words, and the expressions that do it.
SORTS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "changed": ("Changed last", ("-changed_at", "id")),
    "prepared": (
        "Ready first",
        ("preparation_rank", SCENARIO_IS_OPEN.asc(), "open_gap_count", "-changed_at", "id"),
    ),
    "unprepared": (
        "Not ready first",
        ("-preparation_rank", SCENARIO_IS_OPEN.desc(), "-open_gap_count", "-changed_at", "id"),
    ),
    # Names are sealed: see `listed`. This is the order of a list that is too long for it.
    BY_NAME: ("Name", ("-changed_at", "id")),
    "opened": ("Opened last", ("-opened_at", "id")),
    "referred": ("Waiting longest", (F("referred_on").asc(nulls_last=True), "opened_at", "id")),
}
FILTERS = ("readiness", "scenario", "preparation", "board")


@dataclass(frozen=True)
class ListQuery:
    """What is asked of the list. `text` may be a name: it stands in no address and no view."""

    text: str = ""
    readiness: str = ""
    scenario: str = ""
    preparation: str = ""
    board: str = ""
    sort: str = "changed"
    columns: tuple[str, ...] = DEFAULT_COLUMNS

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def address(self) -> list[tuple[str, str]]:
        """What of it may stand in an address: all but what was typed, and no default."""
        pairs = list(self.filters.items())
        if self.sort != ListQuery.sort:
            pairs.append(("sort", self.sort))
        if self.columns != DEFAULT_COLUMNS:
            pairs += [("column", key) for key in self.columns]
        return pairs

    @property
    def shown(self) -> list[Column]:
        """The columns in their order."""
        return [COLUMNS[key] for key in self.columns]


def asked(values: Mapping[str, str], *, columns: Sequence[str], text: str = "") -> ListQuery:
    """What an address, a form or a saved view asks for; an unknown sort or column is left out.

    Args:
        values: filters and sort by name.
        columns: keys of columns; the usual ones where none is known.
        text: what was typed.
    """
    known = tuple(key for key in COLUMNS if key in columns)
    sort = values.get("sort", "")
    return ListQuery(
        text=text,
        readiness=_known(values.get("readiness", ""), Readiness.values),
        scenario=_known(values.get("scenario", ""), _scenarios()),
        preparation=_known(values.get("preparation", ""), Preparation.values),
        board=_known(values.get("board", ""), BoardLevel.values),
        sort=sort if sort in SORTS else ListQuery.sort,
        columns=known or DEFAULT_COLUMNS,
    )


def _scenarios() -> list[str]:
    """The scenarios of the edition in use, and what a case says that has none of them."""
    return [*shelf.adopted().catalogue.scenarios, *OTHER_SCENARIOS]


def _known(value: str, values: Sequence[str]) -> str:
    return value if value in values else ""


def rows(query: ListQuery, *, on: datetime.date | None = None) -> QuerySet[Case]:
    """The cases that `query` asks for, in its order but for names, with what its columns need.

    Args:
        on: the day by which preparation is told; today where not given.
    """
    found = search(text=query.text, readiness=query.readiness, scenario=query.scenario)
    if query.preparation:
        today = on or timezone.localdate()
        found = found.filter(Exact(effective_preparation(today), query.preparation))
    found = with_preparation(found, on=on)
    if query.board:
        found = found.filter(board_level=query.board)
    for column in query.shown:
        if column.annotation:
            found = found.annotate(**{column.annotation: ANNOTATIONS[column.annotation]()})
    return found.order_by(*SORTS[query.sort][1])


@dataclass(frozen=True)
class Listed:
    """The list in its order; `unsorted` says why it is not in the order that was asked for."""

    cases: QuerySet[Case] | Sequence[Case]
    unsorted: str = ""


def listed(query: ListQuery, *, on: datetime.date | None = None) -> Listed:
    """The rows as `rows` gives them, and those of a list that is not too long by name."""
    return _in_order(rows(query, on=on), query)


def chosen(ids: Iterable[Any], query: ListQuery) -> QuerySet[Case] | Sequence[Case]:
    """Those of the rows that were ticked, in the order of the list."""
    return _in_order(rows(query).filter(pk__in=list(ids)), query).cases


def _in_order(found: QuerySet[Case], query: ListQuery) -> Listed:
    if query.sort != BY_NAME:
        return Listed(found)
    few = list(found[: MOST_BY_NAME + 1])
    if len(few) > MOST_BY_NAME:
        return Listed(found, TOO_MANY_FOR_NAMES)
    return Listed(sorted(few, key=_name_and_id))


def _name_and_id(case: Case) -> tuple[str, Any]:
    return search_key(f"{case.patient.family_name} {case.patient.given_name}"), case.pk


def choices() -> dict[str, list[tuple[str, str]]]:
    """The values of each filter whose words do not depend on the edition."""
    return {
        "readiness": list(Readiness.choices),
        "preparation": list(Preparation.choices),
        "board": list(BoardLevel.choices),
    }


def _of_the_next_meeting() -> Subquery:
    coming = AgendaItem.objects.filter(case=OuterRef("pk"), meeting__starts_at__gte=timezone.now())
    return Subquery(coming.order_by("meeting__starts_at").values("meeting__starts_at")[:1])


ANNOTATIONS: Mapping[str, Callable[[], Any]] = {
    "grade": lambda: KeyTextTransform("grade", "assessment__answer"),
    "last_imaging": lambda: KeyTextTransform("last_imaging_date", "assessment__facts"),
    "next_meeting": _of_the_next_meeting,
}
