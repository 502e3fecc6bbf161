"""Secrets of links and tokens: handed out once, kept as a hash."""

import hashlib
import secrets

#: Bytes of randomness. At this length a plain hash cannot be searched, so it needs no salt.
LENGTH_BYTES = 32


def new_secret() -> str:
    """A secret that can stand in a URL."""
    return secrets.token_urlsafe(LENGTH_BYTES)


def hash_of(secret: str) -> str:
    """What the database keeps of a secret: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
