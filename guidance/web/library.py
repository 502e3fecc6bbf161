"""The library of the guidance: ratings of the full scenarios, and the sources."""

import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guidance.engine.edition import Edition, load_edition
from tumorboard.accounts.access import public_view
from tumorboard.formats import day

FULL = "FULL"


@require_safe
@public_view("guidance content has no patient")
@login_required
def library(request: HttpRequest) -> HttpResponse:
    """The edition in use: its scenarios with all ratings, and where every statement is from."""
    edition = load_edition()
    scenarios = edition.catalogue.scenarios.values()
    context = {
        "edition": edition,
        "hash": edition.hash[:12],
        "sources": [{**source, "reviewed": _day(source["reviewed"])} for source in edition.sources],
        "date": _day(edition.date),
        "full": [_with_ratings(s, edition) for s in scenarios if s.status == FULL],
        "named": [s for s in scenarios if s.status != FULL],
        "markers": edition.content["edition"]["markers"].items(),
    }
    return render(request, "guidance/library.html", context)


def _day(text: str) -> str:
    """A date of the content as on every page; words as they are."""
    try:
        return day(datetime.date.fromisoformat(text))
    except ValueError:
        return text


def _with_ratings(scenario: Any, edition: Edition) -> dict[str, Any]:
    return {"scenario": scenario, "ratings": edition.ratings.by_scenario[scenario.id]}
