"""Pages of patients."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.selectors.cases import cases_of
from cases.services import patients as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.patients import PatientForm
from cases.web.found import patient_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, patient_id: UUID) -> HttpResponse:
    """Change who a patient is; the patient's cases are assessed anew."""
    patient = patient_or_404(patient_id)
    slug = request.institution.slug
    cases = cases_of(patient)
    initial = {name: getattr(patient, name) for name in PatientForm.base_fields}
    form = PatientForm(request.POST or None, initial=initial)
    watch(form, patient)
    if form.is_valid():
        with errors_on(form):
            services.change(patient=patient, by=request.user, **form.cleaned_data)
            messages.success(request, "The patient was changed.")
            return redirect("case", slug, cases[0].pk) if cases else redirect("case_list", slug)
    # What was typed and refused must not stand in the page's head as if it were so.
    context = {"form": form, "patient": patient_or_404(patient_id), "cases": cases}
    return form_page(request, "cases/patient.html", context)
