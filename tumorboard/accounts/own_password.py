"""Whether what somebody who is signed in typed is their own password, as signing asks for it."""

from enum import Enum, auto

from tumorboard.accounts import sign_in_history, throttle
from tumorboard.accounts.access import SignedInRequest


class Answer(Enum):
    """What came of it."""

    RIGHT = auto()
    WRONG = auto()
    #: There were too many wrong ones, so this one was not looked at.
    WAIT = auto()


def check_own(request: SignedInRequest, password: str) -> Answer:
    """Look at the password, counted like a sign-in; the person reads of a wrong one."""
    user = request.user
    guess = throttle.count(request, purpose=throttle.PASSWORD, account=user.email)
    if guess is None:
        return Answer.WAIT
    if user.check_password(password):
        guess.right()
        return Answer.RIGHT
    kind = sign_in_history.Kind.SIGNATURE_REFUSED
    sign_in_history.note(user=user, kind=kind, request=request, method="password")
    return Answer.WRONG
