"""Going through rows: narrowed by the database, tested by what is searched for, page by page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.models import QuerySet

from cases.fhir import found as resources
from cases.fhir.found import Found
from cases.fhir.identifiers import IDENTIFIER, by_identifier
from cases.fhir.outcome import TooCostly
from cases.fhir.paging import expired
from cases.fhir.record import FEW, Pair, Record, read_on
from cases.fhir.registry import published, sources
from cases.fhir.search.criteria import Criterion
from cases.fhir.search.order import in_order
from cases.fhir.search.query import Query
from cases.fhir.source import Source

#: How many rows one request reads at most for its matches.
MOST = 2_000
#: Parameters that name the patient whom a row is about.
PATIENT = ("patient", "subject")
NARROW = (
    "This reads more rows than one request may: narrow it, by patient for example, or ask for it "
    "without {words}."
)


class Place(NamedTuple):
    """Where a search goes on: behind a row of a source, or after so many of what is sorted.

    A source is known by its name, which holds when others are added or moved.
    """

    source: str = ""
    after: str = ""
    skipped: int = 0

    @classmethod
    def read(cls, said: Sequence[Any]) -> Self:
        """From the link of a page.

        Raises:
            BadRequest: the link is of a time when sources were numbered.
        """
        place = cls(*said)
        if not isinstance(place.source, str):
            raise expired()
        return place


BEGIN = Place()
#: What stands for a source where the rows are through.
PUBLISHED = "published"


@dataclass
class Page:
    """What was found, and where to go on; None at the end."""

    found: list[Found]
    next: Place | None = None
    #: How many rows were read for it.
    read: int = 0


def record_of(asked: Iterable[tuple[Query, Sequence[Criterion]]]) -> Record | None:
    """What searches of one request share; None unless all of them are of the same few patients."""
    asked = list(asked)
    named = {_patients(criteria) for _, criteria in asked}
    patients = named.pop() if len(named) == 1 else None
    if patients is None or len(patients) > FEW:
        return None
    of = [
        source
        for query, criteria in asked
        for source in sources(query.resource_type)
        if _may_match(source, criteria)
    ]
    return Record(patients, of)


def find(
    query: Query, criteria: Sequence[Criterion], record: Record | None, place: Place = BEGIN
) -> Page:
    """One page of matches. It may hold fewer than asked for, and still have a next one.

    Args:
        criteria: the query's own and those that its chains became.
        record: from `record_of`, of this search among others.

    Raises:
        TooCostly: a search that sorts, of more rows than one request reads.
    """
    if _is_streamed(query):
        return _streamed(query, criteria, record, place)
    whole = everything(query, criteria, record, words="_sort")
    ordered = in_order(whole, query.order)
    end = place.skipped + query.count
    more = Place(skipped=end) if end < len(ordered) else None
    return Page(ordered[place.skipped : end], more, MOST)


def everything(
    query: Query, criteria: Sequence[Criterion], record: Record | None, *, words: str
) -> list[Found]:
    """All matches at once.

    Args:
        words: what needs them all, for the error.

    Raises:
        TooCostly: more rows than one request reads.
    """
    pairs: list[Pair] = []
    for source in sources(query.resource_type):
        rows = _known(source, record)
        if rows is None:
            rows = list(narrowed(source, criteria).order_by("pk")[: MOST - len(pairs) + 1])
        pairs += [(source, row) for row in rows]
        if len(pairs) > MOST:
            raise TooCostly(NARROW.format(words=words))
    found = _matching(resources.of_pairs(pairs), criteria)
    return found + _matching(resources.of_published(query.resource_type), criteria)


def total(query: Query, criteria: Sequence[Criterion], record: Record | None) -> int:
    """How many match.

    Raises:
        TooCostly: to know it, more rows would have to be read than one request does.
    """
    if criteria:
        return len(everything(query, criteria, record, words="the total"))
    rows = sum(source.rows().count() for source in sources(query.resource_type))
    return rows + len(resources.of_published(query.resource_type))


def rows_of(query: Query, criteria: Sequence[Criterion], record: Record | None) -> int:
    """How many rows would have to be read to know all matches."""
    count = 0
    for source in sources(query.resource_type):
        rows = _known(source, record)
        count += narrowed(source, criteria).count() if rows is None else len(rows)
    return count


def narrowed(source: Source, criteria: Sequence[Criterion]) -> QuerySet[Any]:
    """The rows of a source that could match, as far as the database can tell."""
    plain = _plain(criteria)
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


def _plain(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Those that the database can narrow by."""
    return [each for each in criteria if each.modifier in ("", *each.parameter.targets)]


def _patients(criteria: Sequence[Criterion]) -> frozenset[UUID] | None:
    """The patients of whom every match must be; None where it may be of any.

    Also where a search is narrower still, by what each source has an index of its own for.
    """
    plain = _plain(criteria)
    if any(each.parameter.code in ("_id", IDENTIFIER) for each in plain):
        return None
    named = [frozenset(_keys(each.given)) for each in plain if each.parameter.code in PATIENT]
    return frozenset.intersection(*named) if named else None


def _may_match(source: Source, criteria: Sequence[Criterion]) -> bool:
    """Whether the database has to be asked: codes alone may say that nothing of a source is it."""
    rest = [each for each in criteria if each.parameter.code not in PATIENT]
    return not (rest and narrowed(source, rest).query.is_empty())


def _known(source: Source, record: Record | None) -> Sequence[Any] | None:
    """The rows of a source that could match, where a record has them."""
    return record.rows(source) if record is not None and source.patient else None


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


def _streamed(
    query: Query, criteria: Sequence[Criterion], record: Record | None, place: Place
) -> Page:
    found: list[Found] = []
    read, last = 0, place
    is_through = place.source == PUBLISHED
    # One more than asked for tells whether there is a next page.
    batches = read_on(
        () if is_through else sources(query.resource_type),
        record,
        begin=("", "") if is_through else (place.source, place.after),
        size=query.count + 1,
        ask=lambda source: narrowed(source, criteria),
    )
    for pairs, is_full in batches:
        read += len(pairs)
        for each in _matching(resources.of_pairs(pairs), criteria):
            if len(found) == query.count:
                return Page(found, last, read)
            found.append(each)
            last = _behind(each.source, each.row)
        if is_full and read >= MOST:
            return Page(found, _behind(*pairs[-1]), read)
    rest = _matching(resources.of_published(query.resource_type), criteria)[place.skipped :]
    room = query.count - len(found)
    end = Place(PUBLISHED, skipped=place.skipped + room) if len(rest) > room else None
    return Page(found + rest[:room], end, read)


def _behind(source: Source | None, row: Any) -> Place:
    return Place(source.name if source else "", str(row.pk))


def _matching(found: Sequence[Found], criteria: Sequence[Criterion]) -> list[Found]:
    return [each for each in found if all(test(each.resource) for test in criteria)]
