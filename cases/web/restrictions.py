"""Restricting a record to a list of members."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Case
from cases.selectors.restrictions import listed_people, may_change, restriction_of
from cases.services import restrictions as services
from cases.services.errors import Refused
from cases.web.errors import errors_on, form_page
from cases.web.forms.restrictions import ListForm, RestrictForm
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CASE_RESTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
def restriction(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Who may see the patient of a case: restrict it, or change its list."""
    case = case_or_404(case_id)
    standing = restriction_of(case)
    posted = request.POST if request.method == "POST" else None
    if standing is None:
        form: ListForm = RestrictForm(posted, initial={"people": [str(request.user.pk)]})
    else:
        form = ListForm(posted, initial={"people": [str(p) for p in listed_people(standing)]})
    if form.is_valid():
        write = services.restrict if standing is None else services.change_list
        with errors_on(form):
            write(case=case, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, "The list of who may see this record is saved.")
            return _on(request, case, form.cleaned_data["people"])
    context = {
        "form": form,
        "case": case,
        "restriction": standing,
        "may_change": standing is None or may_change(standing, request.user),
    }
    return form_page(request, "cases/restriction.html", context)


@institution_view(Permission.CASE_RESTRICT)
@require_POST
def lift(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Show the record to everybody again."""
    case = case_or_404(case_id)
    try:
        services.lift(case=case, by=request.user)
        messages.success(request, "The record is not restricted any more.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("case", request.institution.slug, case.pk)


def _on(request: InstitutionRequest, case: Case, people: list[UUID]) -> HttpResponse:
    """To the case; who is not on the list does not see it any more."""
    slug = request.institution.slug
    if request.user.pk in people:
        return redirect("case", slug, case.pk)
    return redirect("case_list", slug)
