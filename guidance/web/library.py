"""The library of the guidance: ratings of the full scenarios, and the sources."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guidance.engine.edition import Edition, load_edition
from tumorboard.accounts.access import public_view

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
        "full": [_with_ratings(s, edition) for s in scenarios if s.status == FULL],
        "named": [s for s in scenarios if s.status != FULL],
        "markers": edition.content["edition"]["markers"].items(),
    }
    return render(request, "guidance/library.html", context)


def _with_ratings(scenario: Any, edition: Edition) -> dict[str, Any]:
    return {"scenario": scenario, "ratings": edition.ratings.by_scenario[scenario.id]}
