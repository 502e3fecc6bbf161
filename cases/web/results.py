"""Pages of results."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Result, Study
from cases.selectors.lesion_contradictions import Contradiction, contradictions_of
from cases.selectors.lesions import LesionRecord, lesions_of
from cases.services import results as services
from cases.services import studies
from cases.services.errors import Invalid
from cases.services.results import Contradicted
from cases.web.conflicts import says_same, watch, watch_beside
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.results import ResultForm
from cases.web.found import study_or_404
from cases.web.lesion_table import table_of
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

KEEP = "Correct the result, or say why it stands."


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Enter what a study showed, or correct it, with the measured values beside it.

    Where the measurements contradict it, both sides are shown and the person decides.
    """
    study = study_or_404(study_id)
    result = Result.objects.select_related("study", "case").filter(study=study).first()
    form = _form(request, study, result)
    watch(form, result)
    watch_beside(form, study, "report")
    if form.is_valid():
        with errors_on(form):
            _save(request, study, result, form)
            messages.success(request, "The result was saved.")
            return redirect("case", request.institution.slug, study.case_id)
    record = lesions_of(study.case)
    form.contradictions = form.contradictions or _against(form, result, study, record)
    context = {
        "study": study,
        "case": study.case,
        "result": result,
        "form": form,
        "kept": _kept_before(form, result),
        "measured": _measured(study, record),
    }
    return form_page(request, "cases/result.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_POST
def questions(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """The questions that belong to the outcome chosen so far; nothing is written.

    Posted, so that what was typed does not stand in an address.
    """
    study = study_or_404(study_id)
    names = ResultForm(study=study).fields
    form = ResultForm(study=study, initial={name: request.POST.get(name) for name in names})
    return render(request, "cases/parts/result_questions.html", {"form": form, "study": study})


def _form(request: InstitutionRequest, study: Study, result: Result | None) -> ResultForm:
    columns = [name for name in ResultForm(study=study).fields if name != "report"]
    initial = initial_of(result, columns) if result else {}
    return ResultForm(
        request.POST or None, study=study, initial={**initial, "report": study.report}
    )


def _against(
    form: ResultForm, result: Result | None, study: Study, record: LesionRecord
) -> list[Contradiction]:
    """What the measurements say now against the result, as it is stored or was typed.

    A page that was just opened carries them, and the reason only where it was given for these: a
    reason answers what its writer saw.
    """
    typed = {**(vars(result) if result else {}), **getattr(form, "cleaned_data", {})}
    found = contradictions_of(typed, study=study, record=record)
    if not form.is_bound and result is not None:
        said = [one.as_json() for one in found]
        if said != result.kept_against:
            form.initial |= {"kept_against": said or None, "kept_reason": ""}
    return found


def _kept_before(form: ResultForm, result: Result | None) -> list[Contradiction]:
    """What the measurements said when the result was saved; nothing where they say it now too."""
    kept = [Contradiction(**side) for side in (result and result.kept_against) or ()]
    return [] if kept == form.contradictions else kept


def _save(
    request: InstitutionRequest, study: Study, result: Result | None, form: ResultForm
) -> None:
    """Save the result, and the report's text if it was pasted or corrected beside it.

    The report that was shown is the stored one here: `watch_beside` refused any other.
    """
    report = form.cleaned_data["report"].strip()
    study.refresh_from_db(fields=["report"])
    if "report" in form.data and not says_same(report, study.report):
        studies.change(study=study, report=report, by=request.user)
    try:
        if result is None:
            services.enter(study=study, by=request.user, **form.columns)
        else:
            services.change(result=result, by=request.user, **form.columns)
    except Contradicted as against:
        form.contradictions = against.contradictions
        form.show_against()
        raise Invalid({"kept_reason": [KEEP]}) from None


def _measured(study: Study, record: LesionRecord) -> dict[str, Any] | None:
    """What was measured on the study, beside the study before it; None where nothing was."""
    numbers = [n for n, measured in enumerate(record.studies) if measured.pk == study.pk]
    if not numbers:
        return None
    shown = record.studies[max(0, numbers[0] - 1) : numbers[0] + 1]
    return table_of(record, studies=shown)
