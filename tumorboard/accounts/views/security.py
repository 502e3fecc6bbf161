"""A person's own page about how they sign in: factors, sessions, history."""

import uuid

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django import forms
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tumorboard.accounts import recovery_codes, second_factor, sessions, sign_in_history
from tumorboard.accounts.access import SignedInRequest, public_view
from tumorboard.accounts.factor_adapter import FactorAdapter
from tumorboard.accounts.sso import bound
from tumorboard.accounts.turned_away import factor_first, safe_next

OWN = "shows and changes only how the person who is signed in signs in"


@public_view(OWN)
@login_required
@require_safe
def security(request: SignedInRequest) -> HttpResponse:
    """Everything about one's own sign-in."""
    if _must_prove(request):
        return factor_first(request)
    factors = Authenticator.objects.filter(user=request.user).order_by("created_at")
    codes = next((f for f in factors if f.type == Authenticator.Type.RECOVERY_CODES), None)
    reach = bound.reach_of(request)
    context = {
        "app": next((f for f in factors if f.type == Authenticator.Type.TOTP), None),
        "passkeys": [f.wrap() for f in factors if f.type == Authenticator.Type.WEBAUTHN],
        "codes": codes,
        "codes_left": recovery_codes.left(codes) if codes else 0,
        "is_required": second_factor.is_required(),
        "is_bound": bound.binding_of(request) is not None,
        "session_count": len(sessions.sessions_of(request.user, bound_to=reach)),
        "lines": sign_in_history.lines_of(request.user, bound_to=reach),
        "kept_days": sign_in_history.KEPT.days,
    }
    return render(request, "account/security.html", context)


@public_view(OWN)
@login_required
@require_safe
def set_up(request: SignedInRequest) -> HttpResponse:
    """Choose the first second factor; afterwards on to where one wanted to go."""
    given = safe_next(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
    if second_factor.has_one(request.user):
        return redirect(given or "security")
    if bound.binding_of(request) is not None:
        # A provider must not put a factor into place that would open other institutions later.
        return render(request, "account/factor_missing.html", status=403)
    request.session[second_factor.NEXT] = given
    return render(request, "account/set_up.html")


@public_view(OWN)
@login_required
@require_POST
def codes_kept(request: SignedInRequest) -> HttpResponse:
    """The person says that they have their recovery codes; on to where they wanted to go."""
    recovery_codes.keep_hashes(request.user)
    request.session.pop(second_factor.CODES_WAIT, None)
    return redirect(request.session.pop(second_factor.NEXT, "") or "security")


@public_view(OWN)
@login_required
@require_safe
def signed_in_where(request: SignedInRequest) -> HttpResponse:
    """Every browser in which the person is signed in."""
    if _must_prove(request):
        return factor_first(request)
    context = {
        "rows": sessions.sessions_of(request.user, bound_to=bound.reach_of(request)),
        "current": request.session.session_key,
    }
    return render(request, "account/sessions.html", context)


@public_view(OWN)
@login_required
@require_POST
@reauthentication_required(app="allauth.mfa")
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """End one session elsewhere, or all others."""
    if _must_prove(request):
        return factor_first(request)
    reach = bound.reach_of(request)
    if "all" in request.POST:
        key = request.session.session_key
        ended = sessions.end_all(request.user, but=key, bound_to=reach)
    else:
        ended = int(sessions.end_one(request.user, _session_id(request), bound_to=reach))
    if ended:
        kind = sign_in_history.Kind.SESSION_ENDED
        sign_in_history.note(user=request.user, kind=kind, request=request)
        words = "One session is ended." if ended == 1 else f"{ended} sessions are ended."
        messages.success(request, words)
    else:
        messages.info(request, "There was no such session any more.")
    return redirect("signed_in_where")


@public_view(OWN)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.mfa")
def remove_passkey(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a passkey, unless it is the last factor where one is required."""
    if _must_prove(request):
        return factor_first(request)
    passkey = get_object_or_404(
        Authenticator, user=request.user, type=Authenticator.Type.WEBAUTHN, pk=pk
    )
    if not FactorAdapter().can_delete_authenticator(passkey):
        messages.error(request, FactorAdapter.error_messages["cannot_delete_authenticator"])
        return redirect("security")
    answer: HttpResponse = remove_webauthn(request, pk=pk)
    return redirect("security") if answer.status_code == 302 else answer


@public_view("leads to the page about one's own sign-in")
def overview(request: HttpRequest) -> HttpResponse:
    """Instead of allauth's own overviews."""
    return redirect("security")


def _must_prove(request: SignedInRequest) -> bool:
    """Whether the person has a factor that this session has not proven."""
    return second_factor.is_wanting(request) and second_factor.has_one(request.user)


def _session_id(request: HttpRequest) -> uuid.UUID:
    try:
        return forms.UUIDField().clean(request.POST.get("session", ""))
    except forms.ValidationError:
        return uuid.UUID(int=0)
