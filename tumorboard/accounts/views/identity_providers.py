"""An institution's identity providers, for its administrators."""

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts import sign_in_policies
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso import addresses, installation_key, metadata, providers
from tumorboard.accounts.sso.forms import (
    MetadataForm,
    OidcForm,
    ProviderForm,
    RequiredForm,
    SamlForm,
)
from tumorboard.accounts.sso.pending import Purpose
from tumorboard.accounts.sso.proposals import PROVIDER_TERMS
from tumorboard.accounts.sso.reach import Reach
from tumorboard.accounts.sso_models import IdentityProvider, ProtocolKind, ProviderLink
from tumorboard.accounts.views.second_administrator import decide
from tumorboard.accounts.views.single_sign_on import send

#: [INT] People on a provider's page, who came last.
SHOWN = 200


class Certificate(NamedTuple):
    """Until when one of a provider's certificates holds, and whether that is soon."""

    until: Any
    runs_out_soon: bool


@institution_view(Permission.PEOPLE_MANAGE)
@require_safe
def identity_providers(request: InstitutionRequest) -> HttpResponse:
    """All of them, and whether people must come through one."""
    return _list(request, _required_form())


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def require_provider(request: InstitutionRequest) -> HttpResponse:
    """Say whether people must come through a provider."""
    form = RequiredForm(request.POST, people=providers.helpers())
    if form.is_valid():
        try:
            providers.require(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "How people of this institution come in is saved.")
            return redirect("identity_providers", request.institution.slug)
    return _list(request, form)


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_oidc(request: InstitutionRequest) -> HttpResponse:
    """Name a provider that speaks OpenID Connect."""
    form = OidcForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            provider = providers.add_oidc(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _added(request, provider)
    context = {"form": form, "origins": sorted(Reach.of(request.institution.slug).origins)}
    return render(request, "people/provider_add_oidc.html", context, status=status_of(form))


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_saml(request: InstitutionRequest) -> HttpResponse:
    """Name a provider that speaks SAML."""
    is_sent = request.method == "POST"
    form = SamlForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        try:
            provider = providers.add_saml(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error("metadata_xml", error)
        else:
            return _added(request, provider)
    context = {"form": form, **_our_saml(request)}
    return render(request, "people/provider_add_saml.html", context, status=status_of(form))


@institution_view(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def identity_provider(request: InstitutionRequest, provider_id: uuid.UUID) -> HttpResponse:
    """One provider: what its people need, whom it speaks of, what its groups mean."""
    provider = _found(provider_id)
    form = ProviderForm.of(provider, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            providers.change(provider=provider, **form.given, by=request.user)
        except ValidationError as error:
            put_on(form, error)
        else:
            return _saved(request, provider)
    return _page(request, provider, form=form)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def renew(request: InstitutionRequest, provider_id: uuid.UUID) -> HttpResponse:
    """New metadata of the same SAML provider, as when its certificate changes."""
    provider = _found(provider_id)
    form = MetadataForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            providers.renew_metadata(provider=provider, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error("metadata_xml", error)
        else:
            return _saved(request, provider)
    return _page(request, provider, metadata_form=form)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def confirm_change(request: InstitutionRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Let what another administrator changed hold, or forget it."""
    provider = _found(provider_id)
    decide(request, PROVIDER_TERMS, provider, holds_from="each person's next sign-in")
    return redirect("identity_provider", request.institution.slug, provider.pk)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def switch(request: InstitutionRequest, provider_id: uuid.UUID) -> HttpResponse:
    """On, or off."""
    provider = _found(provider_id)
    try:
        if "on" in request.POST:
            providers.switch_on(provider=provider, by=request.user)
            messages.success(request, "The provider is offered at sign-in.")
        else:
            key = request.session.session_key
            providers.switch_off(provider=provider, by=request.user, session_key=key)
            messages.success(request, "The provider is off, and its people are signed out.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("identity_provider", request.institution.slug, provider.pk)


@institution_view(Permission.PEOPLE_MANAGE)
@require_safe
def try_out(request: InstitutionRequest, provider_id: uuid.UUID) -> HttpResponse:
    """To the provider and back, to see what it says of oneself; nobody is signed in by it."""
    return send(request, request.institution, _found(provider_id), Purpose.TRY)


@institution_view(Permission.PEOPLE_MANAGE)
@require_POST
def unlink(request: InstitutionRequest, provider_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Forget who a person is at the provider."""
    provider = _found(provider_id)
    try:
        user = providers.unlink(provider=provider, user_id=user_id, by=request.user)
    except ProviderLink.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"{user.name} is linked anew at the next sign-in.")
    return redirect("identity_provider", request.institution.slug, provider.pk)


def _found(provider_id: uuid.UUID) -> IdentityProvider:
    rows = IdentityProvider.objects.select_related("unconfirmed_by")
    found: IdentityProvider = get_object_or_404(rows, pk=provider_id)
    return found


def _saved(request: InstitutionRequest, provider: IdentityProvider) -> HttpResponse:
    provider.refresh_from_db()
    if provider.unconfirmed_by_id is None:
        messages.success(request, "Saved. It holds from each person's next sign-in on.")
    else:
        messages.success(request, "Saved. It holds once another administrator has confirmed it.")
    return redirect("identity_provider", request.institution.slug, provider.pk)


def _added(request: InstitutionRequest, provider: IdentityProvider) -> HttpResponse:
    messages.success(request, "The provider is added. Say what its groups mean, then try it out.")
    return redirect("identity_provider", request.institution.slug, provider.pk)


def _required_form() -> RequiredForm:
    policy = sign_in_policies.policy()
    initial = {
        "is_required": "yes" if policy.requires_provider else "no",
        "emergency_administrator": policy.emergency_administrator_id,
    }
    return RequiredForm(people=providers.helpers(), initial=initial)


def _list(request: InstitutionRequest, form: RequiredForm) -> HttpResponse:
    rows = IdentityProvider.objects.order_by("label", "pk")
    context = {"providers": [(row, _certificates(row)) for row in rows], "form": form}
    return render(request, "people/providers.html", context, status=status_of(form))


def _page(
    request: InstitutionRequest,
    provider: IdentityProvider,
    *,
    form: ProviderForm | None = None,
    metadata_form: MetadataForm | None = None,
) -> HttpResponse:
    links = ProviderLink.objects.filter(provider=provider, subject__isnull=False)
    context: dict[str, Any] = {
        "provider": provider,
        "form": form or ProviderForm.of(provider),
        "certificates": _certificates(provider),
        "links": links.select_related("user").order_by("-last_used_at", "pk")[:SHOWN],
    }
    if provider.unconfirmed_by is not None:
        context |= {
            "waiting": PROVIDER_TERMS.differences(provider),
            "version": PROVIDER_TERMS.version_of(provider),
            "is_own": provider.unconfirmed_by == request.user,
        }
    if provider.kind == ProtocolKind.SAML:
        context |= {"metadata_form": metadata_form or MetadataForm(), **_our_saml(request)}
    else:
        slug = request.institution.slug
        reach = Reach.of(slug)
        context |= {
            "redirect_uri": addresses.redirect_uri(slug, provider),
            "key_set": addresses.key_set() if installation_key.is_there() else "",
            "has_secret": provider.client_id in reach.secrets,
            "is_allowed": reach.allows(provider.issuer),
        }
    status = max(
        status_of(form) if form else 200, status_of(metadata_form) if metadata_form else 200
    )
    return render(request, "people/provider.html", context, status=status)


def _our_saml(request: InstitutionRequest) -> dict[str, str]:
    slug = request.institution.slug
    return {
        "entity_id": addresses.entity_id(slug),
        "assertion_consumer": addresses.assertion_consumer(slug),
    }


def _certificates(provider: IdentityProvider) -> list[Certificate]:
    moments = sorted(metadata.expiry(certificate) for certificate in provider.certificates)
    return [Certificate(until, metadata.runs_out_soon(until)) for until in moments]


def put_on(form: Form, error: ValidationError) -> None:
    """The service's reasons beside the fields, those of no field of this form above them."""
    for name, reasons in getattr(error, "message_dict", {None: error.messages}).items():
        form.add_error(name if name in form.fields else None, reasons)


def status_of(form: Form) -> int:
    """Of the page that shows a form."""
    return 422 if form.errors else 200
