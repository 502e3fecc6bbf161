"""Histories of many resources: the newest versions first, source by source, merged by time."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cases.fhir.outcome import TooCostly
from cases.fhir.source import Source
from cases.fhir.versions import DELETE, INSERT, Version, events_of, rebuilt, stands_of

#: How many rows are looked at whose versions no history of their own row counts.
MOST = 2_000
TOO_MANY = "There are more than {most:,} resources of {type}: ask for the history of one."


class Mark(NamedTuple):
    """One version that a feed could show: when, and where in its source it stands."""

    at: datetime.datetime
    source: Source
    #: Of a history: the entry's number, by which the next page goes on.
    place: int
    #: An entry of the history, or the row as it is now.
    said: Any


@dataclass
class Feed:
    """One page, and for each source where the next one begins; None at the end."""

    versions: list[Version] = field(default_factory=list)
    next: dict[str, int] | None = None


def feed(
    sources: Sequence[Source],
    *,
    count: int,
    since: datetime.datetime | None = None,
    places: Mapping[str, int] | None = None,
) -> Feed:
    """The newest versions of several sources together.

    Args:
        since: only what was written then or later.
        places: where to go on, by the name of the source; from `Feed.next`.

    Raises:
        TooCostly: too many rows of a source that has no history of its own.
    """
    known = dict(places or {})
    marks: list[tuple[int, Mark]] = []
    for number, source in enumerate(sources):
        place = known.get(source.name)
        listed = _entries if _is_counted(source) else _present
        marks += [(number, mark) for mark in listed(source, count + 1, since, place)]
    # Each source in its own order, which is that of its history; between them by time.
    marks.sort(key=lambda pair: (pair[1].at, -pair[0]), reverse=True)
    marks = _in_turn(marks)
    chosen = marks[:count]
    for _, mark in chosen:
        known[mark.source.name] = mark.place
    versions = _versions([mark for _, mark in chosen])
    return Feed(versions, known if len(marks) > count else None)


def _is_counted(source: Source) -> bool:
    """Whether the history of a source's own rows says its versions."""
    return type(source).stand is Source.stand and events_of(source) is not None


def _entries(
    source: Source, count: int, since: datetime.datetime | None, before: int | None
) -> list[Mark]:
    """The newest entries of a history table."""
    entries = events_of(source).objects.order_by("-pgh_id")
    if since is not None:
        entries = entries.filter(pgh_created_at__gte=since)
    if before is not None:
        entries = entries.filter(pgh_id__lt=before)
    return [Mark(each.pgh_created_at, source, each.pgh_id, each) for each in entries[:count]]


def _present(
    source: Source, count: int, since: datetime.datetime | None, skipped: int | None
) -> list[Mark]:
    """The present versions of all rows; of such sources nothing older is listed."""
    rows = list(source.rows().order_by("pk")[: MOST + 1])
    if len(rows) > MOST:
        raise TooCostly(TOO_MANY.format(most=MOST, type=source.resource_type))
    stands = stands_of([(source, row) for row in rows])
    stands.sort(key=lambda stand: stand.since, reverse=True)
    begin = skipped or 0
    return [
        Mark(stand.since, source, begin + place, stand)
        for place, stand in enumerate(
            [each for each in stands if since is None or each.since >= since][begin:], start=1
        )
    ][:count]


def _in_turn(marks: list[tuple[int, Mark]]) -> list[tuple[int, Mark]]:
    """Marks whose places within each source run as its history does, at the times they have."""
    by_source: dict[int, list[Mark]] = {}
    for number, mark in marks:
        by_source.setdefault(number, []).append(mark)
    for found in by_source.values():
        is_history = found and _is_counted(found[0].source)
        found.sort(key=lambda mark: mark.place, reverse=bool(is_history))
    turns = {number: iter(found) for number, found in by_source.items()}
    return [(number, next(turns[number])) for number, _ in marks]


def _versions(marks: Sequence[Mark]) -> list[Version]:
    """The versions of marks, in their order."""
    made: dict[tuple[int, int], Version] = {}
    by_source: dict[Source, list[Mark]] = {}
    for mark in marks:
        by_source.setdefault(mark.source, []).append(mark)
    for source, of in by_source.items():
        found = _of_entries(source, of) if _is_counted(source) else _of_rows(source, of)
        made |= {(id(source), mark.place): version for mark, version in found}
    keys = [(id(mark.source), mark.place) for mark in marks]
    return [made[key] for key in keys if key in made]


def _of_rows(source: Source, marks: Sequence[Mark]) -> list[tuple[Mark, Version]]:
    found = []
    for mark in marks:
        stand = mark.said
        label = INSERT if stand.number == 1 else "update"
        key = source.id_of(stand.row)
        found.append((mark, Version(source, key, stand.number, stand.since, label, stand.row)))
    return found


def _of_entries(source: Source, marks: Sequence[Mark]) -> list[tuple[Mark, Version]]:
    keys = {mark.said.pgh_obj_id for mark in marks}
    rows = {row.pk: row for row in source.rows().filter(pk__in=keys)}
    numbers, gone = _numbers(source, keys)
    found = []
    for mark in marks:
        entry = mark.said
        row = rebuilt(source, entry, rows.get(entry.pgh_obj_id))
        # By a deletion nothing stands there any more, but what stood there says of what it is.
        if not source.gives(row) or entry.pgh_obj_id not in {*rows, *gone}:
            continue
        number = numbers[entry.pgh_id]
        state = None if entry.pgh_label == DELETE else row
        version = Version(
            source, source.id_of(row), number, entry.pgh_created_at, entry.pgh_label, state
        )
        found.append((mark, version))
    return found


def _numbers(source: Source, keys: set[Any]) -> tuple[dict[int, int], set[Any]]:
    """The number of each entry among those of its row; and which rows were deleted."""
    entries = events_of(source).objects.filter(pgh_obj_id__in=keys).order_by("pgh_id")
    counted: dict[Any, int] = {}
    numbers, gone = {}, set()
    for key, entry, label in entries.values_list("pgh_obj_id", "pgh_id", "pgh_label"):
        counted[key] = counted.get(key, 0) + 1
        numbers[entry] = counted[key]
        if label == DELETE:
            gone.add(key)
    return numbers, gone
