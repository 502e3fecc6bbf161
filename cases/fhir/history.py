"""Histories: of one resource, of a type, of everything."""

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404
from rest_framework.response import Response

from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.feeds import feed
from cases.fhir.finishing import Json, finished, instant
from cases.fhir.found import Found
from cases.fhir.noting import LISTED_HISTORY, READ_HISTORY, note_listed, note_read
from cases.fhir.outcome import BadRequest
from cases.fhir.paging import PARAMETER, expired, link, opened
from cases.fhir.reading import tag_of
from cases.fhir.registry import published, sources, types
from cases.fhir.search.dates import span_of
from cases.fhir.search.query import LARGEST, USUAL
from cases.fhir.source import Source, Stand
from cases.fhir.versions import Version, versions_of
from cases.r4.issue import Code
from tumorboard.accounts.api_requests import ApiRequest

METHODS = {"insert": ("POST", "201"), "update": ("PUT", "200"), "delete": ("DELETE", "204")}
PARAMETERS = ("_since", "_count", "_format", "_pretty", PARAMETER)


class Histories(FhirEndpoint):
    """What all three have in common."""

    def state(self, request: ApiRequest, kind: str) -> dict[str, Any]:
        """What the address asks for: of its parameters, or of the link of a page.

        Raises:
            BadRequest: a parameter that is none, or one that is not known where that is an error.
        """
        given = dict(request.query_params.lists())
        for name, values in given.items():
            if name not in PARAMETERS and self.is_strict:
                message = "There is no such parameter here."
                raise BadRequest(message, f"http.{name[:100]}", code=Code.NOT_SUPPORTED)
            if name in PARAMETERS and len(values) > 1:
                raise BadRequest("Give this once.", f"http.{name}")
        if PARAMETER in given:
            state = opened(given[PARAMETER][0], by=request.user)
            if state.get("kind") != kind:
                message = "This link belongs to another address."
                raise BadRequest(message, f"http.{PARAMETER}", code=Code.VALUE)
            return state
        return {
            "kind": kind,
            "count": count_of(request.query_params.get("_count")),
            "since": since_of(request.query_params.get("_since")),
        }

    def bundle(
        self, address: str, versions: Sequence[Version], state: dict[str, Any], following: Any
    ) -> Response:
        """A Bundle of the kind history."""
        links = [{"relation": "self", "url": self.link(address, state)}]
        if following is not None:
            after = {**state, "place": following}
            links.append({"relation": "next", "url": self.link(address, after)})
        entries = entries_of(versions, base=self.base)
        body: Json = {"resourceType": "Bundle", "type": "history", "link": links}
        return Response({**body, "entry": entries} if entries else body)

    def link(self, address: str, state: dict[str, Any]) -> str:
        """The address of a page; of the first one as it was asked for."""
        if "place" in state:
            return link(address, state, by=self.request.user)
        given = {"_count": str(state["count"]), **({"_since": s} if (s := state["since"]) else {})}
        return f"{address}?" + "&".join(f"{name}={_quoted(text)}" for name, text in given.items())


class InstanceHistory(Histories):
    """GET of the versions of one resource."""

    interactions: ClassVar = {"GET": "r"}

    def get(self, request: ApiRequest, resource_id: str) -> Response:
        """The versions, newest first.

        Raises:
            Http404: there is no such resource that the caller may know of.
        """
        address = f"{self.base}/{self.resource}/{resource_id}/_history"
        state = self.state(request, f"{self.resource}/{resource_id}")
        for source in sources(self.resource):
            versions = versions_of(source, resource_id)
            if versions:
                row = next(each.row for each in reversed(versions) if each.row is not None)
                note_read(READ_HISTORY, row, by=request.user)
                return self._page(address, versions, state)
        for publisher in published(self.resource):
            if resources := publisher.versions(resource_id):
                note_read(READ_HISTORY, None, by=request.user)
                return self._published(address, resources)
        raise Http404

    def _published(self, address: str, resources: Sequence[Json]) -> Response:
        """What is public knowledge: a few versions, on one page."""
        name = f"{self.resource}/{resources[0]['id']}"
        entries = [
            {
                "fullUrl": f"{self.base}/{name}",
                "resource": each,
                "request": {"method": "PUT", "url": name},
                "response": {"status": "200", "etag": tag_of(each["meta"]["versionId"])},
            }
            for each in reversed(resources)
        ]
        links = [{"relation": "self", "url": address}]
        body = {"resourceType": "Bundle", "type": "history", "link": links, "entry": entries}
        return Response(body)

    def _page(self, address: str, versions: Sequence[Version], state: dict[str, Any]) -> Response:
        since, before = _moment(state["since"]), state.get("place")
        left = [
            each
            for each in reversed(versions)
            if (since is None or each.at >= since) and (before is None or each.number < before)
        ]
        page = left[: state["count"]]
        following = page[-1].number if page and len(left) > len(page) else None
        return self.bundle(address, page, state, following)


class ManyHistory(Histories):
    """GET of the versions of all resources of a type, or of all types."""

    interactions: ClassVar = {"GET": "s"}

    def get(self, request: ApiRequest) -> Response:
        """The newest first; of all types, those that the caller may search."""
        state = self.state(request, self.resource or "*")
        address = "/".join(filter(None, (self.base, self.resource, "_history")))
        places = state.get("place") or {}
        if any(name.isdecimal() for name in places):  # As links named sources once.
            raise expired()
        page = feed(
            self._sources(), count=state["count"], since=_moment(state["since"]), places=places
        )
        shown = [Found({}, each.source, each.row) for each in page.versions if each.row is not None]
        criteria = ["_since"] if state["since"] else []
        note_listed(LISTED_HISTORY, shown, criteria=criteria, by=request.user)
        return self.bundle(address, page.versions, state, page.next)

    def _sources(self) -> list[Source]:
        wanted = [self.resource] if self.resource else types()
        return [source for each in wanted if self.caller.may(each, "s") for source in sources(each)]


def entries_of(versions: Sequence[Version], *, base: str) -> list[Json]:
    """The entries of a history; in a number of queries that does not grow with them."""
    made: dict[int, Json] = {}
    by_source: dict[Source, list[tuple[int, Version]]] = {}
    for place, version in enumerate(versions):
        if version.row is not None:
            by_source.setdefault(version.source, []).append((place, version))
    for source, of in by_source.items():
        rows = [version.row for _, version in of]
        stands = [Stand(version.number, version.at, version.row) for _, version in of]
        for (place, _), resource in zip(of, finished(source, rows, stands), strict=True):
            made[place] = resource
    return [_entry(each, made.get(place), base) for place, each in enumerate(versions)]


def count_of(text: str | None) -> int:
    """How many entries a page has.

    Raises:
        BadRequest: it is no number above zero.
    """
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and int(text[:9])):
        raise BadRequest("Give a whole number above zero.", "http._count", code=Code.VALUE)
    return min(int(text[:9]), LARGEST)


def since_of(text: str | None) -> str | None:
    """An instant, as it was given.

    Raises:
        BadRequest: it is none.
    """
    if text is None:
        return None
    # In an address, a plus sign is a space.
    plain = text.replace(" ", "+")
    if span_of(plain) is None:
        raise BadRequest(
            "Give a time such as 2026-11-02T08:00:00Z.", "http._since", code=Code.VALUE
        )
    return plain


def _moment(text: str | None) -> datetime.datetime | None:
    span = span_of(text) if text else None
    return span.low if span else None


def _entry(version: Version, resource: Json | None, base: str) -> Json:
    name = f"{version.source.resource_type}/{version.resource_id}"
    method, status = METHODS[version.label]
    entry: Json = {"fullUrl": f"{base}/{name}"}
    if resource is not None:
        entry["resource"] = resource
    entry["request"] = {
        "method": method,
        "url": version.source.resource_type if method == "POST" else name,
    }
    entry["response"] = {
        "status": status,
        "etag": tag_of(str(version.number)),
        "lastModified": instant(version.at),
    }
    return entry


def _quoted(text: str) -> str:
    return text.replace("+", "%2B")
