"""An institution's keys on their way to another installation, which has other master keys.

What they travel in is sealed itself: see `tumorboard.operations.moving`.
"""

from uuid import UUID

from tumorboard.vault.keyring import INDEX, WRAPPING, unwrapped, wrapped

#: Columns as PostgreSQL writes them, or None.
Row = dict[str, str | None]
#: Column and what its key is bound to as.
COLUMNS = {"wrapped_key": WRAPPING, "wrapped_index_key": INDEX}


def bare(row: Row) -> Row:
    """A row of `InstitutionKey` with its keys open.

    Raises:
        DoesNotOpen: no master key of this installation opens them.
    """
    return row | {
        column: _hex(unwrapped(*_place(row), purpose=purpose, sealed=_bytes(row[column])))
        for column, purpose in COLUMNS.items()
    }


def under_our_master(row: Row) -> Row:
    """The same row with its keys wrapped by this installation's first master key."""
    return row | {
        column: _hex(wrapped(*_place(row), purpose=purpose, key=_bytes(row[column])))
        for column, purpose in COLUMNS.items()
    }


def _place(row: Row) -> tuple[UUID, UUID]:
    return UUID(str(row["institution_id"])), UUID(str(row["id"]))


def _bytes(text: str | None) -> bytes:
    return bytes.fromhex((text or "").removeprefix("\\x"))


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"
