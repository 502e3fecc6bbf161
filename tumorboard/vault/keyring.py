"""The keys of the current institution: made, opened once for each scope, made anew."""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from tumorboard.tenancy.models import new_id
from tumorboard.tenancy.scope import current_institution
from tumorboard.vault.cipher import DoesNotOpen, new_key, seal, unseal
from tumorboard.vault.master import master_keys
from tumorboard.vault.models import InstitutionKey

#: Bytes before what an institution's key sealed: the version of that key.
VERSION_BYTES = 4
#: Bytes of a blind value: half of an HMAC-SHA256, which nobody meets twice by chance.
BLIND_BYTES = 16
#: Where an institution that was read for a scope keeps its open keys: as long as the scope.
KEPT = "_vault_keyring"

WRAPPING = "institution.key"
INDEX = "institution.index_key"


_held: ContextVar[bool] = ContextVar("vault_version_held", default=False)


class NoKeys(LookupError):
    """The institution has no keys; `keyring.begin` makes the first ones."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """The open keys of one institution. Never logged: it has no words of its own."""

    institution_id: uuid.UUID
    keys: dict[int, bytes]
    index_key: bytes

    @property
    def version(self) -> int:
        """The version that seals."""
        return max(self.keys)

    def seal(self, plain: bytes, *, purpose: str, row: object) -> bytes:
        """Seal under the institution's current key; the key's version stands before it."""
        place = (self.institution_id, purpose, row)
        return prefix(self.version) + seal(self.keys[self.version], plain, bound_to=place)

    def unseal(self, sealed: bytes, *, purpose: str, row: object) -> bytes:
        """What any version of the key sealed.

        Raises:
            DoesNotOpen: sealed under no key of this institution, for another place, or changed.
        """
        version = int.from_bytes(sealed[:VERSION_BYTES])
        if version > self.version and current_institution().pk == self.institution_id:
            # Somebody made a new key since this scope opened the ones it knew.
            self.keys.update(_opened().keys)
        key = self.keys.get(version)
        if key is None:
            raise DoesNotOpen
        place = (self.institution_id, purpose, row)
        return unseal(key, sealed[VERSION_BYTES:], bound_to=place)

    def blind(self, kind: str, text: str) -> bytes:
        """What stands for `text` in the blind index; the same text of two kinds differs."""
        said = f"{kind}\x1f{text}".encode()
        return hmac.new(self.index_key, said, hashlib.sha256).digest()[:BLIND_BYTES]


def prefix(version: int) -> bytes:
    """What stands before everything that a version of the key sealed; it sorts as versions do."""
    return version.to_bytes(VERSION_BYTES)


def keyring() -> Keyring:
    """The keys of the current institution, opened once for each scope.

    They are kept on the very object that the scope was entered with, so that no other
    institution's scope meets them.

    Raises:
        ScopeError: outside of a scope.
        NoKeys: the institution has none.
        DoesNotOpen: no master key opens them.
    """
    institution = current_institution()
    kept: Keyring | None = institution.__dict__.get(KEPT)
    if kept is None or kept.institution_id != institution.pk:
        kept = _opened()
        institution.__dict__[KEPT] = kept
    return kept


def begin() -> None:
    """Make the first keys of the current institution."""
    _add(version=1, key=new_key(), index_key=new_key())


@contextmanager
def version_held() -> Iterator[Keyring]:
    """The keys, of which no newer version is made before the end of the transaction.

    For what a rotation goes through to its end: sealed under the version before, a row that is
    written meanwhile would be missed. Nested, it asks the database nothing again.
    """
    if _held.get():
        yield keyring()
        return
    with transaction.atomic():
        _lock("pg_advisory_xact_lock_shared")
        ring = keyring()
        newest = InstitutionKey.objects.aggregate(newest=Max("version"))["newest"]
        if newest is not None and newest > ring.version:
            ring.keys.update(_opened().keys)
        token = _held.set(True)
        try:
            yield ring
        finally:
            _held.reset(token)


def wait_for_writers() -> None:
    """Let nobody seal what a rotation goes through before the end of the transaction.

    Waits for those who are at it, and for another rotation that begins.
    """
    _lock("pg_advisory_xact_lock")
    current_institution().__dict__.pop(KEPT, None)


@transaction.atomic
def add_version() -> int:
    """Make a new key of the current institution and retire the one before; the new version.

    The index key stays: a new one would need every patient's tokens anew in one moment, else a
    record number could be there twice.
    """
    wait_for_writers()
    before = _opened()
    InstitutionKey.objects.filter(retired_at__isnull=True).update(retired_at=timezone.now())
    _add(version=before.version + 1, key=new_key(), index_key=before.index_key)
    current_institution().__dict__.pop(KEPT, None)
    return before.version + 1


@transaction.atomic
def wrap_anew() -> int:
    """Wrap the current institution's keys by the first master key; how many were by another."""
    changed = 0
    first = master_keys()[0]
    for row in InstitutionKey.objects.select_for_update().order_by("version"):
        try:
            _unwrap(row, WRAPPING, row.wrapped_key, masters=(first,))
        except DoesNotOpen:
            key = _unwrap(row, WRAPPING, row.wrapped_key)
            index_key = _unwrap(row, INDEX, row.wrapped_index_key)
            row.wrapped_key = _wrap(row, WRAPPING, key)
            row.wrapped_index_key = _wrap(row, INDEX, index_key)
            row.save(update_fields=["wrapped_key", "wrapped_index_key"])
            changed += 1
    return changed


def _lock(function: str) -> None:
    """Take the institution's lock of key versions until the end of the transaction."""
    place = b"vault key version " + current_institution().pk.bytes
    key = int.from_bytes(hashlib.sha256(place).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])


def _add(*, version: int, key: bytes, index_key: bytes) -> None:
    row = InstitutionKey(id=new_id(), version=version)
    row.wrapped_key = _wrap(row, WRAPPING, key)
    row.wrapped_index_key = _wrap(row, INDEX, index_key)
    row.save(force_insert=True)


def _opened() -> Keyring:
    rows = list(InstitutionKey.objects.order_by("version"))
    if not rows:
        message = "The institution has no keys."
        raise NoKeys(message)
    return Keyring(
        institution_id=current_institution().pk,
        keys={row.version: _unwrap(row, WRAPPING, row.wrapped_key) for row in rows},
        index_key=_unwrap(rows[-1], INDEX, rows[-1].wrapped_index_key),
    )


def wrapped(institution_id: uuid.UUID, row_id: uuid.UUID, *, purpose: str, key: bytes) -> bytes:
    """A key of an institution, wrapped by the first master key."""
    return seal(master_keys()[0], key, bound_to=(institution_id, purpose, row_id))


def unwrapped(
    institution_id: uuid.UUID,
    row_id: uuid.UUID,
    *,
    purpose: str,
    sealed: bytes,
    masters: tuple[bytes, ...] | None = None,
) -> bytes:
    """A key of an institution, whichever master key wrapped it.

    Raises:
        DoesNotOpen: none did.
    """
    for master in masters or master_keys():
        try:
            return unseal(master, sealed, bound_to=(institution_id, purpose, row_id))
        except DoesNotOpen:
            continue
    message = "No master key opens the keys of this institution."
    raise DoesNotOpen(message)


def _wrap(row: InstitutionKey, purpose: str, key: bytes) -> bytes:
    return wrapped(*_place(row), purpose=purpose, key=key)


def _unwrap(
    row: InstitutionKey,
    purpose: str,
    sealed: bytes | memoryview,
    *,
    masters: tuple[bytes, ...] | None = None,
) -> bytes:
    return unwrapped(*_place(row), purpose=purpose, sealed=bytes(sealed), masters=masters)


def _place(row: InstitutionKey) -> tuple[uuid.UUID, uuid.UUID]:
    institution_id: Any = row.institution_id
    return institution_id, row.pk
