"""Sessions between the requests: the outer bounds, activity, the browser's own cookie."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from tumorboard.accounts import device, second_factor, sessions
from tumorboard.accounts.sign_in_policies import LONGEST
from tumorboard.accounts.sso import bound
from tumorboard.accounts.turned_away import factor_first

#: Pages of allauth for somebody whose second factor is still to be proven.
UNPROVEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)

BOUND_WORDS = (
    "You came in by your institution's sign-in, so your own password, passkeys and codes cannot be "
    "changed here. To change them, sign out and sign in with your own password."
)


class SignInMiddleware:
    """Ends a session that is older than any institution allows, and notes what the person does.

    An institution's own limits are asked for at its door (`accounts.access`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Before: the bounds. After: activity, and the session's key if it has changed."""
        key = request.session.session_key
        was_signed_in = sessions.ROW in request.session
        if sessions.ROW in request.session and sessions.is_over(request, LONGEST):
            sessions.leave(request)
        response = self.get_response(request)
        if sessions.ROW in request.session:
            if request.session.session_key != key:
                sessions.follow_key(request)
            if not hasattr(request, sessions.BACKGROUND):
                sessions.touch(request)
        elif was_signed_in:
            # Pages that the browser keeps for going back are pages of patients.
            response["Clear-Site-Data"] = '"cache"'
        device.put_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """How one signs in is changed only by a session that has proven a factor, if there is one.

        Else whoever has the password alone could add a factor of their own.
        """
        if request.resolver_match is None:
            return None
        if self._is_anothers_business(request, view):
            messages.error(request, BOUND_WORDS)
            return redirect("security")
        if not view.__module__.startswith("allauth."):
            return None
        if request.resolver_match.url_name in UNPROVEN or not request.user.is_authenticated:
            return None
        if second_factor.is_wanting(request) and second_factor.has_one(request.user):
            return factor_first(request)
        return None

    def _is_anothers_business(self, request: HttpRequest, view: Any) -> bool:
        """Whether a session of an identity provider asks to change how its person signs in.

        What it could set up here would open other institutions too, which that provider must not.
        """
        if bound.binding_of(request) is None:
            return False
        name = request.resolver_match.url_name if request.resolver_match else None
        if view.__module__.startswith("allauth."):
            return name not in bound.HARMLESS
        return name in bound.CREDENTIAL_PAGES
