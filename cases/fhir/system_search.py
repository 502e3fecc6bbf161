"""Search over all types, at the server's own address: type after type, page by page."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.formats import SearchBody
from cases.fhir.found import Found
from cases.fhir.noting import SEARCHED, note_listed
from cases.fhir.outcome import BadRequest, TooCostly
from cases.fhir.paging import expired, link
from cases.fhir.record import Record
from cases.fhir.registry import types
from cases.fhir.search.chains import criteria_of
from cases.fhir.search.criteria import Criterion
from cases.fhir.search.includes import CUT, Included
from cases.fhir.search.query import GENERAL, Given, Query, read_query
from cases.fhir.search.scan import (
    BEGIN,
    MOST,
    NARROW,
    Place,
    find,
    record_of,
    rows_of,
    total,
)
from cases.fhir.searchset import Searching, pairs, told
from cases.r4.issue import Code, Issue, Severity

TYPE = "_type"
#: What the links of its pages are of.
KIND = "*"
NOT_SHARED = "Not all of these types have a search parameter {name}; it was passed over."
Json = dict[str, Any]
#: A search of one type, with what its chains became.
Asked = tuple[Query, Sequence[Criterion]]


class Spot(NamedTuple):
    """Where a search goes on: at which of its types, and where there; empty at the first."""

    type: str = ""
    place: Place = BEGIN


class Gathered:
    """One page: what matches, what comes beside it, and where to go on."""

    def __init__(self) -> None:
        self.matches: list[tuple[Query, Found]] = []
        self.beside: list[tuple[Query, Found]] = []
        self.is_cut = False
        self.next: Spot | None = None


class SearchingAll(Searching):
    """What a search by GET and one by POST share."""

    def searched_all(self, given: Sequence[Given], *, is_address: bool) -> Response:
        """A page of what is searched for.

        Args:
            is_address: whether the parameters stand in the address, which is logged.

        Raises:
            BadRequest: a parameter that is none, or a link with more beside it.
        """
        state, spot = self.resumed(given, kind=KIND), Spot()
        if state is not None:
            given = [(name, text) for name, text in state["given"]]
            type_, place = state["place"]
            spot, is_address = Spot(type_, Place.read(place)), False
        queries, ignored = self._queries(given, is_address=is_address)
        if spot.type not in ("", *(query.resource_type for query in queries)):
            raise expired()
        return self._answer(given, queries, ignored, spot)

    def _queries(
        self, given: Sequence[Given], *, is_address: bool
    ) -> tuple[list[Query], list[Issue]]:
        """A search of each type, by what all of them know; and what was passed over."""
        wanted = self._types([text for name, text in given if name == TYPE])
        rest = [pair for pair in given if pair[0] not in (TYPE, *GENERAL)]
        unknown: list[str] = []
        for pair in rest:
            known = [self._one(name, [pair], is_address).used for name in wanted]
            if not all(known):
                unknown.append(pair[0])
        if unknown and self.is_strict:
            words = [NOT_SHARED.format(name=name[:100]) for name in unknown]
            raise BadRequest(issues=[Issue(Code.NOT_SUPPORTED, each, ("http",)) for each in words])
        shared = [pair for pair in rest if pair[0] not in unknown]
        queries = [self._one(name, shared, is_address) for name in wanted]
        if len(queries) > 1 and any(query.order for query in queries):
            message = "Several types are not sorted together: search one of them."
            raise BadRequest(message, "http._sort", code=Code.NOT_SUPPORTED)
        return queries, [
            Issue(
                Code.NOT_SUPPORTED,
                NOT_SHARED.format(name=name[:100]),
                (f"http.{name[:100]}",),
                Severity.WARNING,
            )
            for name in unknown
        ]

    def _one(self, resource_type: str, given: Sequence[Given], is_address: bool) -> Query:
        return read_query(resource_type, given, base=self.base, is_address=is_address)

    def _types(self, texts: Sequence[str]) -> list[str]:
        """The types that are named; all that the caller may search where none is."""
        named = list(dict.fromkeys(name for text in texts for name in text.split(",") if name))
        if unknown := [name for name in named if name not in types()]:
            message = f"There are no resources of these types here: {', '.join(unknown)[:200]}."
            raise BadRequest(message, f"http.{TYPE}", code=Code.NOT_SUPPORTED)
        for name in named:
            self.caller.check(name, "s")
        return named or [name for name in types() if self.caller.may(name, "s")]

    def _answer(
        self,
        given: Sequence[Given],
        queries: Sequence[Query],
        ignored: Sequence[Issue],
        spot: Spot,
    ) -> Response:
        links = [{"relation": "self", "url": self._link(given, spot)}]
        body: Json = {"resourceType": "Bundle", "type": "searchset"}
        asked = [(query, self._criteria(query)) for query in queries]
        record = record_of(asked)
        if queries and queries[0].is_count:
            count = self._counted(asked, record)
            self._note_all(queries, ())
            return Response({**body, "total": count, "link": links})
        page = self._gathered(asked, record, spot)
        self._note_all(queries, [found for _, found in (*page.matches, *page.beside)])
        if page.next is not None:
            links.append({"relation": "next", "url": self._link(given, page.next)})
        counted: Json = {}
        if queries and queries[0].total == "accurate":
            counted = {"total": self._counted(asked, record)}
        elif page.next is None and spot == Spot() and (not queries or queries[0].total != "none"):
            counted = {"total": len(page.matches)}
        entries = [
            entry
            for mode, all_found in (("match", page.matches), ("include", page.beside))
            for query, found in all_found
            for entry in self._entries(query, [found], mode)
        ]
        entries += told([*ignored, *([CUT] if page.is_cut else [])])
        return Response(
            {**body, **counted, "link": links, **({"entry": entries} if entries else {})}
        )

    def _gathered(self, asked: Sequence[Asked], record: Record | None, spot: Spot) -> Gathered:
        """Matches of one type after the other, until the page is full or enough rows were read."""
        page, read = Gathered(), 0
        room = asked[0][0].count if asked else 0
        seen: set[tuple[str, str]] = set()
        names = [query.resource_type for query, _ in asked]
        first = names.index(spot.type) if spot.type else 0
        for number, (query, criteria) in enumerate(asked[first:], start=first):
            query.count = room - len(page.matches)
            place = spot.place if number == first else BEGIN
            found = find(query, criteria, record, place)
            read += found.read
            page.matches += [(query, each) for each in found.found]
            seen |= {each.key for each in found.found}
            beside = Included(query, found.found, base=self.base, may=self.caller.may)
            page.beside += [(query, each) for each in beside.gather(found.found)]
            page.is_cut |= beside.is_cut
            if found.next is not None:
                page.next = Spot(names[number], found.next)
                break
            if len(page.matches) >= room or read >= MOST:
                page.next = Spot(names[number + 1]) if number + 1 < len(names) else None
                break
        page.beside = list(
            {
                found.key: (query, found) for query, found in page.beside if found.key not in seen
            }.values()
        )
        return page

    def _counted(self, asked: Sequence[Asked], record: Record | None) -> int:
        """How many there are of all types together.

        Raises:
            TooCostly: to know it, more rows would have to be read than one request does.
        """
        rows = (rows_of(query, criteria, record) for query, criteria in asked if criteria)
        if sum(rows) > MOST:
            raise TooCostly(NARROW.format(words="the total"))
        return sum(total(query, criteria, record) for query, criteria in asked)

    def _criteria(self, query: Query) -> list[Criterion]:
        return criteria_of(query, base=self.base, may=self.caller.may)

    def _note_all(self, queries: Sequence[Query], found: Sequence[Found]) -> None:
        names = dict.fromkeys([TYPE, *(queries[0].names if queries else ())])
        note_listed(SEARCHED, found, criteria=names, by=self.request.user)

    def _link(self, given: Sequence[Given], spot: Spot) -> str:
        """The search sealed, at a place: parameters that were not shared are passed over again."""
        state = {"kind": KIND, "given": list(given), "place": [spot.type, list(spot.place)]}
        return link(self.base, state, by=self.request.user)


class SearchesAll(SearchingAll):
    """GET of the server's own address."""

    def get(self, request: Request) -> Response:
        """A page of matches, by what says of nobody who they are."""
        return self.searched_all(pairs(request.query_params), is_address=True)


class SearchesAllByPost(SearchingAll):
    """POST to `_search`: a search by anything."""

    interactions: ClassVar[Mapping[str, str]] = {"POST": "s"}
    parser_classes = (SearchBody,)

    def post(self, request: Request) -> Response:
        """A page of matches. Parameters in the address count too, where they may stand there."""
        there = pairs(request.query_params)
        self._queries(there, is_address=True)
        return self.searched_all([*there, *pairs(request.data)], is_address=False)
