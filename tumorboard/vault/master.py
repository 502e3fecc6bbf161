"""The installation's master keys: they wrap the institutions' keys, and stand in no database."""

import base64
import binascii
from functools import lru_cache

from django.conf import settings

from tumorboard.vault.cipher import KEY_BYTES


class FaultyKeys(ValueError):
    """`IDENTITY_KEYS` is not a list of whole keys; says nothing of what stands in it."""


def master_keys() -> tuple[bytes, ...]:
    """The keys of the setting `IDENTITY_KEYS`: the first one wraps, all unwrap.

    Raises:
        FaultyKeys: there is none, or one is not 32 bytes in base64.
    """
    return parsed(settings.IDENTITY_KEYS)


@lru_cache(maxsize=4)
def parsed(text: str) -> tuple[bytes, ...]:
    """The keys in `text`, base64 with commas between them.

    Raises:
        FaultyKeys: there is none, or one is not 32 bytes in base64, or they are all one byte.
    """
    keys = []
    for number, part in enumerate((part.strip() for part in text.split(",") if part.strip()), 1):
        try:
            key = base64.b64decode(part, validate=True)
        except binascii.Error:
            message = f"Key {number} is not base64."
            raise FaultyKeys(message) from None
        if len(key) != KEY_BYTES:
            message = f"Key {number} has {len(key)} bytes; a key has {KEY_BYTES}."
            raise FaultyKeys(message)
        if len(set(key)) == 1:
            message = f"Key {number} is one byte over and over; make it at random."
            raise FaultyKeys(message)
        keys.append(key)
    if not keys:
        message = "There is no key."
        raise FaultyKeys(message)
    return tuple(keys)
