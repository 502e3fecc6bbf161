"""The short-lived tokens that API clients get for an assertion."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tumorboard.accounts import scopes
from tumorboard.accounts.client_models import (
    USE_NOTED_EVERY,
    AccessToken,
    ApiClient,
    SpentAssertion,
)
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: So that a secret is known for what it is; a personal token begins with tb_.
PREFIX = "tba_"
#: SMART's most: who needs longer asks again.
LIFETIME = datetime.timedelta(minutes=5)
#: How long what is over is kept: by a slower clock of another machine it may not be over yet.
KEPT_FOR = datetime.timedelta(hours=1)


class NoScope(Exception):
    """Nothing of what was asked for is registered for the client."""


@transaction.atomic
def issue(*, client: ApiClient, requested: str) -> tuple[AccessToken, str]:
    """A token of `client` for what it asks for, narrowed to what is registered.

    Returns:
        The token, whose `scopes` say what was granted, and its secret: kept only as a hash.

    Raises:
        NoScope: nothing would be granted.
    """
    is_list = scopes.FORM.match(requested) is not None
    granted = scopes.granted_by(requested) & scopes.granted_by(client.scopes)
    if not (is_list and granted):
        raise NoScope
    now = timezone.now()
    secret = f"{PREFIX}{new_secret()}"
    token = AccessToken.objects.create(
        client=client,
        secret_hash=hash_of(secret),
        scopes=scopes.words(granted),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    recently = Q(last_used_at__gt=now - USE_NOTED_EVERY)
    ApiClient.objects.filter(pk=client.pk).exclude(recently).update(last_used_at=now)
    record(action="client.authenticated", subject=client, by=client.user)
    return token, secret


def valid(secret: str) -> AccessToken | None:
    """The token of the current institution with this secret, unless its time or client is over."""
    return (
        AccessToken.objects.select_related("client__user")
        .filter(
            secret_hash=hash_of(secret), expires_at__gt=timezone.now(), client__disabled_at=None
        )
        .first()
    )


def grants_of(token: AccessToken) -> scopes.Grants:
    """What a token grants now: what was taken from its client meanwhile is gone."""
    return scopes.granted_by(token.scopes) & scopes.granted_by(token.client.scopes)


def sweep() -> None:
    """Delete every institution's tokens and spent assertions that have expired by themselves."""
    for institution in Institution.objects.order_by("id"):
        with institution_scope(institution):
            over = timezone.now() - KEPT_FOR
            AccessToken.objects.filter(expires_at__lt=over).delete()
            SpentAssertion.objects.filter(expires_at__lt=over).delete()
