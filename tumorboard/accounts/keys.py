"""The public keys that an API client registers."""

import contextlib
import json
import operator
from typing import Any

from django.core.exceptions import ValidationError
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import base64_to_int

#: The longest text that may hold keys, in characters.
LONGEST = 50_000
MOST_KEYS = 10
LONGEST_KID = 200
#: Bits of an RSA key. SMART would take 2048, which is worth 112 bits; 3072 are worth 128, as ASVS
#: 11.2.3 asks. More than the upper bound would make checking a signature dear.
RSA_BITS = range(3072, 8193)
#: The algorithm that goes with each kind of key; there is no other.
ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}
CURVE = "P-384"
#: What is kept of a key: nothing that is not needed, and nothing that leads elsewhere.
KEPT = {"RSA": ("kty", "kid", "n", "e"), "EC": ("kty", "kid", "crv", "x", "y")}
#: What only private and shared keys have (RFC 7518, section 6).
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def judged(text: str) -> list[dict[str, str]]:
    """The public keys in a JWK Set, or in one JWK, as they are kept.

    Args:
        text: JSON (RFC 7517).

    Raises:
        ValidationError: what is wrong with which key, in words for who registers it.
    """
    if len(text) > LONGEST:
        raise ValidationError("This is too long for a set of public keys.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError("This is not JSON: paste a JWK Set, {“keys”: […]}.") from None
    keys = data.get("keys", [data]) if isinstance(data, dict) else None
    if not isinstance(keys, list) or not keys:
        raise ValidationError("Paste a JWK Set with at least one key: {“keys”: […]}.")
    check_number(keys)
    found = [_judged_key(key) for key in keys]
    check_distinct(found)
    return found


def judged_set(data: dict[str, Any]) -> list[dict[str, str]]:
    """Those of a fetched JWK Set that may sign here, by `kid`; others may serve other ends.

    Args:
        data: as it was read from JSON.

    Raises:
        ValidationError: it is none, has too many keys, two of one `kid`, or a private one.
    """
    given = data.get("keys")
    if not isinstance(given, list):
        raise ValidationError("This is no JWK Set.")
    check_number(given)
    if any(isinstance(key, dict) and PRIVATE & key.keys() for key in given):
        raise ValidationError("This holds a private or shared key.")
    found = []
    for key in given:
        with contextlib.suppress(ValidationError):
            found.append(_judged_key(key))
    check_distinct(found)
    return sorted(found, key=operator.itemgetter("kid"))


def check_distinct(keys: list[dict[str, str]]) -> None:
    """Refuse two keys of one client with the same `kid`.

    Raises:
        ValidationError: there are such.
    """
    names = [key["kid"] for key in keys]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValidationError(f"Two keys have the kid “{min(twice)}”: each needs its own.")


def check_number(keys: list[Any]) -> None:
    """Refuse more keys than a change of keys can need.

    Raises:
        ValidationError: there are more.
    """
    if len(keys) > MOST_KEYS:
        raise ValidationError(f"At most {MOST_KEYS} keys at once.")


def algorithm_of(key: dict[str, str]) -> str:
    """The only algorithm that a registered key signs with."""
    return ALGORITHMS[key["kty"]]


def public_key(key: dict[str, str]) -> RSAKey | ECKey:
    """A registered key, to check signatures with."""
    kind: type[RSAKey | ECKey] = RSAKey if key["kty"] == "RSA" else ECKey
    return kind.import_key({name: key[name] for name in KEPT[key["kty"]]})


def _judged_key(key: Any) -> dict[str, str]:
    if not isinstance(key, dict):
        raise ValidationError("Each key is an object: {“kty”: …, “kid”: …}.")
    if PRIVATE & key.keys():
        raise ValidationError(
            "This holds a private or shared key. Nobody else may ever see that: make a new pair, "
            "and paste the public half alone."
        )
    kid = key.get("kid")
    if not (isinstance(kid, str) and 0 < len(kid) <= LONGEST_KID and kid.isprintable()):
        raise ValidationError(f"Each key needs a kid of at most {LONGEST_KID} characters.")
    kind = key.get("kty")
    if not (isinstance(kind, str) and kind in ALGORITHMS):
        raise ValidationError(f"The key “{kid}” is neither RSA nor EC.")
    if key.get("alg", ALGORITHMS[kind]) != ALGORITHMS[kind]:
        raise ValidationError(f"The key “{kid}” is for another algorithm than {ALGORITHMS[kind]}.")
    if key.get("use", "sig") != "sig" or "verify" not in key.get("key_ops", ["verify"]):
        raise ValidationError(f"The key “{kid}” is not for checking signatures.")
    kept = {name: key[name] for name in KEPT[kind] if isinstance(key.get(name), str)}
    if len(kept) < len(KEPT[kind]):
        raise ValidationError(f"The key “{kid}” is not whole: it needs {', '.join(KEPT[kind])}.")
    _check_strength(kept)
    return kept


def _check_strength(key: dict[str, Any]) -> None:
    kid = key["kid"]
    try:
        # Before anything reckons with it: a key may be so long that reckoning takes for ever.
        bits = base64_to_int(key["n"]).bit_length() if key["kty"] == "RSA" else None
        if bits is None or bits in RSA_BITS:
            public_key(key)
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValidationError(f"The key “{kid}” is not whole, or not on its curve.") from None
    if bits is not None and bits not in RSA_BITS:
        raise ValidationError(
            f"The key “{kid}” has {bits} bits: RSA keys need {RSA_BITS.start} to "
            f"{RSA_BITS.stop - 1}."
        )
    if key["kty"] == "EC" and key["crv"] != CURVE:
        raise ValidationError(f"The key “{kid}” is on another curve than {CURVE}.")
