"""What a person reads about their own sign-ins: when, from where, with which device, by what.

No password, code or address of somebody unknown ever stands in it. The database lets the
application add and read, and remove what is older than a year.
"""

import contextlib
import logging
import uuid
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from tumorboard.accounts import device
from tumorboard.accounts.models import SignInEvent, User
from tumorboard.accounts.sso import bound
from tumorboard.audit.origin import client_address

logger = logging.getLogger(__name__)

KEPT = timedelta(days=365)
#: [INT] Rows on the person's page.
SHOWN = 50


class Kind(StrEnum):
    """What happened."""

    SIGNED_IN = "signed_in"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - the name of an event
    CODE_WRONG = "code_wrong"
    PASSKEY_WRONG = "passkey_wrong"
    SIGNATURE_REFUSED = "signature_refused"
    WAITED = "waited"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an event
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_RENEWED = "codes_renewed"
    FACTORS_RESET = "factors_reset"
    LINKED = "linked"
    PROVIDER_REFUSED = "provider_refused"
    CONFIRMED = "confirmed"


WORDS = {
    Kind.SIGNED_IN: "Signed in",
    Kind.PASSWORD_WRONG: "Not signed in: wrong password",
    Kind.CODE_WRONG: "Not signed in: wrong code",
    Kind.PASSKEY_WRONG: "Not signed in: passkey refused",
    Kind.SIGNATURE_REFUSED: "Decision not signed: wrong password",
    Kind.WAITED: "Not signed in: too many tries, not looked at",
    Kind.SIGNED_OUT: "Signed out",
    Kind.SESSION_ENDED: "Ended a session elsewhere",
    Kind.PASSWORD_CHANGED: "Password changed",
    Kind.PASSWORD_RESET: "Password reset by mail",
    Kind.FACTOR_ADDED: "Second factor added",
    Kind.FACTOR_REMOVED: "Second factor removed",
    Kind.CODES_RENEWED: "Recovery codes made anew",
    Kind.FACTORS_RESET: "Second factors reset for you",
    Kind.LINKED: "Linked with your institution's sign-in",
    Kind.PROVIDER_REFUSED: "Not signed in by your institution's sign-in",
    Kind.CONFIRMED: "Confirmed at your institution's sign-in",
}
FAILURES = {
    Kind.PASSWORD_WRONG,
    Kind.CODE_WRONG,
    Kind.PASSKEY_WRONG,
    Kind.SIGNATURE_REFUSED,
    Kind.WAITED,
    Kind.PROVIDER_REFUSED,
}


class Line(NamedTuple):
    """One event as a page shows it."""

    event: SignInEvent
    words: str
    is_failure: bool


def note(
    *,
    user: User,
    kind: Kind,
    request: HttpRequest | None,
    method: str = "",
    browser: str = "",
    bound_to: uuid.UUID | None = None,
) -> SignInEvent:
    """Add one event.

    Args:
        request: None where the person was not there, as at a reset by somebody else.
        method: by what, in words such as "password and authenticator app".
        browser: of a sign-in, the hash by which the browser is known again.
        bound_to: the institution whose provider it is about, where no session says so.
    """
    if bound_to is None and request is not None and hasattr(request, "session"):
        bound_to = bound.reach_of(request)
    logger.info("sign-in", extra={"event": f"sign_in.{kind}", "person": str(user.pk)})
    return SignInEvent.objects.create(
        user=user,
        kind=kind,
        method=method,
        address=(client_address(request) or None) if request is not None else None,
        device=device.words_of(request) if request is not None else "",
        browser=browser,
        bound_to=bound_to,
    )


def lines_of(user: User, *, bound_to: uuid.UUID | None = None) -> list[Line]:
    """The person's newest events of the last year.

    Args:
        bound_to: where a session asks that reaches this institution alone, only what its provider
            did: from where the person signs in elsewhere is none of its business.
    """
    since = timezone.now() - KEPT
    events = SignInEvent.objects.filter(user=user, at__gt=since).order_by("-at", "-id")
    if bound_to is not None:
        events = events.filter(bound_to=bound_to)
    return [Line(e, WORDS[Kind(e.kind)], Kind(e.kind) in FAILURES) for e in events[:SHOWN]]


def is_known(browser: str, *, account: str) -> bool:
    """Whether somebody signed in to this account with this browser before.

    Args:
        account: mail address in small letters, or id.
    """
    whose = Q(user__email__iexact=account)
    with contextlib.suppress(ValueError):
        whose = Q(user=uuid.UUID(account))
    return SignInEvent.objects.filter(whose, kind=Kind.SIGNED_IN, browser=browser).exists()


def has_signed_in(user: User) -> bool:
    """Whether the person signed in within the last year."""
    return SignInEvent.objects.filter(user=user, kind=Kind.SIGNED_IN).exists()


def sweep() -> int:
    """Remove what is older than a year, which is all that the database lets go; how many rows."""
    removed, _ = SignInEvent.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return removed
