"""Which EHRs ask by CDS Hooks: the pages of those who manage API clients."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import HookClient
from cases.selectors import hook_clients as selectors
from cases.services import hook_clients as services
from cases.services.errors import Refused
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.hook_clients import EnrollForm, NewKeysForm, WaysForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.keys import algorithm_of
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def hook_clients(request: InstitutionRequest) -> HttpResponse:
    """All of them."""
    context = {"rows": selectors.hook_clients(), "address": _address(request)}
    return render(request, "hooks/clients.html", context)


@institution_view(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest) -> HttpResponse:
    """Register one with its public keys."""
    form = EnrollForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with errors_on(form):
            row = services.enroll(**form.enrolled, by=request.user)
            messages.success(request, "The EHR is registered.")
            return redirect("hook_client", request.institution.slug, row.pk)
    return form_page(request, "hooks/new.html", {"form": form})


@institution_view(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def hook_client(request: InstitutionRequest, hook_client_id: uuid.UUID) -> HttpResponse:
    """One of them: its last call, its keys; and changing how it asks."""
    row = _found(hook_client_id)
    form = _form(row, request.POST or None)
    if form.is_valid():
        with errors_on(form):
            services.register(client=row.client, ways=form.ways, by=request.user)
            messages.success(request, "How the EHR asks is saved.")
            return redirect("hook_client", request.institution.slug, row.pk)
    return _page(request, row, form=form)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def keys(request: InstitutionRequest, hook_client_id: uuid.UUID) -> HttpResponse:
    """Other public keys."""
    row = _found(hook_client_id)
    form = NewKeysForm(request.POST, request.FILES)
    if form.is_valid():
        with errors_on(form):
            services.replace_keys(row=row, jwks=form.cleaned_data["jwks"], by=request.user)
            messages.success(request, "From now on the EHR signs with these keys.")
            return redirect("hook_client", request.institution.slug, row.pk)
    return _page(request, row, wrong_keys=form)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def switch_off(request: InstitutionRequest, hook_client_id: uuid.UUID) -> HttpResponse:
    """Answer it no more."""
    return _done(request, hook_client_id, services.switch_off, "The EHR is switched off.")


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def switch_on(request: InstitutionRequest, hook_client_id: uuid.UUID) -> HttpResponse:
    """Answer it again."""
    return _done(request, hook_client_id, services.switch_on, "The EHR is switched on.")


def _found(key: uuid.UUID) -> HookClient:
    found = selectors.hook_client(key)
    if found is None:
        raise Http404
    return found


def _address(request: InstitutionRequest) -> str:
    return services.discovery_address(request.institution.slug)


def _form(row: HookClient, data: Any = None) -> WaysForm:
    form = WaysForm.of(row, data)
    watch(form, row)
    return form


def _done(
    request: InstitutionRequest, key: uuid.UUID, work: Callable[..., Any], said: str
) -> HttpResponse:
    row = _found(key)
    try:
        work(row=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("hook_client", request.institution.slug, row.pk)


def _page(
    request: InstitutionRequest,
    row: HookClient,
    *,
    form: WaysForm | None = None,
    wrong_keys: NewKeysForm | None = None,
) -> HttpResponse:
    # The form with errors is `form`, since its errors stand at the top of the page.
    context = {
        "row": row,
        "form": wrong_keys or form or _form(row),
        "ways_form": form or _form(row),
        "keys_form": wrong_keys or NewKeysForm(),
        "algorithms": [(key["kid"], algorithm_of(key)) for key in row.client.keys],
        "address": _address(request),
    }
    return form_page(request, "hooks/client.html", context)
