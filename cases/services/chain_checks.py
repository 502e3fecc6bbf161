"""Checking what was signed: every content hash, and every link of every board's chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Min, QuerySet

from cases.models import Decision
from cases.services.chains import NOTHING, is_linked
from cases.services.content_hash import is_as_seen, is_intact
from tumorboard.tenancy.scope import current_institution

#: Decisions read at once, each with its assessment.
CHUNK = 100
SEEN = "what the board saw differs from what was signed"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one decision, or between two; names no patient.

    `board_id` and `position` are None for a decision that was signed before there were chains,
    `decision_id` where the decision is not there.
    """

    institution: str
    board_id: UUID | None
    position: int | None
    decision_id: UUID | None
    what: str


@dataclass(frozen=True)
class Head:
    """The last link of one board's chain. Whoever keeps it elsewhere notices a cut tail."""

    institution: str
    board_id: UUID
    position: int
    chain_hash: str


def check_chains() -> tuple[list[Fault], list[Head]]:
    """All faults and all heads of the institution of the scope, board by board."""
    faults: list[Fault] = []
    heads: list[Head] = []
    chained = Decision.objects.filter(board__isnull=False, chain_position__isnull=False)
    for board_id in chained.order_by("board").values_list("board", flat=True).distinct():
        chain = _Chain(current_institution().slug, board_id)
        for decision in _read(chained.filter(board=board_id).order_by("chain_position", "id")):
            faults.extend(chain.follow(decision))
        heads.append(chain.head)
    faults.extend(_faults_outside())
    return faults, heads


def check_heads(expected: Iterable[Head]) -> list[Fault]:
    """Which heads that were kept earlier are no longer in the chains of the scope's institution."""
    faults = []
    for head in expected:
        now = Decision.objects.filter(board=head.board_id, chain_position=head.position)
        found = now.values_list("id", "chain_hash").first()
        if found is None:
            what = "a head that was kept earlier is gone: the end of the chain is missing"
        elif found[1] != head.chain_hash:
            what = "a head that was kept earlier had another hash: the chain was written anew"
        else:
            continue
        decision_id = found[0] if found else None
        faults.append(Fault(head.institution, head.board_id, head.position, decision_id, what))
    return faults


class _Chain:
    """One board's chain while it is walked from its beginning."""

    def __init__(self, institution: str, board_id: UUID) -> None:
        self.head = Head(institution, board_id, 0, NOTHING)
        self.followed: dict[str, int] = {}

    def follow(self, decision: Decision) -> Iterator[Fault]:
        """What is wrong with the next decision, and with how it follows the one before."""
        # Whoever asks has filtered by it.
        position: int = decision.chain_position  # type: ignore[assignment]
        expected = self.head.position + 1

        def fault(what: str, at: int = position) -> Fault:
            return Fault(self.head.institution, self.head.board_id, at, decision.pk, what)

        if not is_intact(decision):
            yield fault("content differs from what was signed")
        if not is_as_seen(decision):
            yield fault(SEEN)
        if position < expected:
            yield fault("two decisions at one position")
        elif position > expected:
            last = f" to {position - 1}" if position - 1 > expected else ""
            yield fault(f"hole: position {expected}{last} is missing before this one")
        if decision.previous_hash in self.followed:
            first = self.followed[decision.previous_hash]
            yield fault(f"two heads: position {first} follows the same link")
        elif position == expected and decision.previous_hash != self.head.chain_hash:
            yield fault("link broken: it does not follow the decision before it")
        if not is_linked(decision):
            yield fault("link broken: its own hash is not that of what it holds")
        self.followed[decision.previous_hash] = position
        self.head = Head(self.head.institution, self.head.board_id, position, decision.chain_hash)


def _faults_outside() -> Iterator[Fault]:
    """What stands in no chain: rightly so only what was signed before its board's chain began."""
    outside = Decision.objects.filter(chain_position__isnull=True).annotate(
        sat_on=F("agenda_item__meeting__board")
    )
    if not outside.exists():
        return
    began = dict(
        Decision.objects.filter(chain_position__isnull=False)
        .order_by()
        .values_list("board")
        .annotate(Min("signed_at"))
    )
    slug = current_institution().slug
    for decision in _read(outside.order_by("signed_at", "id")):
        board_id: UUID = decision.sat_on  # type: ignore[attr-defined]
        if not is_intact(decision):
            what = "content differs from what was signed"
            yield Fault(slug, board_id, None, decision.pk, what)
        if not is_as_seen(decision):
            yield Fault(slug, board_id, None, decision.pk, SEEN)
        first = began.get(board_id)
        if decision.hash_scheme > 1 or (first is not None and decision.signed_at >= first):
            what = "without a chain position, though signed after the chain began"
            yield Fault(slug, board_id, None, decision.pk, what)


def _read(decisions: QuerySet[Decision]) -> Iterator[Decision]:
    # The assessment is no join: a decision whose assessment is gone would be gone with it.
    whole = decisions.prefetch_related("assessment", "recommendations", "participants")
    return whole.iterator(chunk_size=CHUNK)
