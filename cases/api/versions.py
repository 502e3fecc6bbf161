"""Which version of a row somebody saw: strong entity tags, and what is asked of them (RFC 9110).

A tag is a digest of the whole representation, so it changes whenever what one reads changes, and
never else. All lists of fields have the same tag: it names the row's version, not the selection.
"""

import base64
import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.problems import problem

ANY = "*"
#: Bytes of the digest that a tag shows.
TAG_BYTES = 18


def tag_of(representation: Any) -> str:
    """The entity tag of a whole representation."""
    digest = hashlib.sha256(JSONRenderer().render(representation)).digest()[:TAG_BYTES]
    return f'"{base64.urlsafe_b64encode(digest).decode()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has this version already, by `If-None-Match`."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return any(each == ANY or each.removeprefix("W/") == tag for each in given)


def refusal(request: Request, representation: Any) -> Response | None:
    """Why a change must not be made by what `If-Match` says; None where it may.

    The caller holds the lock of the row. `*` is whoever says that they change whatever is there.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return problem(
            "precondition-required", detail="Send the ETag that you read in the header If-Match."
        )
    return mismatch(request, representation)


def mismatch(request: Request, representation: Any) -> Response | None:
    """The problem of an `If-Match` that names another version; None without one.

    An answer, not an error that is raised: that the row was shown stays in the audit.
    """
    wanted = request.headers.get("If-Match")
    tag = tag_of(representation)
    if wanted is None or {ANY, tag} & set(parse_etags(wanted)):
        return None
    response = problem(
        "precondition-failed",
        detail="Somebody else changed this since you read it. Compare, and send it again.",
        current=representation,
        sent=request.data if request.method != "DELETE" else None,
    )
    response["ETag"] = tag
    return response
