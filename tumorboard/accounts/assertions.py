"""Who signed a client assertion (RFC 7523, SMART Backend Services), once.

Everything about an assertion is typed by whoever sends it, until a key that the client registered
beforehand says otherwise: the header may only choose among those keys.
"""

import base64
import binascii
import datetime
import json
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone
from joserfc import jws
from joserfc.errors import JoseError

from tumorboard.accounts.client_models import ApiClient, SpentAssertion
from tumorboard.accounts.keys import algorithm_of, public_key
from tumorboard.accounts.secret import hash_of

#: Characters of the whole assertion.
LONGEST = 8_000
#: How far ahead an assertion may expire: SMART's rule, to the second.
LONGEST_AHEAD_SECONDS = 300
#: By how much the client's clock may be ahead of ours in `iat` and `nbf`.
LEEWAY_SECONDS = 30
LONGEST_JTI = 255
#: Beyond this, a number is no time in seconds since 1970.
LATEST = 10**11
#: Headers that bring a key, or name a place for one.
FOREIGN_KEYS = {"jwk", "x5u", "x5c", "x5t", "x5t#S256"}
#: [INT] For so long keys are good that were fetched from a client's own address.
FRESH = datetime.timedelta(minutes=15)

#: Claims -> the client that they name.
Find = Callable[[dict[str, Any]], ApiClient]


class InvalidAssertion(Exception):
    """Nobody is known by this assertion.

    `is_proven` where its signature is the client's: then the reason may be told, else it would
    tell a guesser which clients there are.
    """

    def __init__(self, reason: str, *, is_proven: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_proven = is_proven


def client_of(
    assertion: str,
    *,
    audience: str,
    find: Find | None = None,
    longest_seconds: int = LONGEST_AHEAD_SECONDS,
    takes_idle_jku: bool = False,
) -> ApiClient:
    """The client of the current institution that signed, and its assertion is spent.

    Args:
        assertion: a JWT in its compact form.
        audience: the only `aud` that counts.
        find: who it is from by its claims, where these are not SMART's; raises InvalidAssertion.
        longest_seconds: how far ahead it may expire.
        takes_idle_jku: whether a `jku` is passed over where the client registered its keys and no
            address of them. Nothing is ever fetched from it.

    Raises:
        InvalidAssertion: for whatever reason; nothing was written.
    """
    header, claims = _parts(assertion)
    client = (find or _claimed)(claims)
    _check_signature(assertion, header, client)
    _check_jku(header, client, takes_idle=takes_idle_jku)
    expires_at = _check_claims(claims, audience, longest_seconds)
    _spend(client, claims.get("jti"), expires_at)
    return client


def claimed(assertion: str, *, find: Find | None = None) -> tuple[ApiClient, Any]:
    """The client that an assertion says it is from, and the `kid` of its key; nothing is proven.

    Args:
        find: as for `client_of`.

    Raises:
        InvalidAssertion: there is no such client in the current institution.
    """
    header, claims = _parts(assertion)
    return (find or _claimed)(claims), header.get("kid")


def usable_keys(client: ApiClient) -> list[dict[str, str]]:
    """The keys by which a client is known now; fetched ones only while they are new."""
    fetched_at = client.keys_fetched_at
    is_old = fetched_at is None or fetched_at < timezone.now() - FRESH
    keys: list[dict[str, str]] = [] if client.jwks_uri and is_old else client.keys
    return keys


def _parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(assertion) > LONGEST:
        raise InvalidAssertion("It is too long.")
    segments = assertion.split(".")
    if len(segments) != 3:
        raise InvalidAssertion("It is not a signed JWT.")
    header, claims = _object(segments[0]), _object(segments[1])
    if "crit" in header or FOREIGN_KEYS & header.keys():
        raise InvalidAssertion("Its header asks for what is not done here.")
    if str(header.get("typ")).upper() != "JWT":
        raise InvalidAssertion("Its typ is not JWT.")
    return header, claims


def _object(segment: str) -> dict[str, Any]:
    """One part of a JWT; names that stand twice in it are refused, since readers differ on them."""
    try:
        padding = "=" * (-len(segment) % 4)
        text = base64.b64decode(segment + padding, altchars=b"-_", validate=True).decode()
        data = json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse)
        # Half of a surrogate pair can be escaped, but is no text.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidAssertion("It is not a signed JWT.") from None
    if not isinstance(data, dict):
        raise InvalidAssertion("It is not a signed JWT.")
    return data


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _claimed(claims: dict[str, Any]) -> ApiClient:
    """The client that the assertion says it is from; not proven yet."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or claims.get("sub") != issuer:
        raise InvalidAssertion("Its iss and sub are not the client_id.")
    try:
        key = uuid.UUID(issuer)
    except ValueError:
        raise InvalidAssertion("There is no such client.") from None
    found = ApiClient.objects.select_related("user").filter(pk=key, disabled_at=None).first()
    # A UUID can be written in several ways; a client_id in one.
    if found is None or str(found.pk) != issuer:
        raise InvalidAssertion("There is no such client.")
    return found


def _check_signature(assertion: str, header: dict[str, Any], client: ApiClient) -> None:
    key = next((key for key in usable_keys(client) if key["kid"] == header.get("kid")), None)
    if key is None:
        raise InvalidAssertion("Its kid is not registered.")
    algorithm = algorithm_of(key)
    if header.get("alg") != algorithm:
        raise InvalidAssertion("Its alg does not go with the key.")
    try:
        jws.deserialize_compact(assertion, public_key(key), algorithms=[algorithm])
    except (JoseError, ValueError):
        raise InvalidAssertion("Its signature is wrong.") from None


def _check_jku(header: dict[str, Any], client: ApiClient, *, takes_idle: bool) -> None:
    """A client may say again where its keys are; it chooses no other place by that."""
    if "jku" not in header or (takes_idle and not client.jwks_uri):
        return
    if not client.jwks_uri or header["jku"] != client.jwks_uri:
        raise InvalidAssertion("Its jku is not the registered address.", is_proven=True)


def _check_claims(claims: dict[str, Any], audience: str, longest_seconds: int) -> datetime.datetime:
    """When it expires, given that it is meant for us and for now."""
    if claims.get("aud") not in (audience, [audience]):
        raise InvalidAssertion(f"Its aud is not {audience}.", is_proven=True)
    now = timezone.now().timestamp()
    expires = _time(claims, "exp")
    if expires is None or expires <= now:
        raise InvalidAssertion("It has expired, or has no exp.", is_proven=True)
    if expires > now + longest_seconds:
        raise InvalidAssertion("Its exp is more than five minutes ahead.", is_proven=True)
    issued, begins = _time(claims, "iat"), _time(claims, "nbf")
    if max(issued or 0, begins or 0) > now + LEEWAY_SECONDS:
        raise InvalidAssertion("Its iat or nbf is in the future.", is_proven=True)
    if issued is not None and issued < now - LONGEST_AHEAD_SECONDS - LEEWAY_SECONDS:
        raise InvalidAssertion("Its iat is more than five minutes ago.", is_proven=True)
    return datetime.datetime.fromtimestamp(expires, datetime.UTC)


def _time(claims: dict[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519), in seconds since 1970."""
    value = claims.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and 0 <= value < LATEST):
        raise InvalidAssertion(f"Its {name} is not a time.", is_proven=True)
    return value


def _spend(client: ApiClient, jti: Any, expires_at: datetime.datetime) -> None:
    """Let the assertion count this once: of two at the same time, the database takes one."""
    if not (isinstance(jti, str) and 0 < len(jti) <= LONGEST_JTI):
        raise InvalidAssertion("It has no jti.", is_proven=True)
    try:
        with transaction.atomic():
            SpentAssertion.objects.create(
                client=client, jti_hash=hash_of(jti), expires_at=expires_at
            )
    except IntegrityError:
        raise InvalidAssertion("Its jti was used before.", is_proven=True) from None
