"""Which EHR calls, by the JWT that the specification asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cases.models import HookClient
from cases.services.hook_clients import note_call, note_refusal
from tumorboard.accounts import assertions, key_sets, rate_limits, scopes
from tumorboard.accounts.api_requests import recognized
from tumorboard.accounts.assertions import InvalidAssertion
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.audit.origin import client_network
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

LONGEST_ISSUER = 400
#: What a refusal is called whose reason is not told: nothing was proven.
UNPROVEN = "unproven"
#: [INT] CDS Hooks set no limit. EHRs and the sandbox say five minutes by their own clocks.
LONGEST_SECONDS = assertions.LONGEST_AHEAD_SECONDS + assertions.LEEWAY_SECONDS


@dataclass(frozen=True)
class HookCaller:
    """An EHR that has proven who it is, for one call."""

    client: ApiClient
    fhir_server: str
    #: Where pages come from whose scripts may read what it is answered.
    origins: Sequence[str] = ()

    @property
    def user_id(self) -> UUID:
        """With whose eyes it sees: the client's own user, who is on no list unless put there."""
        return self.client.user_id


def recognize(
    request: HttpRequest, institution: Institution | None, audience: str
) -> tuple[HookCaller | None, rate_limits.Allowance, str]:
    """Who calls, what is left to them, and where they are not known, why if that may be told.

    As `tumorboard.accounts.bearer.recognize`: outside of any scope, in short transactions of its
    own, so that a JWT stays spent whatever the answer is.
    """
    token = _token(request)
    reason = ""
    if institution is not None and token:
        key_sets.refresh(institution, token, find=_Claims().client)
        with institution_scope(institution):
            claims = _Claims()
            reason = _fault(token, audience, claims)
            known = claims.row
            if known is not None and not reason:
                note_call(row=known)
                limit = rate_limits.Limit("client", known.client.requests_per_minute)
                return (
                    HookCaller(known.client, known.fhir_server, known.origins),
                    rate_limits.count(limit, str(known.client.pk)),
                    "",
                )
            reason = reason if reason != UNPROVEN else ""
            if known is not None and reason:
                note_refusal(row=known, reason=reason)
    failed = rate_limits.Limit("failed", settings.RATE_FAILED_AUTHENTICATION)
    return None, rate_limits.count(failed, client_network(request)), reason


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _fault(token: str, audience: str, claims: "_Claims") -> str:
    """Why a JWT does not count; empty where it does, and it is spent then."""
    try:
        assertions.client_of(
            token,
            audience=audience,
            find=claims.client,
            longest_seconds=LONGEST_SECONDS,
            # CDS Hooks let every EHR send one, also where its keys were handed over otherwise.
            takes_idle_jku=True,
        )
    except InvalidAssertion as error:
        return error.reason if error.is_proven else UNPROVEN
    return claims.mismatch()


class _Claims:
    """What a JWT says, and which EHR it names by that; nothing is proven by it."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.row: HookClient | None = None

    def client(self, claims: dict[str, Any]) -> ApiClient:
        """The client whose registered issuer a JWT names.

        Raises:
            InvalidAssertion: there is none, or the JWT lacks what CDS Hooks ask for beyond SMART.
        """
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or not 0 < len(issuer) <= LONGEST_ISSUER or "\0" in issuer:
            raise InvalidAssertion("It has no iss.")
        if "iat" not in claims:
            raise InvalidAssertion("It has no iat.")
        found = (
            HookClient.objects.select_related("client__user")
            .filter(issuer=issuer, switched_off_at=None, client__disabled_at=None)
            .first()
        )
        if found is None:
            raise InvalidAssertion("There is no such issuer.")
        self.given, self.row = claims, found
        client: ApiClient = found.client
        return client

    def mismatch(self) -> str:
        """Which claim is not as it was registered; empty where all are."""
        assert self.row is not None  # noqa: S101 - `client` found it, or raised
        for name, wanted in (("tenant", self.row.tenant), ("sub", self.row.subject)):
            if wanted and self.given.get(name) != wanted:
                return f"Its {name} is not the registered one."
        return ""


class HookAuthentication(BaseAuthentication):
    """Knows an EHR by what the door recognized; its scopes are all that it may do."""

    def authenticate(self, request: Request) -> tuple[User, HookCaller]:
        """The client's own user, and the caller.

        Raises:
            AuthenticationFailed: nobody was recognized.
        """
        caller = getattr(request._request, "bearer", None)
        if not isinstance(caller, HookCaller):
            reason = getattr(request._request, "hook_refusal", "")
            message = f"This JWT is not valid here. {reason}".strip()
            raise AuthenticationFailed(message)
        known = recognized(request)
        known.grants = scopes.granted_by(caller.client.scopes)
        known.permissions = scopes.permissions_of(known.grants)
        return caller.client.user, caller

    def authenticate_header(self, request: Request) -> str:
        """What a refused client is told to bring."""
        return "Bearer"
