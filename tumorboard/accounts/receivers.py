"""What follows from a sign-in, a sign-out, and every change of how a person signs in."""

import logging
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tumorboard.accounts import (
    device,
    notices,
    second_factor,
    selectors,
    sessions,
    sign_in_history,
    throttle,
    tokens,
)
from tumorboard.accounts.models import PersonSession, User
from tumorboard.accounts.sign_in_history import Kind
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)

FACTOR_WORDS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery code",
}


def connect() -> None:
    """Listen from the start of the process on."""
    user_logged_in.connect(_signed_in, dispatch_uid="sessions")
    user_logged_out.connect(_signed_out, dispatch_uid="sessions")
    user_login_failed.connect(_not_signed_in, dispatch_uid="sessions")
    password_changed.connect(_password_changed, dispatch_uid="sessions")
    password_reset.connect(_password_reset, dispatch_uid="sessions")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="sessions")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="sessions")
    mfa.authenticator_reset.connect(_codes_renewed, dispatch_uid="sessions")
    mfa.authenticator_used.connect(_factor_used, dispatch_uid="sessions")
    mfa.authentication_failed.connect(_code_wrong, dispatch_uid="sessions")


def method_of(request: HttpRequest, user: User) -> str:
    """By what the person signed in, in words; empty where it was by no page of ours."""
    used = [
        FACTOR_WORDS[Authenticator.Type(entry["type"])]
        if entry.get("method") == "mfa"
        else str(entry.get("method", ""))
        for entry in get_authentication_records(request, user)
        if not entry.get("reauthenticated")
    ]
    return " and ".join(dict.fromkeys(used))


def _signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.begin(request, user)
    known = device.browser_of(request)
    is_new = not known or not sign_in_history.is_known(known, account=str(user.pk))
    if is_new and sign_in_history.has_signed_in(user):
        notices.tell(
            user,
            subject="sign-in from a new device",
            what="Somebody signed in as you in a browser that you had not signed in with before.",
            request=request,
        )
    sign_in_history.note(
        user=user,
        kind=Kind.SIGNED_IN,
        request=request,
        method=method_of(request, user),
        browser=device.remember(request),
    )


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    row = request.session.get(sessions.ROW)
    if user is not None and row is not None:
        PersonSession.objects.filter(pk=row).delete()
        sign_in_history.note(user=user, kind=Kind.SIGNED_OUT, request=request)


def _not_signed_in(sender: Any, **kwargs: Any) -> None:
    """For the log alone: whoever tried may be nobody here, and what they gave is not repeated."""
    logger.warning("sign-in failed", extra={"event": "sign_in.failed"})


def _password_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sign_in_history.note(user=user, kind=Kind.PASSWORD_CHANGED, request=request)
    _end_others(request, user)
    notices.tell(
        user, subject="password changed", what="Your password was changed.", request=request
    )


def _password_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sign_in_history.note(user=user, kind=Kind.PASSWORD_RESET, request=request)
    sessions.end_all(user)
    _end_tokens(user)
    throttle.forget(user)
    notices.tell(
        user,
        subject="password reset",
        what="Your password was set anew with the link that was mailed to you. "
        "Every session and every token of yours has ended.",
        request=request,
    )


def _end_tokens(user: User) -> None:
    """In every institution: who lost a password may have lost what it opened too."""
    for workplace in selectors.workplaces_of(user):
        with institution_scope(workplace.institution):
            tokens.revoke_all(user=user, by=user)


def _factor_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        request.session[second_factor.CODES_WAIT] = True
        return
    had = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS)
    if not had.exclude(pk=authenticator.pk).exists():
        # Whoever sets up the first one has just proven it; a further one proves nothing.
        second_factor.prove(request, user)
    words = FACTOR_WORDS[Authenticator.Type(authenticator.type)]
    sign_in_history.note(user=user, kind=Kind.FACTOR_ADDED, request=request, method=words)
    _end_others(request, user)
    notices.tell(
        user,
        subject="second factor added",
        what=f"A second factor was added to your sign-in: {words}.",
        request=request,
    )


def _factor_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    words = FACTOR_WORDS[Authenticator.Type(authenticator.type)]
    sign_in_history.note(user=user, kind=Kind.FACTOR_REMOVED, request=request, method=words)
    _end_others(request, user)
    notices.tell(
        user,
        subject="second factor removed",
        what=f"A second factor was removed from your sign-in: {words}.",
        request=request,
    )


def _codes_renewed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[second_factor.CODES_WAIT] = True
    sign_in_history.note(user=user, kind=Kind.CODES_RENEWED, request=request)
    _end_others(request, user)
    notices.tell(
        user,
        subject="new recovery codes",
        what="New recovery codes were made for your sign-in. The old ones no longer work.",
        request=request,
    )


def _factor_used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    second_factor.prove(request, user)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        notices.tell(
            user,
            subject="recovery code used",
            what="One of your recovery codes was used instead of your second factor.",
            request=request,
        )


def _code_wrong(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sign_in_history.note(user=user, kind=Kind.CODE_WRONG, request=request, method="second factor")


def _end_others(request: HttpRequest, user: User) -> None:
    """The session that asked goes on under another key; every other one ends."""
    if sessions.ROW in request.session:
        # Django may have given it another key already.
        sessions.renew_key(request)
    sessions.end_all(user, but=request.session.session_key)
