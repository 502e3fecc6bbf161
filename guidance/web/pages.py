"""What every page of the guidance library stands on: its edition, its address, its navigation."""

import datetime
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guidance.editions import shelf
from guidance.engine.edition import Edition
from tumorboard.accounts.access import public_view
from tumorboard.formats import day

NO_PATIENT = "guidance content has no patient"
#: So much of a content hash tells editions apart for a reader.
SHORT_HASH = 12

READING = ("GET", "HEAD")
#: A form is posted, so that what is typed stands in no address.
TYPING = (*READING, "POST")

View = Callable[..., HttpResponse]


class Place(NamedTuple):
    """One page of the library: its address below the library's root, its name, what it holds."""

    path: str
    label: str
    text: str


PLACES = (
    Place("", "Contents", ""),
    Place("try/", "Try it", "Assess facts that you type. Nothing is saved."),
    Place("scenarios/", "Scenarios", "How a case finds its scenario, and what stops it."),
    Place("studies/", "Studies and orders", "Studies, protocols, order texts, substitutions."),
    Place("results/", "After the result", "Branches, actions and reasons for the tumor board."),
    Place("checks/", "Checks", "Pitfalls: when each arises, how severe, in what words."),
    Place("intervals/", "Intervals", "Every follow-up policy, side by side."),
    Place("classification/", "Classification", "Grade, TNM, function and heredity."),
    Place("response/", "Response and growth", "How response and growth are read."),
    Place("prognosis/", "Prognosis", "Imaging features with a reported association."),
    Place("eligibility/", "Eligibility", "When a treatment is put before the board."),
    Place("performance/", "Performance", "How well studies detect, each in its population."),
    Place("reports/", "Reports", "What a report has to say."),
    Place("disagreements/", "Disagreements", "Where sources contradict each other, both sides."),
    Place("decisions/", "Product decisions", "What sources leave open, and what was chosen."),
    Place("uncovered/", "Not covered", "What none of the sources answers."),
    Place("facts/", "Data dictionary", "Every fact: question, values, what it settles."),
    Place("sources/", "Sources", "The documents behind every statement."),
)


def library_view(view: View, methods: Iterable[str] = READING) -> View:
    """Make a page of the library: for everybody who is signed in, of one edition.

    The view gets the edition as second argument: the one its address names, else the newest.
    """

    @require_http_methods(list(methods))
    @public_view(NO_PATIENT)
    @login_required
    @functools.wraps(view)
    def within(
        request: HttpRequest, *args: Any, version: str | None = None, **kwargs: Any
    ) -> HttpResponse:
        return view(request, edition_of(version), *args, **kwargs)

    return within


def edition_of(version: str | None) -> Edition:
    """The edition of that version, the newest when none is named.

    Raises:
        Http404: there is no such edition.
    """
    try:
        return shelf.newest() if version is None else shelf.edition(version)
    except shelf.NoEdition:
        raise Http404 from None


def root_of(request: HttpRequest) -> str:
    """The address below which the pages of the shown edition lie, with a slash at its end.

    It names the version only where the request did, so that a reader stays in one edition.
    """
    match = request.resolver_match
    version = match.kwargs.get("version") if match else None
    return reverse("guidance_library", kwargs={"version": version} if version else None)


def page(
    request: HttpRequest,
    edition: Edition,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of the library, with its edition named and its navigation."""
    root = root_of(request)
    newest = shelf.newest()
    here = request.path.removeprefix(root)
    shown = {
        **context,
        "edition": edition,
        "edition_date": readable_day(edition.date),
        "edition_hash": edition.hash[:SHORT_HASH],
        "newest": newest.version if newest.hash != edition.hash else "",
        "library_root": root,
        "places": [{"place": place, "is_current": _is_at(place, here)} for place in PLACES],
    }
    return render(request, f"guidance/{template}.html", shown, status=status)


def _is_at(place: Place, here: str) -> bool:
    return here.startswith(place.path) if place.path else here == ""


def readable_day(text: str) -> str:
    """A date of the content as on every page; words as they are."""
    try:
        return day(datetime.date.fromisoformat(text))
    except ValueError:
        return text


def anchored(entries: Iterable[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    """Entries with an `anchor`: the code under `key`, for the first of those that share it."""
    seen: set[str] = set()
    found = []
    for entry in entries:
        code = str(entry[key])
        found.append({**entry, "anchor": "" if code in seen else code})
        seen.add(code)
    return found
