"""API clients, what they prove and hold, and how often anybody asked."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel

#: How many requests a minute a client may be allowed.
FEWEST, DEFAULT, MOST = 10, 600, 6000
#: When somebody used a token or a client is kept this coarsely: reading must not always write.
USE_NOTED_EVERY = datetime.timedelta(hours=1)


@keep_history_of("label", "user", "keys", "scopes", "requests_per_minute", "disabled_at")
class ApiClient(TenantModel):
    """A system that uses the API of one institution; its id is its `client_id`."""

    label = models.CharField(max_length=80)
    #: Who stands beside what the client reads and writes: a user who can never sign in.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    #: Public keys as JWK (RFC 7517), each with its `kid`; as `keys.judged` returns them.
    keys = models.JSONField(default=list)
    #: Where it keeps them itself; then `keys` are those that were there at `keys_fetched_at`.
    jwks_uri = models.CharField(max_length=400, blank=True, default="", db_default="")
    keys_fetched_at = models.DateTimeField(null=True, blank=True)
    #: What it may ask for, as `scopes.words` writes it.
    scopes = models.CharField(max_length=1000)
    requests_per_minute = models.PositiveIntegerField(default=DEFAULT)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(requests_per_minute__range=(FEWEST, MOST)),
                name="api_client_rate",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class AccessToken(TenantModel):
    """A client's token for a few minutes: kept as a hash, bound to client and scopes."""

    client = TenantForeignKey(ApiClient, related_name="+")
    secret_hash = models.CharField(max_length=64)
    scopes = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "secret_hash"], name="access_token_secret_once"
            ),
        ]


class SpentAssertion(TenantModel):
    """An assertion that was accepted: its `jti` counts once, until it has expired by itself."""

    client = TenantForeignKey(ApiClient, related_name="+")
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "client", "jti_hash"], name="spent_assertion_once"
            ),
        ]


class RateCount(models.Model):
    """How often something was asked since its window began.

    Without institution: a token may be wrong and an institution may not exist. The key is a keyed
    hash, so no row says which address or client it counts.
    """

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()
