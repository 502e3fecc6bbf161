"""Search: its answer as a Bundle, page by page."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.formats import SearchBody
from cases.fhir.found import Found
from cases.fhir.noting import SEARCHED, note_listed
from cases.fhir.outcome import BadRequest, TooCostly, outcome
from cases.fhir.paging import PARAMETER, link, opened
from cases.fhir.record import Record
from cases.fhir.search.chains import criteria_of
from cases.fhir.search.criteria import Criterion
from cases.fhir.search.includes import CUT, Included
from cases.fhir.search.query import GENERAL, Given, Query, read_query
from cases.fhir.search.scan import BEGIN, Page, Place, find, record_of, total
from cases.fhir.search.shapes import shaped
from cases.r4.issue import Code, Issue

Json = dict[str, Any]


class Searching(FhirEndpoint):
    """What a search by GET and one by POST share."""

    def searched(self, given: Sequence[Given], *, is_address: bool) -> Response:
        """A page of what is searched for.

        Args:
            is_address: whether the parameters stand in the address, which is logged.
        """
        state = self.resumed(given, kind=self.resource)
        if state is None:
            query = self._read(given, is_address=is_address)
            self_link = self._plain_link(query) if is_address else self._sealed(given, BEGIN)
            return self._page(query, given, BEGIN, self_link)
        given = [(name, text) for name, text in state["given"]]
        query = self._read(given, is_address=False)
        place = Place.read(state["place"])
        return self._page(query, given, place, self._sealed(given, place))

    def resumed(self, given: Sequence[Given], *, kind: str) -> dict[str, Any] | None:
        """What the link of a page says of its search; None where a search begins.

        Args:
            kind: what the links of this address are of.

        Raises:
            BadRequest: the link is of another address, or more stands beside it.
        """
        pages = [text for name, text in given if name == PARAMETER]
        if not pages:
            return None
        if len(pages) > 1 or {name for name, _ in given} - {PARAMETER, *GENERAL}:
            message = "A link of a page stands alone: its search is in it."
            raise BadRequest(message, f"http.{PARAMETER}")
        state = opened(pages[0], by=self.request.user)
        if state.get("kind") != kind:
            message = "This link belongs to another address."
            raise BadRequest(message, f"http.{PARAMETER}", code=Code.VALUE)
        return state

    def _read(self, given: Sequence[Given], *, is_address: bool) -> Query:
        return read_query(
            self.resource, given, base=self.base, is_strict=self.is_strict, is_address=is_address
        )

    def _page(self, query: Query, given: Sequence[Given], place: Place, self_link: str) -> Response:
        criteria = criteria_of(query, base=self.base, may=self.caller.may)
        body: Json = {"resourceType": "Bundle", "type": "searchset"}
        record = record_of([(query, criteria)])
        if query.is_count:
            count = total(query, criteria, record)
            self._note(query, ())
            links = [{"relation": "self", "url": self_link}]
            return Response({**body, "total": count, "link": links})
        page = find(query, criteria, record, place)
        beside = Included(query, page.found, base=self.base, may=self.caller.may)
        included = beside.gather(page.found)
        self._note(query, [*page.found, *included])
        issues = [*query.ignored, *([CUT] if beside.is_cut else [])]
        links = [{"relation": "self", "url": self_link}]
        if page.next is not None:
            links.append({"relation": "next", "url": self._sealed(given, page.next)})
        counted = self._total(query, criteria, record, page, is_first=place == BEGIN)
        entries = [
            *self._entries(query, page.found, "match"),
            *self._entries(query, included, "include"),
            *told(issues),
        ]
        return Response(
            {**body, **counted, "link": links, **({"entry": entries} if entries else {})}
        )

    def _total(
        self,
        query: Query,
        criteria: Sequence[Criterion],
        record: Record | None,
        page: Page,
        *,
        is_first: bool,
    ) -> Json:
        """How many match, where that is known or asked for."""
        if query.total == "none":
            return {}
        if is_first and page.next is None:
            return {"total": len(page.found)}
        if query.total == "accurate":
            return {"total": total(query, criteria, record)}
        if query.total == "estimate":
            try:
                return {"total": total(query, criteria, record)}
            except TooCostly:
                return {}
        return {}

    def _entries(self, query: Query, found: Sequence[Found], mode: str) -> list[Json]:
        return [
            {
                "fullUrl": f"{self.base}/{'/'.join(each.key)}",
                "resource": shaped(
                    each.resource, summary=query.summary, elements=_elements(query, each)
                ),
                "search": {"mode": mode},
            }
            for each in found
        ]

    def _note(self, query: Query, found: Sequence[Found]) -> None:
        criteria = dict.fromkeys([self.resource, *query.names])
        note_listed(SEARCHED, found, criteria=criteria, by=self.request.user)

    def _plain_link(self, query: Query) -> str:
        """The search as it was understood; without what was passed over."""
        return f"{self._address}?{urlencode(query.used)}" if query.used else self._address

    def _sealed(self, given: Sequence[Given], place: Place) -> str:
        state = {"kind": self.resource, "given": list(given), "place": list(place)}
        return link(self._address, state, by=self.request.user)

    @property
    def _address(self) -> str:
        return f"{self.base}/{self.resource}"


class Searches(Searching):
    """GET of a type: a search by what says of nobody who they are."""

    interactions: ClassVar[Mapping[str, str]] = {"GET": "s", "POST": "c"}

    def get(self, request: Request) -> Response:
        """A page of matches."""
        return self.searched(pairs(request.query_params), is_address=True)


class SearchesByPost(Searching):
    """POST to `_search`: a search by anything."""

    interactions: ClassVar[Mapping[str, str]] = {"POST": "s"}
    parser_classes = (SearchBody,)

    def post(self, request: Request) -> Response:
        """A page of matches. Parameters in the address count too, where they may stand there.

        Raises:
            BadRequest: what may say who a patient is stands in the address.
        """
        there = pairs(request.query_params)
        self._read(there, is_address=True)
        answer = self.searched([*there, *pairs(request.data)], is_address=False)
        answer.status_code = status.HTTP_200_OK
        return answer


def pairs(parameters: Any) -> list[Given]:
    """Parameters one by one, as often as each was given."""
    # Of a body that is empty, nothing is read.
    lists = parameters.lists() if hasattr(parameters, "lists") else ()
    return [(name, text) for name, texts in lists for text in texts]


def _elements(query: Query, found: Found) -> tuple[str, ...]:
    """`_elements` is of what is searched for, not of what comes beside it."""
    return query.elements if found.key[0] == query.resource_type else ()


def told(issues: Sequence[Issue]) -> list[Json]:
    """The entry that tells what was passed over or is missing, where there is something."""
    if not issues:
        return []
    return [{"resource": outcome(issues), "search": {"mode": "outcome"}}]
