"""What is known of a request behind the door of an institution's API."""

from typing import Any, cast

from rest_framework.request import Request

from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.scopes import Grants


class ApiRequest(Request):
    """What a handler of an `InstitutionAPIView` is given; for annotations only.

    Whoever has no valid token is refused before a handler is asked, so `user` is a person or an
    API client's own user, never a stranger.
    """

    user: User
    #: By what the view's authentication knew them.
    auth: object
    #: The body as it came: of its shape nothing is known before it is judged.
    data: Any
    method: str
    permissions: frozenset[Permission]
    #: What an API client's scopes grant; None for a person, whose roles say all.
    grants: Grants | None


def recognized(request: Request) -> ApiRequest:
    """The same request, where the framework's signature does not say that somebody is known."""
    return cast("ApiRequest", request)
