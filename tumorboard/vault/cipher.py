"""Sealing bytes so that they open in one place only.

AES-256-GCM with a random 96-bit nonce. What is sealed is bound to its place: the institution, the
purpose and the row; moved elsewhere it does not open (docs/decisions/0021-sealed-identifiers.md).
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
#: How the bytes are laid out; the first byte, so that another cipher can follow one day.
LAYOUT = b"\x01"
SEPARATOR = "\x1f"
JOINT = b"tumorboard joint key"


class DoesNotOpen(Exception):
    """These bytes were not sealed under this key for this place, or were changed."""


def new_key() -> bytes:
    """A random key of 256 bits."""
    return os.urandom(KEY_BYTES)


def joint_key(keys: Sequence[bytes]) -> bytes:
    """A key that nobody has who lacks one of `keys`, for what tells of several patients at once.

    Whoever destroys one of them destroys it.
    """
    return hmac.new(JOINT, b"".join(keys), hashlib.sha256).digest()


def seal(key: bytes, plain: bytes, *, bound_to: tuple[object, ...]) -> bytes:
    """Encrypt `plain`.

    Args:
        bound_to: institution, purpose, row: what has to be said again to open it.
    """
    nonce = os.urandom(NONCE_BYTES)
    return LAYOUT + nonce + AESGCM(key).encrypt(nonce, plain, _place(bound_to))


def unseal(key: bytes, sealed: bytes, *, bound_to: tuple[object, ...]) -> bytes:
    """What `seal` encrypted.

    Raises:
        DoesNotOpen: another key, another place, or not a byte as it was.
    """
    if sealed[:1] != LAYOUT:
        raise DoesNotOpen
    start = len(LAYOUT) + NONCE_BYTES
    try:
        return AESGCM(key).decrypt(sealed[len(LAYOUT) : start], sealed[start:], _place(bound_to))
    except (InvalidTag, ValueError):
        raise DoesNotOpen from None


def _place(bound_to: tuple[object, ...]) -> bytes:
    return SEPARATOR.join(str(part) for part in bound_to).encode()
