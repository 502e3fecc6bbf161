"""Pages of procedures; they are listed with the treatments."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.services import procedures as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.procedures import ProcedureForm
from cases.web.found import case_or_404, procedure_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a procedure."""
    case = case_or_404(case_id)
    form = ProcedureForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            services.add(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The procedure was added.")
            return redirect("treatments", request.institution.slug, case.pk)
    return form_page(request, "cases/procedure.html", {"case": case, "form": form})


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, procedure_id: UUID) -> HttpResponse:
    """Change a procedure: a drain was removed, its date became known."""
    procedure = procedure_or_404(procedure_id)
    initial = initial_of(procedure, list(ProcedureForm.base_fields))
    form = ProcedureForm(request.POST or None, initial=initial)
    watch(form, procedure)
    if form.is_valid():
        with errors_on(form):
            services.change(procedure=procedure, by=request.user, **form.cleaned_data)
            messages.success(request, "The procedure was changed.")
            return redirect("treatments", request.institution.slug, procedure.case_id)
    context = {"case": procedure.case, "procedure": procedure, "form": form}
    return form_page(request, "cases/procedure.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def remove(request: InstitutionRequest, procedure_id: UUID) -> HttpResponse:
    """Take back a procedure that was entered by mistake."""
    procedure = procedure_or_404(procedure_id)
    services.remove(procedure=procedure, by=request.user)
    messages.success(request, "The procedure was removed.")
    return redirect("treatments", request.institution.slug, procedure.case_id)
