"""The hash chain of a board's signed decisions.

Each link covers the one before it and the hash of what was signed, never the content itself: what
must be erased one day takes nothing from the chain. What it can and cannot show is written in
docs/decisions/0015-signed-chain.md.

Lock order: meeting, item, case, and last of all the chain. Its lock is an advisory one of the
transaction, not the board's row, so that a signature waits for no one who edits the board.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from cases.models import Board, Decision
from cases.services.content_hash import is_as_seen, is_intact, sha256
from tumorboard.tenancy.scope import seeing_all

#: What the first decision of a board follows.
NOTHING = "0" * 64


@dataclass(frozen=True)
class Place:
    """Where the next decision of a board goes: its position, and the link that it follows."""

    position: int
    previous_hash: str


@seeing_all()
def next_place(board: Board) -> Place:
    """The next place in the chain of `board`, which nobody else takes in this transaction.

    A chain is one for the whole board, restricted cases too.

    Waits until whoever signs on the same board has committed.
    """
    _lock(board.pk)
    last = (
        Decision.objects.filter(board=board, chain_position__isnull=False)
        .order_by("-chain_position")
        .values_list("chain_position", "chain_hash")
        .first()
    )
    position, chain_hash = last or (None, NOTHING)
    return Place((position or 0) + 1, chain_hash)


def link_hash(*, board_id: UUID, position: int, previous_hash: str, content_hash: str) -> str:
    """SHA-256, in hexadecimal, of one link."""
    return sha256(
        {
            "board": str(board_id),
            "position": position,
            "previous_hash": previous_hash,
            "content_hash": content_hash,
        }
    )


def is_linked(decision: Decision) -> bool:
    """Whether a decision's own link is that of what it holds; one in no chain has none."""
    if decision.chain_position is None or decision.board_id is None:
        return decision.chain_hash == ""
    return decision.chain_hash == link_hash(
        board_id=decision.board_id,
        position=decision.chain_position,
        previous_hash=decision.previous_hash,
        content_hash=decision.content_hash,
    )


def agrees(decision: Decision) -> bool:
    """Whether a signed decision, what the board saw and its link are as they were signed."""
    return is_intact(decision) and is_as_seen(decision) and is_linked(decision)


def _lock(board_id: UUID) -> None:
    """Hold the chain of one board until the end of the transaction."""
    digest = hashlib.sha256(b"decision chain " + board_id.bytes).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
