"""Pages of erasures: those that were done, who is due, and erasing a patient."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases.selectors import erasures as selectors
from cases.services import erasures as services
from cases.services import retentions
from cases.web.errors import INVALID, errors_on, form_page
from cases.web.forms.erasures import EraseForm, FindForm, RetentionForm
from cases.web.found import patient_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.own_password import Answer, check_own
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.PATIENT_ERASE)
@require_http_methods(["GET", "HEAD", "POST"])
def erasures(request: InstitutionRequest) -> HttpResponse:
    """Every erasure, and who is due for one; a POST finds a patient by record number."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.patient is not None:
        record(
            action="patient.searched",
            subject=request.institution,
            by=request.user,
            criteria=["record_number"],
            found=1,
            shown=[form.patient.pk],
        )
        return redirect("patient_erase", request.institution.slug, form.patient.pk)
    return _page(request, form, RetentionForm(initial={"years": selectors.years_kept()}))


@institution_view(Permission.PATIENT_ERASE)
@require_POST
def retention(request: InstitutionRequest) -> HttpResponse:
    """Choose after how many years a patient is due."""
    form = RetentionForm(request.POST)
    if form.is_valid():
        with errors_on(form):
            retentions.choose(years=form.cleaned_data["years"], by=request.user)
            messages.success(request, "Saved.")
            return redirect("erasures", request.institution.slug)
    return _page(request, FindForm(), form)


@institution_view(Permission.PATIENT_ERASE)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: InstitutionRequest, patient_id: UUID) -> HttpResponse:
    """Erase a patient, by record number and password."""
    patient = patient_or_404(patient_id)
    if patient.is_erased:
        messages.error(request, services.IS_ERASED)
        return redirect("erasures", request.institution.slug)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_own(request, form):
        with errors_on(form):
            services.erase(
                patient=patient,
                record_number=form.cleaned_data["record_number"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
            messages.success(request, "The patient was erased.")
            return redirect("erasures", request.institution.slug)
    return form_page(request, "erasures/erase.html", {"form": form, "patient": patient})


def _is_own(request: InstitutionRequest, form: EraseForm) -> bool:
    """Whether the password is the person's own; a guess too many is refused unread."""
    answer = check_own(request, form.cleaned_data["password"])
    if answer is Answer.WAIT:
        form.add_error("password", "Too many tries. Wait a few minutes, then try again.")
    elif answer is Answer.WRONG:
        form.add_error("password", "This is not your password. Nothing was erased.")
    return form.is_valid()


def _page(request: InstitutionRequest, find: FindForm, keep: RetentionForm) -> HttpResponse:
    due = selectors.due()
    record(
        action="erasures.read",
        subject=request.institution,
        by=request.user,
        found=len(due),
        shown=[patient.pk for patient in due],
    )
    context = {
        "form": find if find.errors else keep,
        "find": find,
        "keep": keep,
        "due": due,
        "years": selectors.years_kept(),
        "done": selectors.done(),
    }
    status = INVALID if find.errors or keep.errors else None
    return render(request, "erasures/erasures.html", context, status=status)
