"""Pages of treatments."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case, FactAnswer, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.history_proposals import Proposal, proposals
from cases.selectors.pathology_facts import specimens_in
from cases.selectors.procedures import gate_of, is_gating, procedures_of
from cases.selectors.treatment_findings import findings_of
from cases.selectors.treatments import is_on_one_day, next_line, treatment_dates, treatments_of
from cases.services import facts
from cases.services import treatments as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.fields import where_answered
from cases.web.forms.known import initial_of
from cases.web.forms.treatments import NoTreatmentForm, TreatmentForm
from cases.web.found import case_or_404, treatment_or_404
from guidance.editions import shelf
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import number_words, value_words
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import day


def treatments_section(case: Case) -> dict[str, Any]:
    """The context of `cases/parts/treatments_section.html`, in six queries at most.

    `no_treatment` is the direct answer to whether any treatment was given, where none is listed:
    an empty list, "unknown", or None for "not asked".
    """
    treatments, procedures = treatments_of(case), procedures_of(case)
    return {
        "treatment_rows": [_row(row) for row in treatments],
        "procedure_rows": [{"done": row, "is_gating": is_gating(row)} for row in procedures],
        "gate": gate_of(procedures, shelf.adopted().checks["FULL"]) if procedures else None,
        "treatment_findings": findings_of(treatments, procedures, specimens_in(case)),
        "proposals": _proposals(case, treatments),
        "no_treatment": None if treatments else _answered(case),
    }


@institution_view(Permission.CASE_READ)
@require_safe
def listing(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The treatments and procedures of a case, with what does not fit together."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    return form_page(request, "cases/treatments.html", _page(case))


@institution_view(Permission.CASE_WRITE)
@require_POST
def none_given(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Answer whether any treatment was given, where none is listed."""
    case = case_or_404(case_id)
    form = NoTreatmentForm(request.POST, stored=_answered(case))
    if form.is_valid():
        with errors_on(form):
            source = form.cleaned_data["source"].strip()
            facts.answer(case=case, answers=form.answers, source=source, by=request.user)
            messages.success(request, "The answer was saved.")
            return redirect("case", request.institution.slug, case.pk)
    return form_page(request, "cases/treatments.html", _page(case, form=form))


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a treatment."""
    case = case_or_404(case_id)
    form = TreatmentForm(request.POST or None, next_line=next_line(treatments_of(case)))
    if form.is_valid():
        with errors_on(form):
            services.add(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The treatment was added.")
            return redirect("treatments", request.institution.slug, case.pk)
    return form_page(request, "cases/treatment.html", {"case": case, "form": form})


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, treatment_id: UUID) -> HttpResponse:
    """Change a treatment: it ended, its response became known."""
    treatment = treatment_or_404(treatment_id)
    initial = initial_of(treatment, list(TreatmentForm.base_fields))
    form = TreatmentForm(request.POST or None, initial=initial)
    watch(form, treatment)
    if form.is_valid():
        with errors_on(form):
            services.change(treatment=treatment, by=request.user, **form.cleaned_data)
            messages.success(request, "The treatment was changed.")
            return redirect("treatments", request.institution.slug, treatment.case_id)
    context = {"case": treatment.case, "treatment": treatment, "form": form}
    return form_page(request, "cases/treatment.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def remove(request: InstitutionRequest, treatment_id: UUID) -> HttpResponse:
    """Take back a treatment that was entered by mistake."""
    treatment = treatment_or_404(treatment_id)
    services.remove(treatment=treatment, by=request.user)
    messages.success(request, "The treatment was removed.")
    return redirect("treatments", request.institution.slug, treatment.case_id)


def _page(case: Case, form: NoTreatmentForm | None = None) -> dict[str, Any]:
    """The context of the page of treatments; `form` asks whether any was given."""
    section = treatments_section(case)
    form = form or NoTreatmentForm(stored=section["no_treatment"])
    return {"case": case, "form": form, **section}


def _answered(case: Case) -> Any:
    answer = FactAnswer.objects.filter(case=case, fact="treatments").first()
    return answer.value if answer else None


def _row(treatment: Treatment) -> dict[str, Any]:
    gbq, on_one_day = treatment.activity_gbq, is_on_one_day(treatment)
    return {
        "given": treatment,
        "dates": day(treatment.start) if on_one_day else treatment_dates(treatment),
        "on_one_day": on_one_day,
        "activity": "" if gbq is None else f"{number_words(float(gbq))} GBq",
    }


def _proposals(case: Case, treatments: list[Treatment]) -> list[dict[str, Any]]:
    """What the treatments suggest, with the page on which a clinician says so."""
    assessed = case.assessment.facts if case.assessment else {}
    known = {name: value for name, value in assessed.items() if value != UNKNOWN}
    return [_proposal(case, proposal) for proposal in proposals(treatments, known=known)]


def _proposal(case: Case, proposal: Proposal) -> dict[str, Any]:
    fact, said = DICTIONARY[proposal.fact], proposal.answered
    return {
        "question": fact.question,
        "label": fact.label,
        "value": value_words(fact, proposal.value),
        "answered": None if said is None else value_words(fact, said),
        "because": proposal.because,
        "source": proposal.source,
        "url": where_answered(case, proposal.fact),
    }
