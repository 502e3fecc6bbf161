"""Signing in at an institution's own identity provider."""

import json
import logging
import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tumorboard.accounts import rate_limits, second_factor, sign_in_history
from tumorboard.accounts.access import (
    InstitutionRequest,
    institution_view,
    permissions_in_scope,
    public_view,
)
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.accounts.sso import arrivals, bound, door, installation_key, oidc, pending, saml
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.identity import Identity
from tumorboard.accounts.sso.pending import Pending, Purpose
from tumorboard.accounts.sso_models import IdentityProvider, ProtocolKind
from tumorboard.accounts.turned_away import safe_next
from tumorboard.accounts.views.home import start_of
from tumorboard.audit.origin import client_network, requested
from tumorboard.audit.record import record
from tumorboard.tenancy.models import SLUG, Institution
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)

NOBODY = "nobody is signed in yet"
#: How the history of sign-ins calls it.
METHOD = "single sign-on"
#: [INT] Seconds between a SAML response and the browser's next request.
HANDED_OVER_SECONDS = 60
#: Seconds by which the provider's clock may be behind.
LEEWAY = 60
#: [INT] From one address; a whole hospital may come from one.
MOST_A_MINUTE = rate_limits.Limit("single-sign-on", 240)
#: `Sec-Fetch-Site` of a page of ours, and of what a person types or has among their bookmarks.
SENT_FROM_HERE = ("same-origin", "none")
#: Parameters of an OIDC answer that are read.
ANSWER = ("code", "error", "iss", "state")


@public_view(NOBODY)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """On to the page of the institution whose short name was typed; there is no list of them."""
    slug = request.POST.get("institution", "").strip().lower()
    next_url = safe_next(request, request.POST.get(REDIRECT_FIELD_NAME, ""))
    if not SLUG.regex.search(slug):
        context = {"typed": slug[:50], "next": next_url}
        return render(request, "account/institution_sign_in.html", context, status=422)
    return redirect(_with_next(reverse("institution_sign_in", args=[slug]), next_url))


@public_view("is the same for an institution without a provider and for one that is not there")
@require_safe
def institution(request: HttpRequest, slug: str) -> HttpResponse:
    """The buttons of an institution's providers."""
    found = Institution.objects.filter(slug=slug).first()
    providers: list[IdentityProvider] = []
    if found is not None:
        with institution_scope(found):
            rows = IdentityProvider.objects.filter(is_on=True)
            providers = list(rows.order_by("label", "pk"))
    context = {
        "name": found.name if found and providers else "",
        "providers": [(p.label, reverse("provider_sign_in", args=[slug, p.pk])) for p in providers],
        "typed": slug,
        "next": safe_next(request, request.GET.get(REDIRECT_FIELD_NAME, "")),
    }
    return render(request, "account/institution_sign_in.html", context)


@public_view(NOBODY)
@require_safe
def begin(request: HttpRequest, slug: str, provider_id: str) -> HttpResponse:
    """To the provider. A link and no form: the policy lets no form lead away from here.

    Another site's link leads to the page with the button instead: nobody is signed in unasked.
    """
    if (allowance := _counted(request)).is_exceeded:
        return rate_limits.refusal(allowance)
    found, provider = _provider(slug, provider_id)
    if not provider.is_on:
        raise Http404
    next_url = safe_next(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if is_sent_by_another_site(request):
        return redirect(_with_next(reverse("institution_sign_in", args=[slug]), next_url))
    return send(request, found, provider, Purpose.SIGN_IN, next_url)


@institution_view(Permission.DECISION_SIGN)
@require_safe
def confirm(request: InstitutionRequest) -> HttpResponse:
    """To the provider once more, which asks the person again, so that they may sign."""
    binding = bound.binding_of(request)
    next_url = safe_next(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if binding is not None and binding.is_by_ehr:
        # An EHR confirms nobody: who has no password begins a session at the provider instead.
        way = reverse("institution_sign_in", args=[request.institution.slug])
        return redirect(_with_next(way, next_url))
    if binding is None or is_sent_by_another_site(request):
        return redirect(next_url or start_of(request.institution, request.permissions))
    provider = IdentityProvider.objects.get(pk=binding.provider_id)
    return send(request, request.institution, provider, Purpose.CONFIRM, next_url)


@public_view(NOBODY)
@require_safe
def oidc_callback(request: HttpRequest, slug: str, provider_id: str) -> HttpResponse:
    """The browser is back from an OIDC provider."""
    found, provider = _provider(slug, provider_id)
    try:
        begun = pending.take(request, key=request.GET.get("state", ""), provider=str(provider.pk))
    except SignInFault:
        # The same as where no such provider is: only this browser's own sign-in is answered.
        raise Http404 from None
    answer = {name: request.GET[name] for name in ANSWER if name in request.GET}
    try:
        identity = oidc.identity(slug, provider, begun, answer)
    except SignInFault as error:
        return refused(request, slug, error.fault)
    return _finish(request, found, provider, begun, identity)


@csrf_exempt
@public_view("a provider's signed response proves itself; the browser's cookie does not come along")
@require_POST
def saml_consume(request: HttpRequest, slug: str) -> HttpResponse:
    """A SAML response, judged and spent; who it is about comes with the browser's next request.

    The response is posted from the provider's site, so the session's cookie stays away
    (SameSite). The redirect brings it, and only then is it known whether this browser asked.
    """
    if (allowance := _counted(request)).is_exceeded:
        return rate_limits.refusal(allowance)
    response = request.POST.get("SAMLResponse", "")
    try:
        issuer = saml.issuer_of(response)
        found = Institution.objects.filter(slug=slug).first()
        if found is None:
            raise SignInFault(Fault.ISSUER)
        with institution_scope(found):
            rows = IdentityProvider.objects.filter(kind=ProtocolKind.SAML, issuer=issuer)
            provider = rows.first()
            if provider is None:
                raise SignInFault(Fault.ISSUER)
            request_id, identity = saml.identity(slug, provider, response)
    except SignInFault as error:
        return refused(request, slug, error.fault)
    ticket = new_secret()
    cache.set(_ticket_key(ticket), (slug, provider.pk, request_id, identity), HANDED_OVER_SECONDS)
    url = reverse("saml_finish", args=[slug])
    return redirect(f"{url}?{urlencode({'ticket': ticket})}")


@public_view(NOBODY)
@require_safe
def saml_finish(request: HttpRequest, slug: str) -> HttpResponse:
    """The browser itself is back from a SAML provider."""
    key = _ticket_key(request.GET.get("ticket", ""))
    kept = cache.get(key)
    # Whoever deletes it has it: of two requests with one ticket, one goes on.
    if kept is None or not cache.delete(key) or kept[0] != slug:
        return refused(request, slug, Fault.NOT_BEGUN)
    _, provider_id, request_id, identity = kept
    found, provider = _provider(slug, provider_id)
    try:
        begun = pending.take(request, key=request_id, provider=str(provider.pk))
    except SignInFault as error:
        return refused(request, slug, error.fault)
    return _finish(request, found, provider, begun, identity)


@public_view("says only what anybody knows: our addresses, the same for every short name")
@require_safe
def saml_metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """Our metadata, for the provider's people."""
    return HttpResponse(saml.our_metadata(slug), content_type="application/samlmetadata+xml")


@public_view("the public half of the installation's key")
@require_safe
def key_set(request: HttpRequest) -> HttpResponse:
    """What OIDC providers check our assertions with."""
    return JsonResponse(installation_key.key_set())


def send(
    request: HttpRequest,
    found: Institution,
    provider: IdentityProvider,
    purpose: Purpose,
    next_url: str = "",
) -> HttpResponse:
    """Send the browser to a provider, and keep what its answer must match."""
    again = purpose == Purpose.CONFIRM
    asked = {"provider": str(provider.pk), "purpose": purpose, "next_url": next_url}
    try:
        if provider.kind == ProtocolKind.SAML:
            key, url = saml.request_of(found.slug, provider, again=again)
            pending.begin(request, key=key, **asked)
        else:
            begun = pending.begin(request, **asked)
            url = oidc.authorization_url(found.slug, provider, begun)
    except SignInFault as error:
        return refused(request, found.slug, error.fault)
    return redirect(url)


def refused(request: HttpRequest, slug: str, fault: Fault) -> HttpResponse:
    """Say that nobody is signed in, why as far as that helps the person, and whom to ask."""
    logger.warning("single sign-on at %s: %s", slug, fault.value)
    context = {"fault": fault.name, "slug": slug}
    return render(request, "account/provider_refused.html", context, status=403)


def is_sent_by_another_site(request: HttpRequest) -> bool:
    """Whether another site's page sent the browser here, as far as the browser says so.

    Browsers since 2023 say it in a header that no page can change; older ones only by the page
    that they come from, if by anything.
    """
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said not in SENT_FROM_HERE
    came_from = request.headers.get("Referer", "")
    return bool(came_from) and not safe_next(request, came_from)


def _counted(request: HttpRequest) -> rate_limits.Allowance:
    """What a stranger can make the server ask or reckon is bounded by their address."""
    return rate_limits.count(MOST_A_MINUTE, client_network(request))


def _provider(slug: str, provider_id: str) -> tuple[Institution, IdentityProvider]:
    """One provider of one institution, outside any scope: asking it must hold no transaction."""
    found = Institution.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    with institution_scope(found):
        provider = IdentityProvider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise Http404
    return found, provider


def _finish(
    request: HttpRequest,
    found: Institution,
    provider: IdentityProvider,
    begun: Pending,
    identity: Identity,
) -> HttpResponse:
    finish = {
        Purpose.SIGN_IN: _sign_in,
        Purpose.CONFIRM: _confirm,
        Purpose.TRY: _show,
    }[Purpose(begun.purpose)]
    with institution_scope(found), requested(request):
        return finish(request, found, provider, begun, identity)


def _sign_in(
    request: HttpRequest,
    found: Institution,
    provider: IdentityProvider,
    begun: Pending,
    identity: Identity,
) -> HttpResponse:
    arrival = arrivals.arrive(provider=provider, identity=identity)
    if arrival.fault is not None or arrival.user is None:
        if arrival.user is not None:
            kind = sign_in_history.Kind.PROVIDER_REFUSED
            sign_in_history.note(
                user=arrival.user, kind=kind, request=request, method=METHOD, bound_to=found.pk
            )
        return refused(request, found.slug, arrival.fault or Fault.SUBJECT)
    user = arrival.user
    # Nothing that anybody did in this browser before goes along.
    request.session.flush()
    bound.announce(request, found.pk)
    record_authentication(request, user, method=METHOD)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    has_factor = arrivals.has_factor(provider, identity)
    bound.bind(request, bound.Binding(found.pk, provider.pk, has_factor))
    return redirect(begun.next or start_of(found, permissions_in_scope(user)))


def _confirm(
    request: HttpRequest,
    found: Institution,
    provider: IdentityProvider,
    begun: Pending,
    identity: Identity,
) -> HttpResponse:
    binding = bound.binding_of(request)
    is_its = binding is not None and binding.provider_id == provider.pk
    if not (is_its and _is_on(provider) and _is_same(request, begun)):
        return refused(request, found.slug, Fault.NOT_BEGUN)
    if arrivals.linked_person(provider, identity) != request.user:
        return refused(request, found.slug, Fault.OTHER_PERSON)
    asked_at = identity.authenticated_at.timestamp() if identity.authenticated_at else 0
    if not begun.began_at - LEEWAY <= asked_at <= time.time() + LEEWAY:
        return refused(request, found.slug, Fault.STALE)
    bound.confirm(request)
    kind = sign_in_history.Kind.CONFIRMED
    sign_in_history.note(user=_person(request), kind=kind, request=request, method=METHOD)
    return redirect(begun.next or start_of(found, permissions_in_scope(_person(request))))


def _show(
    request: HttpRequest,
    found: Institution,
    provider: IdentityProvider,
    begun: Pending,
    identity: Identity,
) -> HttpResponse:
    """What a provider said of an administrator, to them alone; nothing is kept of it."""
    may = (
        _is_same(request, begun)
        and not second_factor.is_wanting(request)
        and not door.is_closed(request, found)
        and Permission.PEOPLE_MANAGE in permissions_in_scope(_person(request))
    )
    if not may:
        return refused(request, found.slug, Fault.NOT_BEGUN)
    record(action="provider.tried", subject=provider, by=request.user)
    shown_request: InstitutionRequest = request  # type: ignore[assignment]
    shown_request.institution = found
    shown_request.permissions = permissions_in_scope(_person(request))
    context = {
        "provider": provider,
        "identity": identity,
        "claims": [(name, _as_text(value)) for name, value in sorted(identity.shown.items())],
        "roles": arrivals.labels_of(arrivals.roles_of(provider, identity)),
        "has_factor": arrivals.has_factor(provider, identity),
        "is_in_domain": identity.email.rpartition("@")[2].lower() in provider.email_domains,
    }
    return render(request, "people/provider_tried.html", context)


def _as_text(value: Any) -> str:
    """A claim as a page shows it: several texts one after the other, all else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _is_on(provider: IdentityProvider) -> bool:
    """Whether it is on now; it may have been switched off while the person was there."""
    return IdentityProvider.objects.filter(pk=provider.pk, is_on=True).exists()


def _is_same(request: HttpRequest, begun: Pending) -> bool:
    """Whether the person who began is still the one who is signed in."""
    return bool(request.user.is_authenticated and str(request.user.pk) == begun.person)


def _person(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user


def _with_next(url: str, next_url: str) -> str:
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: next_url})}" if next_url else url


def _ticket_key(ticket: str) -> str:
    return f"saml:{hash_of(ticket)}"
