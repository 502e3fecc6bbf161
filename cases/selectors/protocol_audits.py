"""What was drawn for audit of the protocol track, and what the audits found."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cases.models import Board, ProtocolAudit
from cases.models.protocol_audit import Verdict


def open_audits() -> QuerySet[ProtocolAudit]:
    """What nobody has reviewed yet, the oldest first."""
    return _audits().filter(verdict="").order_by("drawn_at", "id")


def done_audits() -> QuerySet[ProtocolAudit]:
    """What was reviewed, the newest first."""
    return _audits().exclude(verdict="").order_by("-reviewed_at", "id")


def _audits() -> QuerySet[ProtocolAudit]:
    return ProtocolAudit.objects.select_related(
        "decision__case__patient", "decision__agenda_item__meeting", "board", "reviewer"
    ).defer("decision__quoted", "decision__rationale")


@dataclass(frozen=True)
class Share:
    """How often audits disagreed under one standard."""

    standard_id: UUID
    name: str
    board: str
    drawn: int
    reviewed: int
    disagreed: int

    @property
    def words(self) -> str:
        """In one line: "1 of 4 reviewed should have been discussed (25 %)"."""
        if not self.reviewed:
            return f"{self.drawn} drawn, none reviewed yet"
        percent = round(100 * self.disagreed / self.reviewed)
        return f"{self.disagreed} of {self.reviewed} should have been discussed ({percent} %)"


def shares() -> list[Share]:
    """The share that reviewers disagreed with, by board and standard, worst first."""
    return sorted(
        _shares(ProtocolAudit.objects.all()),
        key=lambda share: (-share.disagreed / (share.reviewed or 1), share.board, share.name),
    )


def shares_of(board: Board) -> dict[UUID, Share]:
    """The same for one board, by the standard's id."""
    found = _shares(ProtocolAudit.objects.filter(board=board))
    return {share.standard_id: share for share in found}


def _shares(audits: QuerySet[ProtocolAudit]) -> list[Share]:
    rows: Any = (
        audits.order_by()
        .values(
            "decision__agenda_item__standard",
            "decision__agenda_item__standard__name",
            "board__name",
        )
        .annotate(
            drawn=Count("pk"),
            reviewed=Count("pk", filter=~Q(verdict="")),
            disagreed=Count("pk", filter=Q(verdict=Verdict.DISCUSS)),
        )
    )
    return [
        Share(
            standard_id=row["decision__agenda_item__standard"],
            name=row["decision__agenda_item__standard__name"],
            board=row["board__name"],
            drawn=row["drawn"],
            reviewed=row["reviewed"],
            disagreed=row["disagreed"],
        )
        for row in rows
    ]
