"""Whoever shows a token to the API: recognized and counted before the request begins."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tumorboard.accounts import access_tokens, rate_limits, scopes, tokens
from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.api_requests import recognized
from tumorboard.accounts.client_models import AccessToken
from tumorboard.accounts.models import ApiToken, User
from tumorboard.audit.origin import client_network
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

Bearer = ApiToken | AccessToken


def recognize(
    request: HttpRequest, institution: Institution | None
) -> tuple[Bearer | None, rate_limits.Allowance]:
    """Whose token a request carries, and what is left to them.

    In a short transaction of its own: parallel requests of one caller wait for nothing but the
    count, and what is counted stays counted when the answer is an error. Whoever shows no valid
    token, or names an institution that does not exist, is counted by address.
    """
    if institution is not None:
        with institution_scope(institution):
            bearer = _bearer(_secret(request))
            if bearer is not None:
                return bearer, rate_limits.count(*_limit(bearer))
    failed = rate_limits.Limit("failed", settings.RATE_FAILED_AUTHENTICATION)
    return None, rate_limits.count(failed, client_network(request))


def is_known(slug: str, header: str) -> bool:
    """Whether a header `Authorization` shows a token that is good in the institution `slug`.

    Asked before a long body is taken; nothing is counted, as the request itself will be.
    """
    institution = Institution.objects.filter(slug=slug).first()
    if institution is None:
        return False
    with institution_scope(institution):
        return _bearer(_shown(header)) is not None


def person_of(bearer: Bearer | None) -> UUID | None:
    """Whose eyes a token sees with; a client's own user, who is on no list unless put there."""
    if isinstance(bearer, AccessToken):
        return bearer.client.user_id
    return bearer.user_id if bearer is not None else None


def _secret(request: HttpRequest) -> str:
    return _shown(request.headers.get("Authorization", ""))


def _shown(header: str) -> str:
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _bearer(secret: str) -> Bearer | None:
    if secret.startswith(access_tokens.PREFIX):
        return access_tokens.valid(secret)
    if secret.startswith(tokens.PREFIX):
        return tokens.used(secret)
    return None


def _limit(bearer: Bearer) -> tuple[rate_limits.Limit, str]:
    if isinstance(bearer, AccessToken):
        limit = rate_limits.Limit("client", bearer.client.requests_per_minute)
        return limit, str(bearer.client_id)
    return rate_limits.Limit("token", settings.RATE_PERSONAL_TOKEN), str(bearer.pk)


class _BearerAuthentication(BaseAuthentication):
    """Turns what the API's door recognized into a user with permissions.

    Whatever is wrong with a token, the answer is the same; elsewhere than behind the door of an
    institution's API no token is valid.
    """

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        """The user and the token; None where the request carries another kind of token or none."""
        raise NotImplementedError

    def authenticate_header(self, request: Request) -> str:
        """What a refused client is told to bring."""
        return "Bearer"


class ClientAuthentication(_BearerAuthentication):
    """Knows an API client by `Authorization: Bearer tba_…`, which it got for an assertion."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        """The client's own user and the token; its scopes are all that it may do."""
        bearer = getattr(request._request, "bearer", None)
        if not isinstance(bearer, AccessToken):
            return None
        known = recognized(request)
        known.grants = access_tokens.grants_of(bearer)
        known.permissions = scopes.permissions_of(known.grants)
        return bearer.client.user, bearer


class TokenAuthentication(_BearerAuthentication):
    """Knows a person by `Authorization: Bearer tb_…`; their roles, and the token, say the rest."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        """The person and the token.

        Raises:
            AuthenticationFailed: a bearer token that is not valid in the current institution.
        """
        bearer = getattr(request._request, "bearer", None)
        if isinstance(bearer, ApiToken):
            permissions = tokens.permitted(bearer, permissions_in_scope(bearer.user))
            if permissions:
                known = recognized(request)
                known.grants, known.permissions = None, permissions
                return bearer.user, bearer
        if request.headers.get("Authorization", "").lower().startswith("bearer"):
            message = "This token is not valid here."
            raise AuthenticationFailed(message)
        return None
