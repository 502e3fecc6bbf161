"""Pages of the editions: which one is used, what a newer one changes, and adopting it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import EditionTrial
from cases.selectors import edition_trials as selectors
from cases.selectors.trial_words import LABELS, described
from cases.services import edition_trials as services
from cases.services import reassessments
from cases.web.errors import form_page
from cases.web.forms.edition_trials import AdoptForm
from cases.web.numbers import page_number
from guidance.editions import adoptions, shelf
from guidance.editions.difference import difference
from guidance.editions.words import Words
from guidance.engine.edition import Edition
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sessions import asks_by_itself
from tumorboard.audit.record import record

#: How many cases one page of a trial shows.
PAGE_SIZE = 50


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def editions(request: InstitutionRequest) -> HttpResponse:
    """Which edition the institution uses, since when and by whom, and which others there are.

    A POST assesses the cases anew that an earlier run left behind.
    """
    if request.method == "POST":
        reassessments.start_again(by=request.user)
        messages.success(request, "The cases are being assessed anew.")
        return redirect("editions", request.institution.slug)
    in_use = shelf.adopted()
    context = {
        "in_use": in_use,
        "editions": shelf.versions(),
        "newer": adoptions.newer(),
        "history": adoptions.history(),
        "left_behind": selectors.left_behind(in_use.hash),
    }
    return render(request, "editions/editions.html", context)


@institution_view(Permission.INSTITUTION_MANAGE)
@require_safe
def edition(request: InstitutionRequest, version: str) -> HttpResponse:
    """What an edition says differently than the one in use, and which cases it would change."""
    found = _edition_or_404(version)
    in_use = shelf.adopted()
    context = {
        "edition": found,
        "in_use": in_use,
        "is_in_use": found.hash == in_use.hash,
        "difference": difference(in_use, found),
        **_trial(found),
    }
    return render(request, "editions/edition.html", context)


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: InstitutionRequest, version: str) -> HttpResponse:
    """How far the trial of an edition has come, only that part for a poll; a POST starts it."""
    found = _edition_or_404(version)
    page = reverse("edition", args=[request.institution.slug, version])
    if request.method == "POST":
        services.start(edition=found, by=request.user)
        return redirect(f"{page}#trial")
    is_part = request.htmx and not request.htmx.history_restore_request
    if not is_part:
        return redirect(f"{page}#trial")
    asks_by_itself(request)
    context = {"edition": found, **_trial(found)}
    response = render(request, "editions/parts/trial.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@institution_view(Permission.INSTITUTION_MANAGE)
@require_safe
def changes(request: InstitutionRequest, version: str) -> HttpResponse:
    """The cases that would change, the weightiest change first.

    Patients are named only to a person who may read cases; an administrator sees what changes.
    """
    found = _edition_or_404(version)
    one = selectors.one_that_counts(found.hash)
    if one is None or one.state != EditionTrial.State.DONE:
        return redirect("edition", request.institution.slug, version)
    page = selectors.page(one, number=page_number(request.GET.get("page", "")), size=PAGE_SIZE)
    if Permission.CASE_READ in request.permissions:
        shown = [change.case_id for change in page.changes]
        record(action="institution.edition.trial.read", subject=one, by=request.user, shown=shown)
    old, new = Words(shelf.adopted()), Words(found)
    url = reverse("edition_changes", args=[request.institution.slug, version])
    context = {
        "edition": found,
        "trial": one,
        "page": page,
        "cases": [
            {
                "number": page.first + place,
                "case": change.case,
                "lines": described(change.before, change.after, old=old, new=new),
            }
            for place, change in enumerate(page.changes)
        ],
        "previous_url": f"{url}?page={page.number - 1}" if page.number > 1 else "",
        "next_url": f"{url}?page={page.number + 1}" if page.has_next else "",
    }
    return render(request, "editions/changes.html", context)


@institution_view(Permission.INSTITUTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: InstitutionRequest, version: str) -> HttpResponse:
    """Ask whether the institution shall use an edition from now on; then let it."""
    found = _edition_or_404(version)
    form = AdoptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            adoptions.adopt(edition=found, by=request.user, reason=form.cleaned_data["reason"])
        except adoptions.AlreadyAdopted as error:
            messages.info(request, str(error))
        else:
            messages.success(request, f"Edition {version} is in use from now on.")
        return redirect("editions", request.institution.slug)
    context = {"form": form, "edition": found, "in_use": shelf.adopted(), **_trial(found)}
    return form_page(request, "editions/adopt.html", context)


def _edition_or_404(version: str) -> Edition:
    # No version holds a NUL, and the database refuses to compare one.
    if not version.isprintable():
        raise Http404
    try:
        return shelf.edition(version)
    except shelf.NoEdition:
        raise Http404 from None


def _trial(found: Edition) -> dict[str, Any]:
    """The trial of an edition, how far it has come, and what it found."""
    one = selectors.one_that_counts(found.hash)
    if one is None:
        return {"trial": None}
    return {
        "trial": one,
        "is_done": one.state == EditionTrial.State.DONE,
        "has_stopped": selectors.has_stopped(one),
        "is_outdated": selectors.changed_since(one),
        "kinds": [(label, one.kinds[kind]) for kind, label in LABELS.items() if kind in one.kinds],
    }
