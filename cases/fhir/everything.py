"""`Patient/<id>/$everything`: all that is known of one patient, page by page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404
from rest_framework.response import Response

from cases.fhir import found as resources
from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.found import Found
from cases.fhir.history import count_of, since_of
from cases.fhir.noting import READ_EVERYTHING, SEARCHED, note_listed, note_read
from cases.fhir.outcome import BadRequest, outcome
from cases.fhir.paging import PARAMETER, expired, link, opened
from cases.fhir.record import Record, read_on
from cases.fhir.registry import SOURCES, types
from cases.fhir.search.dates import When, matches_when, span_of
from cases.fhir.search.prefixes import Prefix
from cases.fhir.search.scan import MOST
from cases.fhir.source import Source
from cases.r4.issue import Code, Issue, Severity
from tumorboard.accounts.api_requests import ApiRequest

KIND = "$everything"
PATIENT = "Patient"
PARAMETERS = ("_since", "_type", "_count", "_format", "_pretty", PARAMETER)
WITHHELD = (
    "Your roles or scopes do not allow reading of {types}: there may be more of this patient."
)


class Everything(FhirEndpoint):
    """GET of a patient's compartment."""

    interactions: ClassVar = {"GET": "r"}

    def get(self, request: ApiRequest, resource_id: str) -> Response:
        """The patient first, then what is about them, of all types that the caller may read.

        Raises:
            Http404: there is no such patient that the caller may know of.
            BadRequest: a parameter that is none.
        """
        matches = resources.named(PATIENT, [resource_id])
        if not matches:
            raise Http404
        (patient,) = matches
        state = self._state(request, resource_id)
        note_read(READ_EVERYTHING, patient.row, by=request.user)
        page, following = self._page(patient, state)
        withheld = [each for each in self._wanted(state) if not self.caller.may(each, "r")]
        note_listed(SEARCHED, page, criteria=[KIND], by=request.user)
        return self._bundle(resource_id, page, following, state, withheld)

    def _state(self, request: ApiRequest, resource_id: str) -> dict[str, Any]:
        given = dict(request.query_params.lists())
        for name, values in given.items():
            if name not in PARAMETERS and self.is_strict:
                message = "There is no such parameter here."
                raise BadRequest(message, f"http.{name[:100]}", code=Code.NOT_SUPPORTED)
            if name in PARAMETERS and len(values) > 1:
                raise BadRequest("Give this once.", f"http.{name}")
        if PARAMETER in given:
            state = opened(given[PARAMETER][0], by=request.user)
            if state.get("kind") != f"{KIND} {resource_id}":
                message = "This link belongs to another address."
                raise BadRequest(message, f"http.{PARAMETER}", code=Code.VALUE)
            if not isinstance(state["source"], str):  # As links named sources once.
                raise expired()
            return state
        wanted = list(filter(None, ",".join(given.get("_type", ())).split(",")))
        if unknown := sorted(set(wanted) - set(types())):
            message = f"There are no resources of these types here: {', '.join(unknown)[:200]}."
            raise BadRequest(message, "http._type", code=Code.NOT_SUPPORTED)
        return {
            "kind": f"{KIND} {resource_id}",
            "count": count_of(request.query_params.get("_count")),
            "since": since_of(request.query_params.get("_since")),
            "types": wanted,
            "source": "",
            "after": "",
        }

    def _wanted(self, state: dict[str, Any]) -> list[str]:
        about = {
            each.resource_type for each in SOURCES if isinstance(each, Source) and each.patient
        }
        return sorted(about & set(state["types"]) if state["types"] else about)

    def _page(self, patient: Found, state: dict[str, Any]) -> tuple[list[Found], Any]:
        """Some of it, and where to go on; None at the end."""
        wanted = [each for each in self._wanted(state) if self.caller.may(each, "r")]
        found, read = [], 0
        if not state["source"] and PATIENT in wanted:
            found = _since([patient], state)
        of = [
            each
            for each in SOURCES
            if isinstance(each, Source)
            and each.patient
            and each.resource_type in wanted
            and each.resource_type != PATIENT
        ]
        key = patient.row.pk
        last = {"source": of[0].name if of else "", "after": ""}
        batches = read_on(
            of,
            Record([key], of),
            begin=(state["source"], state["after"]),
            # One more than asked for tells whether there is a next page.
            size=state["count"] + 1,
            ask=lambda source: source.rows().filter(**{source.patient: key}),
        )
        for pairs, is_full in batches:
            read += len(pairs)
            for each in _since(resources.of_pairs(pairs), state):
                if len(found) >= state["count"]:
                    return found, last
                found.append(each)
                last = _behind(each.source, each.row)
            if is_full and read >= MOST:
                return found, _behind(*pairs[-1])
        return found, None

    def _bundle(
        self,
        resource_id: str,
        page: Sequence[Found],
        following: Any,
        state: dict[str, Any],
        withheld: Sequence[str],
    ) -> Response:
        address = f"{self.base}/{PATIENT}/{resource_id}/{KIND}"
        links = [{"relation": "self", "url": link(address, state, by=self.request.user)}]
        if following is not None:
            after = link(address, {**state, **following}, by=self.request.user)
            links.append({"relation": "next", "url": after})
        entries: list[Any] = [
            {
                "fullUrl": f"{self.base}/{'/'.join(each.key)}",
                "resource": each.resource,
                "search": {"mode": "match"},
            }
            for each in page
        ]
        if withheld:
            words = WITHHELD.format(types=", ".join(withheld))
            issue = Issue(Code.SUPPRESSED, words, severity=Severity.WARNING)
            entries.append({"resource": outcome([issue]), "search": {"mode": "outcome"}})
        body = {"resourceType": "Bundle", "type": "searchset", "link": links}
        return Response({**body, "entry": entries} if entries else body)


def _behind(source: Any, row: Any) -> dict[str, str]:
    return {"source": source.name, "after": str(row.pk)}


def _since(found: Sequence[Found], state: dict[str, Any]) -> list[Found]:
    """Those that were written then or later."""
    span = span_of(state["since"]) if state["since"] else None
    if span is None:
        return list(found)
    wanted = When(Prefix.GE, span)
    return [
        each
        for each in found
        if matches_when(each.resource.get("meta", {}).get("lastUpdated", ""), wanted)
    ]
