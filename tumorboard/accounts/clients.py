"""Registering API clients, and what they may do."""

import uuid
from collections.abc import Collection
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tumorboard.accounts import keys, scopes, selectors
from tumorboard.accounts.client_models import AccessToken, ApiClient
from tumorboard.accounts.errors import ClientDisabled, KeysElsewhere
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso.reach import Reach
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.models import new_id
from tumorboard.tenancy.scope import current_institution


@transaction.atomic
def register(
    *,
    label: str,
    granted: Collection[str],
    requests_per_minute: int,
    by: User,
    jwks: str = "",
    jwks_uri: str = "",
) -> ApiClient:
    """A new client of the current institution; its administrators are told.

    Args:
        label: what it is, in the administrator's words; audit and history name it so.
        jwks: its public keys, as JSON.
        jwks_uri: or where it keeps them itself; a host that the operator allows.
        granted: its scopes.
        requests_per_minute: 10 to 6000.

    Raises:
        ValidationError: by field, what cannot be.
    """
    client = ApiClient(
        id=new_id(),
        label=label.strip(),
        keys=[] if jwks_uri else _judged(jwks),
        jwks_uri=_allowed(jwks_uri),
        scopes=_scopes(granted),
        requests_per_minute=requests_per_minute,
        registered_by=by,
    )
    client.clean_fields(exclude={"institution", "user", "keys"})
    client.validate_constraints()
    client.user = _technical_user(client.label, client.id)
    client.save()
    record(action="client.registered", subject=client, by=by)
    _tell("registered an API client", client, by=by)
    return client


@transaction.atomic
def set_access(
    *, client: ApiClient, granted: Collection[str], requests_per_minute: int, by: User
) -> ApiClient:
    """Give a client exactly these scopes and this limit; what is taken ends at once.

    Raises:
        ValidationError: by field, what cannot be.
        ClientDisabled: it is.
    """
    client = _locked(client)
    client.scopes = _scopes(granted)
    client.requests_per_minute = requests_per_minute
    client.clean_fields(exclude={"institution", "user", "keys"})
    client.validate_constraints()
    client.save(update_fields=["scopes", "requests_per_minute"])
    record(action="client.access.set", subject=client, by=by)
    _tell("changed what an API client may do", client, by=by)
    return client


@transaction.atomic
def add_keys(*, client: ApiClient, jwks: str, by: User) -> ApiClient:
    """Register further public keys, so that the client can change over to them.

    Raises:
        ValidationError: keys that cannot be, or whose `kid` is taken.
        ClientDisabled: it is.
    """
    client = _locked(client)
    if client.jwks_uri:
        raise ValidationError({"jwks": "This client keeps its keys at its own address."})
    all_keys = [*client.keys, *_judged(jwks)]
    try:
        keys.check_distinct(all_keys)
        keys.check_number(all_keys)
    except ValidationError as error:
        raise ValidationError({"jwks": error}) from None
    client.keys = all_keys
    client.save(update_fields=["keys"])
    record(action="client.key.added", subject=client, by=by)
    _tell("registered a further key of an API client", client, by=by)
    return client


@transaction.atomic
def remove_key(*, client: ApiClient, kid: str, by: User) -> ApiClient:
    """Take a key away, and with it every token: nobody knows which of them it got.

    Raises:
        ClientDisabled: it is.
        KeysElsewhere: its keys are at its own address.
    """
    client = _locked(client)
    if client.jwks_uri:
        raise KeysElsewhere
    left = [key for key in client.keys if key["kid"] != kid]
    if len(left) < len(client.keys):
        client.keys = left
        client.save(update_fields=["keys"])
        AccessToken.objects.filter(client=client).delete()
        record(action="client.key.removed", subject=client, by=by)
    return client


@transaction.atomic
def replace_keys(*, client: ApiClient, jwks: str, by: User) -> ApiClient:
    """Let a client sign with exactly these public keys from now on.

    Where one is taken away, every token goes with it, as in `remove_key`.

    Raises:
        ValidationError: keys that cannot be.
        ClientDisabled: it is.
    """
    client = _locked(client)
    if client.jwks_uri:
        raise ValidationError({"jwks": "This client keeps its keys at its own address."})
    found = _judged(jwks)
    former, client.keys = client.keys, found
    client.save(update_fields=["keys"])
    if any(key not in former for key in found):
        record(action="client.key.added", subject=client, by=by)
        _tell("registered a further key of an API client", client, by=by)
    if any(key not in found for key in former):
        AccessToken.objects.filter(client=client).delete()
        record(action="client.key.removed", subject=client, by=by)
    return client


@transaction.atomic
def disable(*, client: ApiClient, by: User) -> ApiClient:
    """End a client for good, and its tokens with it; who needs it again registers it anew.

    Raises:
        ClientDisabled: it is already.
    """
    client = _locked(client)
    client.disabled_at = timezone.now()
    client.save(update_fields=["disabled_at"])
    AccessToken.objects.filter(client=client).delete()
    record(action="client.disabled", subject=client, by=by)
    return client


def _locked(client: ApiClient) -> ApiClient:
    found = ApiClient.objects.select_for_update().get(pk=client.pk)
    if found.disabled_at is not None:
        raise ClientDisabled
    return found


def _judged(jwks: str) -> list[dict[str, str]]:
    try:
        return keys.judged(jwks)
    except ValidationError as error:
        raise ValidationError({"jwks": error}) from None


def _allowed(jwks_uri: str) -> str:
    if jwks_uri and not Reach.of(current_institution().slug).allows(jwks_uri):
        message = "The operator of this installation does not let it ask there."
        raise ValidationError({"jwks_uri": message})
    return jwks_uri


def _scopes(granted: Collection[str]) -> str:
    grants = scopes.granted_by(" ".join(granted))
    if not grants:
        raise ValidationError({"granted": "Choose at least one thing that it may do."})
    return scopes.words(grants)


def _technical_user(label: str, client_id: uuid.UUID) -> User:
    """Who stands beside what the client does: no password, not active, in no institution.

    Whatever can be signed in with refuses somebody who is not active, and nothing is ever mailed
    to an address below `.invalid` (RFC 2606).
    """
    user = User.objects.create_user(email=f"{client_id}@client.invalid", name=f"{label} (API)")
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user


def _tell(what: str, client: ApiClient, *, by: User) -> None:
    """Let the other administrators know: a client is a way to patients that has no face."""
    institution = current_institution()
    path = reverse("client", args=[institution.slug, client.pk])
    context = {
        "by": by,
        "what": what,
        "institution": institution,
        "url": urljoin(settings.SITE_URL, path),
    }
    others = selectors.everybody_with(Permission.CLIENT_MANAGE).exclude(pk=by.pk)
    post(
        to=list(others.values_list("email", flat=True)),
        subject="An API client at Tumorboard",
        body=render_to_string("clients/mail.txt", context),
    )
