"""Signing what is sent, in the form of Standard Webhooks (standardwebhooks.com), version 1.

HMAC-SHA256 over `id.timestamp.body`. While a secret is changed both sign, and the receiver takes
either.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

#: How a secret is written, so that it is known when it is met where it must not be.
PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret of 256 bits, as it is shown."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    *, message_id: str, timestamp: int, body: bytes, keys: Iterable[str]
) -> dict[str, str]:
    """The headers by which a receiver knows who sent `body`, and when.

    Args:
        message_id: the same in every attempt; without a full stop.
        timestamp: of this attempt, in seconds since 1970.
        keys: secrets as `new_secret` makes them.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(content, key) for key in keys),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
