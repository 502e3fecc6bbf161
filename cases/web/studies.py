"""Pages of studies."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Rereading, Result, Study
from cases.selectors.notices import notices_of_study
from cases.selectors.offered_measurements import offered_measurements
from cases.selectors.pacs import viewer_link
from cases.selectors.study_files import files_of, later_differences, series_of
from cases.selectors.study_lines import agreement_now, missing_of
from cases.selectors.study_names import study_name
from cases.selectors.study_offers import offers
from cases.services import studies as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.studies import StudyForm
from cases.web.found import case_or_404, study_or_404
from cases.web.study_words import ordered_words, performed_words
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """A study as ordered, performed and reported, with its files and the board's reading."""
    study = study_or_404(study_id)
    record(action="case.study.read", subject=study, by=request.user)
    return render(request, "cases/study_page.html", _page(study))


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
            if "and_files" in request.POST:
                return redirect("study_file_new", request.institution.slug, study.pk)
            return redirect("case", request.institution.slug, case.pk)
    context = {"case": case, "form": form}
    return form_page(request, "cases/study.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Change a study: it was performed, its protocol became known, its report came."""
    study = study_or_404(study_id)
    form = StudyForm(request.POST or None, initial=initial_of(study, list(StudyForm.base_fields)))
    watch(form, study)
    if form.is_valid():
        with errors_on(form):
            services.change(study=study, by=request.user, **form.cleaned_data)
            messages.success(request, "The study was changed.")
            return redirect("case", request.institution.slug, study.case_id)
    context = {"case": study.case, "study": study, "form": form}
    return form_page(request, "cases/study.html", context)


def _page(study: Study) -> dict[str, Any]:
    result = Result.objects.select_related("entered_by").filter(study=study).first()
    files = files_of(study)
    series = series_of(files)
    rereadings = Rereading.objects.filter(study=study).select_related("entered_by")
    return {
        "study": study,
        "case": study.case,
        "name": study_name(study, edition_version=study.case.assessment.edition_version),
        "ordered": ordered_words(study),
        "performed": performed_words(study),
        "result": result,
        "notices": notices_of_study(study),
        "rereadings": [
            (reading, agreement_now(reading, result))
            for reading in rereadings.order_by("-read_on", "-entered_at", "-id")
        ],
        "missing": missing_of(study, result),
        "viewer_url": viewer_link(study),
        "files": [
            {
                "file": file,
                "offered": len(offers(file, study)),
                "differs": bool(later_differences(file, study.case.patient)),
                "measured": len(offered_measurements(file)),
                "series": [one for one in series if one.file_id == file.pk],
            }
            for file in files
        ],
    }
