"""Sign-ins that a browser has begun and not finished: what the answer must match.

They stand in the session, so that an answer that another browser got does nothing here.
"""

import time
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.http import HttpRequest

from tumorboard.accounts.secret import new_secret
from tumorboard.accounts.sso.faults import Fault, SignInFault

PENDING = "single_sign_on_begun"
#: [INT] Seconds a person may take at the provider.
PATIENCE_SECONDS = 15 * 60
#: [INT] Several tabs may begin; more than this many is no person.
MOST = 5


class Purpose(StrEnum):
    """What the person is sent there for."""

    SIGN_IN = "sign_in"
    #: The one who is signed in proves it again, before they sign something.
    CONFIRM = "confirm"
    #: An administrator looks at what the provider says of themselves.
    TRY = "try"
    #: An EHR opens Tumorboard about a patient, as the person whom it knows.
    LAUNCH = "launch"


@dataclass(frozen=True)
class Pending:
    """One sign-in that was begun.

    `key` is OIDC's state or SAML's request id, by which the answer names it; `verifier` is PKCE's.
    """

    key: str
    provider: str
    purpose: str
    began_at: float
    nonce: str = ""
    verifier: str = ""
    next: str = ""
    person: str = ""


def begin(
    request: HttpRequest, *, provider: str, purpose: Purpose, next_url: str, key: str = ""
) -> Pending:
    """Note that the browser is sent to a provider.

    Args:
        provider: its id.
        next_url: where to go on, an address of ours or empty.
        key: the request's id where the protocol made one.
    """
    begun = Pending(
        key=key or new_secret(),
        provider=provider,
        purpose=purpose,
        began_at=time.time(),
        nonce=new_secret(),
        verifier=new_secret(),
        next=next_url,
        person=str(request.user.pk) if request.user.is_authenticated else "",
    )
    kept = [entry for entry in request.session.get(PENDING, []) if _is_open(entry["began_at"])]
    request.session[PENDING] = [*kept, asdict(begun)][-MOST:]
    return begun


def take(request: HttpRequest, *, key: str, provider: str) -> Pending:
    """The one that an answer belongs to; it is open no more, whatever comes of it.

    Raises:
        SignInFault: this browser began no such sign-in, or too long ago.
    """
    kept = request.session.get(PENDING, [])
    found = [entry for entry in kept if entry["key"] == key and entry["provider"] == provider]
    if not key or not found or not _is_open(found[0]["began_at"]):
        raise SignInFault(Fault.NOT_BEGUN)
    request.session[PENDING] = [entry for entry in kept if entry["key"] != key]
    return Pending(**found[0])


def _is_open(began_at: float) -> bool:
    return time.time() - began_at < PATIENCE_SECONDS
