"""Pages of treatments."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import FactAnswer, Treatment
from cases.services import facts
from cases.services import treatments as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.treatments import NoTreatmentForm, TreatmentForm
from cases.web.found import case_or_404, treatment_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The treatments of a case; where there are none, whether that is known."""
    case = case_or_404(case_id)
    given = list(Treatment.objects.filter(case=case).order_by("-start", "-id"))
    answer = FactAnswer.objects.filter(case=case, fact="treatments").first()
    form = NoTreatmentForm(request.POST or None, stored=answer.value if answer else None)
    if form.is_valid():
        with errors_on(form):
            source = form.cleaned_data["source"].strip()
            facts.answer(case=case, answers=form.answers, source=source, by=request.user)
            messages.success(request, "The answer was saved.")
            return redirect("case", request.institution.slug, case.pk)
    context = {"case": case, "treatments": given, "form": form}
    return form_page(request, "cases/treatments.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a treatment."""
    case = case_or_404(case_id)
    form = TreatmentForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            services.add(case=case, by=request.user, **form.cleaned_data)
            messages.success(request, "The treatment was added.")
            return redirect("treatments", request.institution.slug, case.pk)
    context = {"case": case, "form": form}
    return form_page(request, "cases/treatment.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def remove(request: InstitutionRequest, treatment_id: UUID) -> HttpResponse:
    """Take back a treatment that was entered by mistake."""
    treatment = treatment_or_404(treatment_id)
    services.remove(treatment=treatment, by=request.user)
    messages.success(request, "The treatment was removed.")
    return redirect("treatments", request.institution.slug, treatment.case_id)
