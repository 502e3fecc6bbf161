"""The second factor: whether a session has proven one, and where it does.

A session is proven for one person, by any way that ends in `prove`: a code of an authenticator app,
a recovery code, a passkey. A session of an identity provider that asked for a factor itself counts
as proven too, while it is bound to that institution (`sso.bound`).
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tumorboard.accounts.models import User
from tumorboard.accounts.sso import bound

REQUIRED, OPTIONAL = "required", "optional"

#: Keys of the session: for whom a factor is proven; that new recovery codes wait to be seen; where
#: to go on after setting up.
PROVEN = "second_factor"
CODES_WAIT = "second_factor_codes"
NEXT = "second_factor_next"

#: What counts as a factor; recovery codes stand in for one and are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required() -> bool:
    """Whether anybody must prove a second factor here; only a machine for trying out may not."""
    return bool(settings.SECOND_FACTOR != OPTIONAL)


def has_one(user: User) -> bool:
    """Whether the person has set up a factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_proven(request: HttpRequest) -> bool:
    """Whether this session has proven a factor of the person who is signed in, and is done."""
    if bound.has_factor(request):
        return True
    return request.session.get(PROVEN) == str(request.user.pk) and CODES_WAIT not in request.session


def prove(request: HttpRequest, user: User) -> None:
    """Let the session count as proven for `user`, and for nobody who signs in with it later."""
    request.session[PROVEN] = str(user.pk)


def is_wanting(request: HttpRequest) -> bool:
    """Whether the session must not come near patient data yet."""
    return is_required() and not is_proven(request)


def page_for(request: HttpRequest) -> str:
    """The address where this session proves a factor, or sets the first one up."""
    if CODES_WAIT in request.session:
        return reverse("mfa_view_recovery_codes")
    types = set(Authenticator.objects.filter(user=request.user.pk).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        return reverse("mfa_reauthenticate")
    if Authenticator.Type.WEBAUTHN in types:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("factor_set_up")
