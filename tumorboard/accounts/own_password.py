"""Whether it is still the person who signed in, as signing asks: by password or by provider.

A session that began at an institution's identity provider is confirmed there: the person may have
no password here, and one that they have is none of that institution's business. One that an EHR
began is confirmed by the person's own password: that somebody sits at an open EHR proves nothing.
"""

from enum import Enum, auto

from tumorboard.accounts import sign_in_history, throttle
from tumorboard.accounts.access import SignedInRequest
from tumorboard.accounts.sso import bound


class Answer(Enum):
    """What came of it."""

    RIGHT = auto()
    WRONG = auto()
    #: There were too many wrong ones, so this one was not looked at.
    WAIT = auto()


def check_own(request: SignedInRequest, password: str) -> Answer:
    """Look at the password, counted like a sign-in; the person reads of a wrong one.

    A session of a provider is right when the person has just confirmed there, whatever they type.
    """
    user = request.user
    if asks_provider(request):
        return Answer.RIGHT if bound.is_confirmed(request) else Answer.WRONG
    guess = throttle.count(request, purpose=throttle.PASSWORD, account=user.email)
    if guess is None:
        return Answer.WAIT
    if user.check_password(password):
        guess.right()
        return Answer.RIGHT
    kind = sign_in_history.Kind.SIGNATURE_REFUSED
    sign_in_history.note(user=user, kind=kind, request=request, method="password")
    return Answer.WRONG


def asks_provider(request: SignedInRequest) -> bool:
    """Whether the person confirms at the identity provider, and not by a password."""
    if bound.is_by_provider(request):
        return True
    # Whom a provider made and an EHR let in has no password: they come by the provider first.
    return bound.binding_of(request) is not None and not request.user.has_usable_password()


def use_up(request: SignedInRequest) -> None:
    """Let a confirmation at the provider count for one signature, as a password does."""
    bound.forget_confirmation(request)
