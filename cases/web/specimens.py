"""Pages of pathology: the specimens of a case and the form of each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case
from cases.selectors.specimens import pathology_of
from cases.services import specimens as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.specimens import SpecimenForm, initial_of_specimen
from cases.web.found import case_or_404, specimen_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


def pathology_section(case: Case) -> dict[str, Any]:
    """The context of `cases/parts/pathology_section.html`, in four queries."""
    return {"pathology": pathology_of(case)}


@institution_view(Permission.CASE_READ)
@require_safe
def listing(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The specimens of a case, newest first, with what does not fit together."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    context = {"case": case, **pathology_section(case)}
    return render(request, "cases/pathology.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a specimen."""
    case = case_or_404(case_id)
    form = SpecimenForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            services.add(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The specimen was added.")
            return redirect("pathology", request.institution.slug, case.pk)
    return form_page(request, "cases/specimen.html", {"case": case, "form": form})


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, specimen_id: UUID) -> HttpResponse:
    """Correct a specimen."""
    specimen = specimen_or_404(specimen_id)
    form = SpecimenForm(request.POST or None, initial=initial_of_specimen(specimen))
    watch(form, specimen)
    if form.is_valid():
        with errors_on(form):
            services.change(specimen=specimen, by=request.user, **form.cleaned_data)
            messages.success(request, "The specimen was changed.")
            return redirect("pathology", request.institution.slug, specimen.case_id)
    context = {"case": specimen.case, "specimen": specimen, "form": form}
    return form_page(request, "cases/specimen.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def remove(request: InstitutionRequest, specimen_id: UUID) -> HttpResponse:
    """Take back a specimen that was entered by mistake."""
    specimen = specimen_or_404(specimen_id)
    services.remove(specimen=specimen, by=request.user)
    messages.success(request, "The specimen was removed.")
    return redirect("pathology", request.institution.slug, specimen.case_id)
