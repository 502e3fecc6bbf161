"""Pages of the board's own readings of studies."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases.models import Rereading, Result
from cases.services import rereadings as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.rereadings import RereadingForm
from cases.web.found import study_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Enter what the board sees on a study."""
    study = study_or_404(study_id)
    today = timezone.localdate()
    form = RereadingForm(request.POST or None, initial={"read_on": today})
    if form.is_valid():
        with errors_on(form):
            services.add(study=study, by=request.user, **form.cleaned_data)
            messages.success(request, "The board's reading was saved.")
            return redirect("study", request.institution.slug, study.pk)
    result = Result.objects.filter(study=study).first()
    context = {"study": study, "case": study.case, "result": result, "form": form}
    return form_page(request, "cases/rereading.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, rereading_id: UUID) -> HttpResponse:
    """Correct what the board saw."""
    rows = Rereading.objects.select_related("study__case__patient")
    rereading = get_object_or_404(rows, pk=rereading_id)
    initial = initial_of(rereading, list(RereadingForm.base_fields))
    form = RereadingForm(request.POST or None, initial=initial)
    watch(form, rereading)
    if form.is_valid():
        with errors_on(form):
            services.change(rereading=rereading, by=request.user, **form.cleaned_data)
            messages.success(request, "The board's reading was changed.")
            return redirect("study", request.institution.slug, rereading.study_id)
    study = rereading.study
    result = Result.objects.filter(study=study).first()
    context = {"study": study, "case": study.case, "result": result, "form": form}
    return form_page(request, "cases/rereading.html", {**context, "rereading": rereading})
