"""What is about to be signed, as a signer sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import AgendaItem, Attendance, DecisionDraft, DraftRecommendation
from cases.selectors.annotated import AnnotatedAnswer, ShownCheck
from cases.selectors.annotations import Annotations, annotations_of
from cases.services.content_hash import sha256


@dataclass(frozen=True)
class Sheet:
    """What is about to be signed for one item, as a signer sees it.

    `seen` names this very content: whoever signs gives it back, and it is refused if anything on
    the sheet has changed meanwhile. `gaps` says what is still missing, by field.
    """

    item: AgendaItem
    draft: DecisionDraft
    recommendations: Sequence[DraftRecommendation]
    present: Sequence[Attendance]
    annotations: Annotations

    @property
    def seen(self) -> str:
        """SHA-256, in hexadecimal, of what stands on the sheet."""
        return sha256(
            {
                "question": self.item.question,
                "rationale": self.draft.rationale,
                "recommendations": [
                    [r.position, r.kind, r.code, r.text] for r in self.recommendations
                ],
                "present": [[a.name, a.specialty] for a in self.present],
                "annotations": self.annotations.as_json(),
            }
        )

    @property
    def blocking(self) -> list[ShownCheck]:
        """The critical checks that somebody has to acknowledge first (specification 6)."""
        assessment = self.item.case.assessment
        return AnnotatedAnswer(assessment.answer, self.annotations).blocking if assessment else []

    @property
    def gaps(self) -> dict[str, list[str]]:
        """What a decision needs and the sheet does not have, by field; empty when complete."""
        gaps: dict[str, list[str]] = {}
        if not self.recommendations:
            gaps["recommendations"] = ["Add at least one recommendation."]
        if not self.draft.rationale:
            gaps["rationale"] = ["Say why the board decided so."]
        if not self.present:
            gaps["present"] = ["Note who was present."]
        if self.blocking:
            gaps["checks"] = [f"Acknowledge {c.code} first: {c.text}" for c in self.blocking]
        return gaps


def sheet_of(item: AgendaItem) -> Sheet | None:
    """What would be signed for `item` now; None where nothing has been written yet."""
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is None:
        return None
    assessment = item.case.assessment
    return Sheet(
        item=item,
        draft=draft,
        recommendations=list(draft.recommendations.all()),
        present=list(Attendance.objects.filter(meeting_id=item.meeting_id).order_by("name")),
        annotations=annotations_of(item.case, assessment) if assessment else Annotations(),
    )
