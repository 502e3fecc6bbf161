"""The installation's own key, with which it proves to OIDC providers who it is.

By `private_key_jwt` no secret is shared with anybody: a provider reads the public half here.
"""

import functools
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tumorboard.accounts.secret import new_secret

#: Seconds for which an assertion holds.
ASSERTION_SECONDS = 60
#: The algorithm that goes with each curve.
ALGORITHMS = {"P-256": "ES256", "P-384": "ES384"}


class UnreadableKey(ValueError):
    """The operator's key file is not there, or holds no private key that is taken here."""


def is_there() -> bool:
    """Whether the operator gave a key that can be used; `manage.py check` says why it cannot."""
    try:
        return bool(settings.IDENTITY_KEY_FILE and _key(settings.IDENTITY_KEY_FILE))
    except UnreadableKey:
        return False


def key_set() -> dict[str, Any]:
    """The public half, as providers ask for it (RFC 7517); without a key, none."""
    if not is_there():
        return {"keys": []}
    key, algorithm = _key(settings.IDENTITY_KEY_FILE)
    public = key.as_dict(private=False, kid=key.thumbprint(), use="sig", alg=algorithm)
    return {"keys": [public]}


def assertion(*, client_id: str, audience: str) -> str:
    """A client assertion (RFC 7523) for one request."""
    key, algorithm = _key(settings.IDENTITY_KEY_FILE)
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": new_secret(),
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    }
    header = {"alg": algorithm, "typ": "JWT", "kid": key.thumbprint()}
    return jwt.encode(header, claims, key, algorithms=[algorithm])


@functools.cache
def _key(path: str) -> tuple[ECKey, str]:
    """The key in a PEM file, and its algorithm.

    Raises:
        UnreadableKey: there is none on a curve that is taken here.
    """
    try:
        key = ECKey.import_key(Path(path).read_bytes())
        algorithm = ALGORITHMS[key.curve_name]
    except (OSError, ValueError, KeyError, JoseError):
        raise UnreadableKey(path) from None
    if not key.is_private:
        raise UnreadableKey(path)
    return key, algorithm
