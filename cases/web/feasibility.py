"""Pages of what stands in the way of an examination: devices and allergies of the patient."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Allergy, Device
from cases.services import allergies, devices
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.feasibility_page import feasibility_page
from cases.web.forms.feasibility import AllergyForm, DeviceForm
from cases.web.forms.known import initial_of
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Devices, reactions and renal function, beside the questions that they stand behind."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    context = feasibility_page(case, granted=request.permissions)
    return render(request, "cases/feasibility.html", context)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def device_new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a device."""
    case = case_or_404(case_id)
    form = DeviceForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            devices.add(patient=case.patient, by=request.user, **form.cleaned_data)
            messages.success(request, "The device was added.")
            return redirect("feasibility", request.institution.slug, case.pk)
    return form_page(request, "cases/device.html", {"case": case, "form": form})


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def device_edit(request: InstitutionRequest, case_id: UUID, device_id: UUID) -> HttpResponse:
    """Correct a device, or say that it was removed."""
    case = case_or_404(case_id)
    device = get_object_or_404(Device.objects.filter(patient=case.patient), pk=device_id)
    form = DeviceForm(
        request.POST or None, initial=initial_of(device, list(DeviceForm.base_fields))
    )
    watch(form, device)
    if form.is_valid():
        with errors_on(form):
            devices.change(device=device, by=request.user, **form.cleaned_data)
            messages.success(request, "The device was changed.")
            return redirect("feasibility", request.institution.slug, case.pk)
    context = {"case": case, "device": device, "form": form}
    return form_page(request, "cases/device.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def device_remove(request: InstitutionRequest, case_id: UUID, device_id: UUID) -> HttpResponse:
    """Take back a device that was entered by mistake."""
    case = case_or_404(case_id)
    device = get_object_or_404(Device.objects.filter(patient=case.patient), pk=device_id)
    devices.remove(device=device, by=request.user)
    messages.success(request, "The entry was removed.")
    return redirect("feasibility", request.institution.slug, case.pk)


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def allergy_new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a reaction."""
    case = case_or_404(case_id)
    form = AllergyForm(request.POST or None)
    if form.is_valid():
        with errors_on(form):
            allergies.add(patient=case.patient, by=request.user, **form.cleaned_data)
            messages.success(request, "The reaction was added.")
            return redirect("feasibility", request.institution.slug, case.pk)
    return form_page(request, "cases/allergy.html", {"case": case, "form": form})


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def allergy_edit(request: InstitutionRequest, case_id: UUID, allergy_id: UUID) -> HttpResponse:
    """Correct a reaction, or say that it was refuted."""
    case = case_or_404(case_id)
    allergy = get_object_or_404(Allergy.objects.filter(patient=case.patient), pk=allergy_id)
    form = AllergyForm(
        request.POST or None, initial=initial_of(allergy, list(AllergyForm.base_fields))
    )
    watch(form, allergy)
    if form.is_valid():
        with errors_on(form):
            allergies.change(allergy=allergy, by=request.user, **form.cleaned_data)
            messages.success(request, "The reaction was changed.")
            return redirect("feasibility", request.institution.slug, case.pk)
    context = {"case": case, "allergy": allergy, "form": form}
    return form_page(request, "cases/allergy.html", context)


@institution_view(Permission.CASE_WRITE)
@require_POST
def allergy_remove(request: InstitutionRequest, case_id: UUID, allergy_id: UUID) -> HttpResponse:
    """Take back a reaction that was entered by mistake."""
    case = case_or_404(case_id)
    allergy = get_object_or_404(Allergy.objects.filter(patient=case.patient), pk=allergy_id)
    allergies.remove(allergy=allergy, by=request.user)
    messages.success(request, "The entry was removed.")
    return redirect("feasibility", request.institution.slug, case.pk)
