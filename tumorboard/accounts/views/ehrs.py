"""The EHRs that open Tumorboard, for an institution's administrators."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.ehrs import addresses, registrations
from tumorboard.accounts.ehrs.forms import EhrForm, NewEhrForm
from tumorboard.accounts.ehrs.terms import EHR_TERMS
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso import addresses as ours
from tumorboard.accounts.sso import installation_key
from tumorboard.accounts.sso.reach import Reach
from tumorboard.accounts.views.identity_providers import SHOWN, put_on, status_of
from tumorboard.accounts.views.second_administrator import decide


@institution_view(Permission.PEOPLE_MANAGE)
@require_safe
def ehrs(request: InstitutionRequest) -> HttpResponse:
    """All of them, and where they send people."""
    slug = request.institution.slug
    context = {
        "ehrs": Ehr.objects.order_by("label", "pk"),
        "launch": addresses.launch(slug),
        "standalone": addresses.standalone(slug),
    }
    return render(request, "people/ehrs.html", context)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: InstitutionRequest) -> HttpResponse:
    """Name an EHR."""
    form = NewEhrForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ehr = registrations.add(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            put_on(form, error)
        else:
            messages.success(request, "The EHR is added. Say which identifiers are record numbers.")
            return redirect("ehr", request.institution.slug, ehr.pk)
    slug = request.institution.slug
    context = {
        "form": form,
        "origins": sorted(Reach.of(slug).origins),
        "launch": addresses.launch(slug),
    }
    return render(request, "people/ehr_add.html", context, status=status_of(form))


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def ehr(request: InstitutionRequest, ehr_id: uuid.UUID) -> HttpResponse:
    """One EHR: what its people type in, what it may say, who came by it."""
    found = _found(ehr_id)
    form = EhrForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            registrations.change(ehr=found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            put_on(form, error)
        else:
            return _saved(request, found)
    return _page(request, found, form)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def confirm_change(request: InstitutionRequest, ehr_id: uuid.UUID) -> HttpResponse:
    """Let what another administrator changed hold, or forget it."""
    found = _found(ehr_id)
    decide(request, EHR_TERMS, found, holds_from="the next launch")
    return redirect("ehr", request.institution.slug, found.pk)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def switch(request: InstitutionRequest, ehr_id: uuid.UUID) -> HttpResponse:
    """On, or off."""
    found = _found(ehr_id)
    try:
        if "on" in request.POST:
            registrations.switch_on(ehr=found, by=request.user)
            messages.success(request, "The EHR may open Tumorboard.")
        else:
            key = request.session.session_key
            registrations.switch_off(ehr=found, by=request.user, session_key=key)
            messages.success(request, "The EHR is off, and its people are signed out.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("ehr", request.institution.slug, found.pk)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def unlink(request: InstitutionRequest, ehr_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Forget who a person is at the EHR."""
    found = _found(ehr_id)
    try:
        user = registrations.unlink(ehr=found, user_id=user_id, by=request.user)
    except EhrLink.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"{user.name} is linked anew at the next launch.")
    return redirect("ehr", request.institution.slug, found.pk)


def _found(ehr_id: uuid.UUID) -> Ehr:
    found: Ehr = get_object_or_404(Ehr.objects.select_related("unconfirmed_by"), pk=ehr_id)
    return found


def _saved(request: InstitutionRequest, found: Ehr) -> HttpResponse:
    found.refresh_from_db()
    if found.unconfirmed_by_id is None:
        messages.success(request, "Saved. It holds from the next launch on.")
    else:
        messages.success(request, "Saved. It holds once another administrator has confirmed it.")
    return redirect("ehr", request.institution.slug, found.pk)


def _page(request: InstitutionRequest, found: Ehr, form: EhrForm) -> HttpResponse:
    slug = request.institution.slug
    reach = Reach.of(slug)
    context = {
        "ehr": found,
        "form": form,
        "launch": addresses.launch(slug),
        "standalone": addresses.standalone(slug),
        "redirect_uri": addresses.redirect_uri(slug, found),
        "key_set": ours.key_set() if installation_key.is_there() else "",
        "has_secret": found.client_id in reach.secrets,
        "is_allowed": reach.allows(found.fhir_base),
        "links": EhrLink.objects.filter(ehr=found)
        .select_related("user")
        .order_by("-last_used_at", "pk")[:SHOWN],
    }
    if found.unconfirmed_by is not None:
        context |= {
            "waiting": EHR_TERMS.differences(found),
            "version": EHR_TERMS.version_of(found),
            "is_own": found.unconfirmed_by == request.user,
        }
    return render(request, "people/ehr.html", context, status=status_of(form))
