"""Sealing: what opens, and what does not."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.vault.cipher import (
    KEY_BYTES,
    NONCE_BYTES,
    DoesNotOpen,
    joint_key,
    new_key,
    seal,
    unseal,
)
from tumorboard.vault.master import FaultyKeys, parsed

KEY = bytes(range(KEY_BYTES))
PLACE = ("institution", "patient.identity", "row")


def key_text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_in_its_place(plain):
    sealed = seal(KEY, plain, bound_to=PLACE)
    assert unseal(KEY, sealed, bound_to=PLACE) == plain
    assert len(plain) < 4 or plain not in sealed


@pytest.mark.parametrize("moved", range(3))
def test_it_opens_in_no_other_institution_purpose_or_row(moved):
    elsewhere = [part if n != moved else "other" for n, part in enumerate(PLACE)]
    with pytest.raises(DoesNotOpen):
        unseal(KEY, seal(KEY, b"Rivera", bound_to=PLACE), bound_to=tuple(elsewhere))


def test_every_bit_is_authenticated():
    """ASVS v5.0.0-11.3.2: an approved cipher and mode, AES with GCM, is used."""
    sealed = seal(KEY, b"Rivera", bound_to=PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(DoesNotOpen):
            unseal(KEY, bytes(changed), bound_to=PLACE)
    for short in (b"", sealed[:5], sealed[:-1]):
        with pytest.raises(DoesNotOpen):
            unseal(KEY, short, bound_to=PLACE)


def test_another_key_opens_nothing():
    with pytest.raises(DoesNotOpen):
        unseal(new_key(), seal(KEY, b"Rivera", bound_to=PLACE), bound_to=PLACE)


def test_no_nonce_is_used_twice():
    """ASVS v5.0.0-11.3.4: a nonce is never used for more than one pair of key and data."""
    sealed = {seal(KEY, b"same", bound_to=PLACE)[1 : 1 + NONCE_BYTES] for _ in range(500)}
    assert len(sealed) == 500


def test_a_joint_key_needs_all_its_keys():
    one, two = new_key(), new_key()
    assert joint_key([one, two]) == joint_key([one, two])
    assert len({joint_key([one, two]), joint_key([one]), joint_key([two]), joint_key([])}) == 4


def test_master_keys_are_read_in_their_order():
    keys = [os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)]
    assert parsed(", ".join(map(key_text, keys))) == tuple(keys)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no key"),
        (" , ", "no key"),
        ("not base64!", "not base64"),
        (key_text(b"short"), "5 bytes"),
        (key_text(bytes(64)), "64 bytes"),
        (key_text(bytes(32)), "one byte"),
        (f"{key_text(KEY)},x", "Key 2"),
    ],
)
def test_a_weak_master_key_is_refused_and_never_quoted(text, words):
    with pytest.raises(FaultyKeys) as caught:
        parsed(text)
    assert words in str(caught.value)
    assert not text.strip(" ,") or text not in str(caught.value)
