"""Read and vread: one resource, as it is or as it was."""

import datetime
import re
from typing import Any, ClassVar

from django.http import Http404
from django.utils.http import http_date, parse_http_date_safe
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.endpoint import FhirEndpoint
from cases.fhir.finishing import Json, finished
from cases.fhir.found import named
from cases.fhir.noting import READ, note_read
from cases.fhir.outcome import BadRequest, Gone
from cases.fhir.registry import published, sources
from cases.fhir.search.dates import span_of
from cases.fhir.search.query import SUMMARIES, one_of
from cases.fhir.search.shapes import shaped
from cases.fhir.source import Stand
from cases.fhir.versions import DELETE, Version, versions_of
from cases.r4.issue import Code
from tumorboard.accounts.api_requests import ApiRequest

TAG = re.compile(r'\A(?:W/)?"([^"]*)"\Z')
#: What an address of one resource may say, beside what all may.
PARAMETERS = ("_format", "_pretty", "_summary", "_elements")


class Reads(FhirEndpoint):
    """GET of one resource."""

    interactions: ClassVar = {"GET": "r", "PUT": "u", "PATCH": "u", "DELETE": "d"}

    def get(self, request: ApiRequest, resource_id: str) -> Response:
        """The resource as it is.

        Raises:
            Http404: there is none that the caller may know of.
            Gone: it was deleted.
        """
        for found in named(self.resource, [resource_id]):
            note_read(READ, found.row, by=request.user)
            return answered(self, found.resource)
        for source in sources(self.resource):
            versions = versions_of(source, resource_id)
            if versions and versions[-1].label == DELETE:
                tag = {"ETag": tag_of(str(versions[-1].number))}
                message = "It was deleted. Its history is still there."
                raise Gone(message, headers=tag)
        raise Http404


class ReadsVersion(FhirEndpoint):
    """GET of one resource as it was."""

    interactions: ClassVar = {"GET": "r"}

    def get(self, request: ApiRequest, resource_id: str, version: str) -> Response:
        """The version.

        Raises:
            Http404: there is none that the caller may know of.
            Gone: by this version it was deleted.
        """
        for source in sources(self.resource):
            for each in versions_of(source, resource_id):
                if str(each.number) == version:
                    return self._answered(each)
        for resource in _published(self.resource, resource_id):
            if resource["meta"]["versionId"] == version:
                note_read(READ, None, by=request.user)
                return answered(self, resource)
        raise Http404

    def _answered(self, version: Version) -> Response:
        if version.row is None:
            message = "By this version it was deleted."
            raise Gone(message, headers={"ETag": tag_of(str(version.number))})
        note_read(READ, version.row, by=self.request.user)
        return answered(self, of_version(version))


def of_version(version: Version) -> Json:
    """The resource as it was at a version."""
    stand = Stand(version.number, version.at, version.row)
    (resource,) = finished(version.source, [version.row], [stand])
    return resource


def answered(view: FhirEndpoint, resource: Json) -> Response:
    """A resource with its version; nothing of it where the caller has this version already."""
    _check(view)
    query = view.request.query_params
    headers = headers_of(resource)
    if _is_known(view.request, resource):
        return Response(None, status=status.HTTP_304_NOT_MODIFIED, headers=headers)
    summary = one_of(SUMMARIES, "_summary", query.get("_summary", "false"))
    elements = tuple(filter(None, query.get("_elements", "").split(",")))
    return Response(shaped(resource, summary=summary, elements=elements), headers=headers)


def headers_of(resource: Json) -> dict[str, str]:
    """Which version a resource is, and since when."""
    meta = resource.get("meta", {})
    headers = {"ETag": tag_of(meta["versionId"])} if "versionId" in meta else {}
    changed = _changed_at(resource)
    return {**headers, "Last-Modified": http_date(changed.timestamp())} if changed else headers


def tag_of(version: str) -> str:
    """The entity tag of a version: weak, as formats may differ."""
    return f'W/"{version}"'


def _check(view: FhirEndpoint) -> None:
    """Judge what the address says."""
    for name, values in view.request.query_params.lists():
        if name not in PARAMETERS and view.is_strict:
            message = "There is no such parameter here."
            raise BadRequest(message, f"http.{name[:100]}", code=Code.NOT_SUPPORTED)
        if name in PARAMETERS and len(values) > 1:
            raise BadRequest("Give this once.", f"http.{name}")


def _is_known(request: Request, resource: Json) -> bool:
    """By `If-None-Match`, or where that is not sent by `If-Modified-Since`."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        found = (TAG.match(tag.strip()) for tag in tags.split(","))
        version = resource.get("meta", {}).get("versionId")
        return tags.strip() == "*" or any(each is not None and each[1] == version for each in found)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    changed = _changed_at(resource)
    return since is not None and changed is not None and int(changed.timestamp()) <= since


def _changed_at(resource: Json) -> datetime.datetime | None:
    span = span_of(resource.get("meta", {}).get("lastUpdated", ""))
    return span.low if span else None


def _published(resource_type: str, resource_id: str) -> list[Any]:
    return [each for source in published(resource_type) for each in source.versions(resource_id)]
