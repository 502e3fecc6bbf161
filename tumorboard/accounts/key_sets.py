"""The public keys of clients that keep them at an address of their own (SMART's `jwks_uri`).

The address is typed by an administrator, so the server asks it only where the operator allows the
host to the institution: by the guard that holds for identity providers (`sso.reach`).
"""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tumorboard.accounts import assertions, keys, rate_limits
from tumorboard.accounts.client_models import AccessToken, ApiClient
from tumorboard.accounts.sso.faults import SignInFault
from tumorboard.accounts.sso.reach import Reach, ask
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)

#: [INT] Whoever sends an unknown `kid` lets the server ask; for one client no oftener than this.
MOST_A_MINUTE = rate_limits.Limit("key-set", 2)


def refresh(
    institution: Institution, assertion: str, *, find: assertions.Find | None = None
) -> None:
    """Ask for the keys of the client that an assertion is said to be from, where that is needed.

    Outside of any scope: asking must hold no transaction. What fails is in the log, and the
    assertion is then judged by the keys that are known, while they are new enough.
    """
    with institution_scope(institution):
        client = _wanting(assertion, find)
    if client is None:
        return
    try:
        found = keys.judged_set(ask(Reach.of(institution.slug), client.jwks_uri))
    except (SignInFault, ValidationError) as error:
        logger.warning("the key set of a client was not taken: %s", type(error).__name__)
        return
    with institution_scope(institution):
        _keep(client, found)


def _wanting(assertion: str, find: assertions.Find | None) -> ApiClient | None:
    """The client whose keys must be asked for, and may be now."""
    try:
        client, kid = assertions.claimed(assertion, find=find)
    except assertions.InvalidAssertion:
        return None
    if not client.jwks_uri:
        return None
    if any(key["kid"] == kid for key in assertions.usable_keys(client)):
        return None
    is_too_often = rate_limits.count(MOST_A_MINUTE, str(client.pk)).is_exceeded
    return None if is_too_often else client


@transaction.atomic
def _keep(client: ApiClient, found: list[dict[str, str]]) -> None:
    """Let these be the client's keys; a key that is gone ends its tokens, as removing one does."""
    kept = ApiClient.objects.select_for_update().get(pk=client.pk)
    is_one_gone = any(key not in found for key in kept.keys)
    if kept.keys != found:
        record(action="client.keys.fetched", subject=kept, by=None)
    kept.keys, kept.keys_fetched_at = found, timezone.now()
    kept.save(update_fields=["keys", "keys_fetched_at"])
    if is_one_gone:
        AccessToken.objects.filter(client=kept).delete()
