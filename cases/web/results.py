"""Pages of results."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Result
from cases.services import results as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.results import ResultForm
from cases.web.found import study_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Enter what a study showed, or correct it."""
    study = study_or_404(study_id)
    result = Result.objects.select_related("study", "case").filter(study=study).first()
    form = _form(request, result)
    if form.is_valid():
        with errors_on(form):
            if result is None:
                services.enter(study=study, by=request.user, **form.cleaned_data)
            else:
                services.change(result=result, by=request.user, **form.cleaned_data)
            messages.success(request, "The result was saved.")
            return redirect("case", request.institution.slug, study.case_id)
    context = {"study": study, "case": study.case, "result": result, "form": form}
    return form_page(request, "cases/result.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_POST
def questions(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """The questions that belong to the outcome chosen so far; nothing is written.

    Posted, so that what was typed does not stand in an address.
    """
    study = study_or_404(study_id)
    form = ResultForm(initial={name: request.POST.get(name) for name in ResultForm().fields})
    return render(request, "cases/parts/result_questions.html", {"form": form, "study": study})


def _form(request: InstitutionRequest, result: Result | None) -> ResultForm:
    initial = initial_of(result, list(ResultForm().fields)) if result else {}
    return ResultForm(request.POST or None, initial=initial)
