"""Pages of studies."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.services import studies as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.studies import StudyForm
from cases.web.found import case_or_404, study_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a study that was ordered or performed."""
    case = case_or_404(case_id)
    form = StudyForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            study = services.add(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The study was added.")
            if "and_result" in request.POST and study.performed_on:
                return redirect("result_enter", request.institution.slug, study.pk)
            return redirect("case", request.institution.slug, case.pk)
    context = {"case": case, "form": form}
    return form_page(request, "cases/study.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Change a study: it was performed, its protocol became known, its report came."""
    study = study_or_404(study_id)
    form = StudyForm(request.POST or None, initial=initial_of(study, list(StudyForm.base_fields)))
    if form.is_valid():
        with errors_on(form):
            services.change(study=study, by=request.user, **form.cleaned_data)
            messages.success(request, "The study was changed.")
            return redirect("case", request.institution.slug, study.case_id)
    context = {"case": study.case, "study": study, "form": form}
    return form_page(request, "cases/study.html", context)
