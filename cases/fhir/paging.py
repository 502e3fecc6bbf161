"""Where a list goes on: sealed, so that an address says nothing of whom it is about.

What a page needs of the search that led to it may name a patient. So the whole state stands in the
link, sealed under the institution's key: nobody reads it in a log, only who searched can use it,
and that for a day.
"""

import base64
import binascii
import json
import time
from typing import Any

from cases.fhir.outcome import BadRequest
from cases.r4.issue import Code
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.keyring import keyring

PARAMETER = "_page"
PURPOSE = "fhir.page"
SECONDS = 24 * 60 * 60
#: The longest state: the parameters of the longest search, and the place.
LONGEST = 40_000


def link(address: str, state: dict[str, Any], *, by: Any) -> str:
    """The address of a page.

    Args:
        state: JSON; what `opened` gives back.
        by: who may follow the link.
    """
    plain = json.dumps({**state, "until": int(time.time()) + SECONDS}).encode()
    sealed = keyring().seal(plain, purpose=PURPOSE, row=by.pk)
    return f"{address}?{PARAMETER}={base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def opened(text: str, *, by: Any) -> dict[str, Any]:
    """The state of a page.

    Raises:
        BadRequest: the link is another caller's, too old, or none of ours.
    """
    try:
        if len(text) > LONGEST:
            raise DoesNotOpen
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        state: dict[str, Any] = json.loads(keyring().unseal(sealed, purpose=PURPOSE, row=by.pk))
    except (DoesNotOpen, binascii.Error, UnicodeError, ValueError):
        message = "This link is not one of yours. Search again."
        raise BadRequest(message, f"http.{PARAMETER}", code=Code.VALUE) from None
    if state["until"] < time.time():
        raise expired()
    return state


def expired() -> BadRequest:
    """The error of a link that is too old, or names what this server has no more."""
    message = "This link is too old. Search again."
    return BadRequest(message, f"http.{PARAMETER}", code=Code.EXPIRED)
