"""Tokens with which a person's scripts use the API of one institution."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.models import ApiToken, User
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import has_institution

#: So that a secret is known for what it is where it turns up, in a log or in a repository.
PREFIX = "tb_"
LONGEST_DAYS = 365


@transaction.atomic
def issue(*, user: User, label: str, days: int, by: User | None) -> tuple[ApiToken, str]:
    """A new token of `user` in the current institution.

    Args:
        label: what it is for, in the person's words.
        days: how long it is valid, 1 to 365.

    Returns:
        The token, and its secret: shown once, kept only as a hash.

    Raises:
        ValidationError: no label, or a time that cannot be.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": f"Choose 1 to {LONGEST_DAYS} days."})
    now = timezone.now()
    secret = f"{PREFIX}{new_secret()}"
    token = ApiToken(
        user=user,
        label=label.strip(),
        secret_hash=hash_of(secret),
        created_at=now,
        expires_at=now + datetime.timedelta(days=days),
    )
    token.clean_fields(exclude={"institution", "user"})
    token.save()
    record(action="token.issued", subject=token, by=by)
    return token, secret


@transaction.atomic
def revoke(*, token: ApiToken, by: User | None) -> ApiToken:
    """End a token at once; one that is revoked already stays as it is."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(action="token.revoked", subject=token, by=by)
    return token


def revoke_all(*, user: User, by: User | None) -> None:
    """End every token of a person in the current institution."""
    for token in ApiToken.objects.filter(user=user, revoked_at=None):
        revoke(token=token, by=by)


def _valid(secret: str) -> ApiToken | None:
    return (
        ApiToken.objects.select_related("user")
        .filter(secret_hash=hash_of(secret), revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )


class TokenAuthentication(BaseAuthentication):
    """Knows a person by `Authorization: Bearer tb_…`, inside an institution's scope.

    Sets `request.permissions`. Whatever is wrong with a token, the answer is the same; without
    a scope, for an institution that does not exist, no token is valid.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token; None where the request carries no bearer token.

        Raises:
            AuthenticationFailed: a token that is not valid in the current institution.
        """
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = _valid(secret.strip()) if has_institution() else None
        permissions = permissions_in_scope(token.user) if token else frozenset()
        if token is None or not permissions:
            message = "This token is not valid here."
            raise AuthenticationFailed(message)
        request.permissions = permissions
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a refused client is told to bring."""
        return "Bearer"
