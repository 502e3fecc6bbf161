"""Going through rows: narrowed by the database, tested by what is searched for, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from cases.fhir import found as resources
from cases.fhir.found import Found
from cases.fhir.identifiers import IDENTIFIER, by_identifier
from cases.fhir.outcome import TooCostly
from cases.fhir.registry import published, sources
from cases.fhir.search.criteria import Criterion
from cases.fhir.search.order import in_order
from cases.fhir.search.query import Query
from cases.fhir.source import Source

#: How many rows one request reads at most for its matches.
MOST = 2_000
#: How many rows are read at once where a page is not full yet.
BATCH = 200
#: Parameters that name the patient whom a row is about.
PATIENT = ("patient", "subject")
NARROW = (
    "This reads more rows than one request may: narrow it, by patient for example, or ask for it "
    "without {words}."
)


class Place(NamedTuple):
    """Where a search goes on: behind a row of a source, or after so many of what is sorted."""

    source: int = 0
    after: str = ""
    skipped: int = 0


BEGIN = Place()


@dataclass
class Page:
    """What was found, and where to go on; None at the end."""

    found: list[Found]
    next: Place | None = None
    #: How many rows were read for it.
    read: int = 0


def find(query: Query, criteria: Sequence[Criterion], place: Place = BEGIN) -> Page:
    """One page of matches. It may hold fewer than asked for, and still have a next one.

    Args:
        criteria: the query's own and those that its chains became.

    Raises:
        TooCostly: a search that sorts, of more rows than one request reads.
    """
    if _is_streamed(query):
        return _streamed(query, criteria, place)
    whole = everything(query, criteria, words="_sort")
    ordered = in_order(whole, query.order)
    end = place.skipped + query.count
    more = Place(skipped=end) if end < len(ordered) else None
    return Page(ordered[place.skipped : end], more, MOST)


def everything(query: Query, criteria: Sequence[Criterion], *, words: str) -> list[Found]:
    """All matches at once.

    Args:
        words: what needs them all, for the error.

    Raises:
        TooCostly: more rows than one request reads.
    """
    found: list[Found] = []
    left = MOST
    for source in sources(query.resource_type):
        rows = list(narrowed(source, criteria).order_by("pk")[: left + 1])
        left -= len(rows)
        if left < 0:
            raise TooCostly(NARROW.format(words=words))
        found += _matching(resources.of_rows(source, rows), criteria)
    return found + _matching(resources.of_published(query.resource_type), criteria)


def total(query: Query, criteria: Sequence[Criterion]) -> int:
    """How many match.

    Raises:
        TooCostly: to know it, more rows would have to be read than one request does.
    """
    if criteria:
        return len(everything(query, criteria, words="the total"))
    rows = sum(source.rows().count() for source in sources(query.resource_type))
    return rows + len(resources.of_published(query.resource_type))


def rows_of(query: Query, criteria: Sequence[Criterion]) -> int:
    """How many rows would have to be read to know all matches."""
    return sum(narrowed(source, criteria).count() for source in sources(query.resource_type))


def narrowed(source: Source, criteria: Sequence[Criterion]) -> QuerySet[Any]:
    """The rows of a source that could match, as far as the database can tell."""
    plain = [each for each in criteria if each.modifier in ("", *each.parameter.targets)]
    ids = next((each.given for each in plain if each.parameter.code == "_id"), None)
    rows = source.rows() if ids is None else source.named(ids)
    for each in plain:
        code = each.parameter.code
        if code in source.narrowings:
            rows = source.narrowings[code](rows, each.given)
        elif code == IDENTIFIER:
            rows = by_identifier(source, rows, each.given)
        elif code in PATIENT and source.patient:
            rows = rows.filter(**{f"{source.patient}__in": _keys(each.given)})
    return rows


def _keys(given: Sequence[str]) -> list[UUID]:
    keys = []
    for each in given:
        try:
            keys.append(UUID(each.rpartition("/")[2]))
        except ValueError:
            continue
    return keys


def _is_streamed(query: Query) -> bool:
    """Whether rows come from the database in the order that is asked for."""
    if not query.order:
        return True
    (first, *_), of = query.order, sources(query.resource_type)
    is_by_id = first.parameter.code == "_id" and not first.is_descending
    return is_by_id and len(of) == 1 and not published(query.resource_type)


def _streamed(query: Query, criteria: Sequence[Criterion], place: Place) -> Page:
    found: list[Found] = []
    read, last = 0, place
    of = sources(query.resource_type)
    for index, source in enumerate(of[place.source :], start=place.source):
        after = place.after if index == place.source else ""
        while True:
            rows = narrowed(source, criteria).order_by("pk")
            if after:
                rows = rows.filter(pk__gt=source.model._meta.pk.to_python(after))
            # One more than asked for tells whether there is a next page.
            size = query.count + 1 if not read else BATCH
            batch = list(rows[:size])
            read += len(batch)
            for each in _matching(resources.of_rows(source, batch), criteria):
                if len(found) == query.count:
                    return Page(found, last, read)
                found.append(each)
                last = Place(index, str(each.row.pk))
            if len(batch) < size:
                break
            after = str(batch[-1].pk)
            if read >= MOST:
                return Page(found, Place(index, after), read)
    rest = _matching(resources.of_published(query.resource_type), criteria)[place.skipped :]
    room = query.count - len(found)
    end = Place(len(of), skipped=place.skipped + room) if len(rest) > room else None
    return Page(found + rest[:room], end, read)


def _matching(found: Sequence[Found], criteria: Sequence[Criterion]) -> list[Found]:
    return [each for each in found if all(test(each.resource) for test in criteria)]
