"""Tokens with which a person's scripts use the API of one institution."""

import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tumorboard.accounts.client_models import USE_NOTED_EVERY
from tumorboard.accounts.models import ApiToken, User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution

#: So that a secret is known for what it is where it turns up, in a log or in a repository.
PREFIX = "tb_"
LONGEST_DAYS = 365
#: What a token that only reads may do, as far as its person may.
READING = frozenset(
    {
        Permission.CASE_READ,
        Permission.BOARD_READ,
        Permission.NUMBERS_READ,
        Permission.TOKEN_USE,
    }
)


@transaction.atomic
def issue(
    *, user: User, label: str, days: int, is_read_only: bool = False, by: User | None
) -> tuple[ApiToken, str]:
    """A new token of `user` in the current institution; a mail tells them.

    Args:
        label: what it is for, in the person's words.
        days: how long it is valid, 1 to 365.
        is_read_only: whether it may only read, whatever else the person may.

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
        is_read_only=is_read_only,
        created_at=now,
        expires_at=now + datetime.timedelta(days=days),
    )
    token.clean_fields(exclude={"institution", "user"})
    token.save()
    record(action="token.issued", subject=token, by=by)
    _tell(user, token)
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


def used(secret: str) -> ApiToken | None:
    """The valid token of the current institution with this secret, its use noted.

    Whether its person still has roles here, the caller asks.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(secret_hash=hash_of(secret), revoked_at=None, expires_at__gt=now)
        .first()
    )
    if token and (token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def permitted(token: ApiToken, held: frozenset[Permission]) -> frozenset[Permission]:
    """What a token allows of what its person may."""
    return held & READING if token.is_read_only else held


def _tell(user: User, token: ApiToken) -> None:
    """Let the person know: a token that they did not ask for is somebody else's way in."""
    institution = current_institution()
    path = reverse("tokens", args=[institution.slug])
    context = {
        "token": token,
        "institution": institution,
        "url": urljoin(settings.SITE_URL, path),
    }
    body = render_to_string("people/token_mail.txt", context)
    post(to=[user.email], subject="A token of yours for Tumorboard", body=body)
