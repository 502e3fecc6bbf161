"""The API clients of an institution."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts import clients as services
from tumorboard.accounts import selectors
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.client_forms import AccessForm, KeysForm, RegistrationForm
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.errors import ClientDisabled, KeysElsewhere
from tumorboard.accounts.keys import algorithm_of
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.smart import token_address


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def clients(request: InstitutionRequest) -> HttpResponse:
    """All of them, those that are disabled last."""
    return render(request, "clients/clients.html", {"clients": selectors.clients()})


@institution_view(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: InstitutionRequest) -> HttpResponse:
    """Register a system with its public keys."""
    form = RegistrationForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            client = services.register(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The client is registered.")
            return redirect("client", request.institution.slug, client.pk)
    return render(request, "clients/register.html", {"form": form}, status=_status(form))


@institution_view(Permission.CLIENT_MANAGE)
@require_safe
def client(request: InstitutionRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client: what it may do, and its keys."""
    return _page(request, _found(client_id))


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def access(request: InstitutionRequest, client_id: uuid.UUID) -> HttpResponse:
    """Other scopes, another limit."""
    found = _found(client_id)
    form = AccessForm.of(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        services.set_access(client=found, **form.cleaned_data, by=request.user)
    except ClientDisabled as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "What the client may do is saved.")
    return redirect("client", request.institution.slug, found.pk)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def add_keys(request: InstitutionRequest, client_id: uuid.UUID) -> HttpResponse:
    """Further public keys."""
    found = _found(client_id)
    form = KeysForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, keys_form=form)
    try:
        services.add_keys(client=found, **form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, keys_form=form)
    except ClientDisabled as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The client can sign with the new key.")
    return redirect("client", request.institution.slug, found.pk)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def remove_key(request: InstitutionRequest, client_id: uuid.UUID) -> HttpResponse:
    """Take one key away."""
    found = _found(client_id)
    try:
        services.remove_key(client=found, kid=request.POST.get("kid", ""), by=request.user)
    except (ClientDisabled, KeysElsewhere) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The key is removed, and the client's tokens are over.")
    return redirect("client", request.institution.slug, found.pk)


@institution_view(Permission.CLIENT_MANAGE)
@require_POST
def disable(request: InstitutionRequest, client_id: uuid.UUID) -> HttpResponse:
    """End a client."""
    found = _found(client_id)
    try:
        services.disable(client=found, by=request.user)
    except ClientDisabled as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The client is disabled, and its tokens are over.")
    return redirect("clients", request.institution.slug)


def _found(client_id: uuid.UUID) -> ApiClient:
    rows = ApiClient.objects.select_related("registered_by")
    found: ApiClient = get_object_or_404(rows, pk=client_id)
    return found


def _page(
    request: InstitutionRequest,
    found: ApiClient,
    *,
    form: AccessForm | None = None,
    keys_form: KeysForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "client": found,
        "form": form or AccessForm.of(found),
        "keys_form": keys_form or KeysForm(),
        "algorithms": [(key["kid"], algorithm_of(key)) for key in found.keys],
        "token_address": token_address(request.institution.slug),
    }
    wrong = form or keys_form
    return render(request, "clients/client.html", context, status=_status(wrong) if wrong else 200)


def _status(form: AccessForm | KeysForm) -> int:
    return 422 if form.errors else 200
