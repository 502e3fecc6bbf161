"""The front of the library: what is in it, which edition it is, and the sources behind it."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from guidance.editions import shelf
from guidance.engine.content import SCHEMAS
from guidance.engine.edition import Edition
from guidance.web.pages import PLACES, SHORT_HASH, library_view, page, readable_day
from guidance.web.statements import statements
from tumorboard.formats import day

FULL = "FULL"


@library_view
def library(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Contents: the scenarios, every other page, the editions, and what can be taken along."""
    scenarios = edition.catalogue.scenarios.values()
    context = {
        "rated": [scenario for scenario in scenarios if scenario.status == FULL],
        "named": [scenario for scenario in scenarios if scenario.status != FULL],
        "pages": [place for place in PLACES if place.path],
        "count": len(statements(edition)),
        "editions": list(_editions()),
        "schemas": sorted(path.name for path in SCHEMAS.glob("*.json")),
        "bundle_url": reverse("guidance_fhir", args=[edition.version]),
    }
    return page(request, edition, "contents", context)


def _editions() -> Iterator[dict[str, Any]]:
    for shelved in shelf.versions():
        yield {
            "version": shelved.version,
            "title": shelved.title,
            "date": day(shelved.date),
            "hash": shelved.hash[:SHORT_HASH],
            "url": reverse("guidance_library", args=[shelved.version]),
        }


@library_view
def sources(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The documents that every citation names, and the markers beside them."""
    context = {
        "sources": [
            {**source, "reviewed": readable_day(source["reviewed"])} for source in edition.sources
        ],
        "markers": edition.content["edition"]["markers"].items(),
    }
    return page(request, edition, "sources", context)
