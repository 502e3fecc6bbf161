"""Writing the board's decisions: a draft first, then the signed record."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionDraft,
    DraftRecommendation,
    Participant,
    Recommendation,
)
from cases.models.decision import RecommendationKind
from cases.selectors.annotated import AnnotatedAnswer, ShownCheck
from cases.selectors.annotations import Annotations, annotations_of
from cases.services.agendas import lock_item
from cases.services.assessments import is_outdated, place
from cases.services.cases import lock
from cases.services.checks import check_version, text_fault
from cases.services.errors import Invalid, Refused
from guidance.editions import shelf
from guidance.engine.edition import Edition
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: What a signature says.
MEANING = "I sign this as the decision of the board."

#: The treatment options of the guidance (specification 5.4) that a recommendation may name.
TREATMENT_OPTIONS = ("OPT-SYSTEMIC", "OPT-SWITCH-SYSTEMIC", "OPT-LDT", "OPT-PRRT")

#: The words of the codes that a recommendation may have, by its kind; other kinds have none.
Codes = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Recommended:
    """One recommendation as typed: its kind, its code where the kind has codes, and words."""

    kind: str
    code: str = ""
    text: str = ""


@transaction.atomic
def save_draft(
    *,
    item: AgendaItem,
    rationale: str,
    recommendations: Sequence[Recommended],
    by: User,
    if_match: int | None = None,
) -> DecisionDraft:
    """Keep what has been written so far for `item`.

    Raises:
        Invalid: a recommendation's kind or code is not known; the field is
            `recommendations.<place>.<field>`, counted from 0.
            A rationale that is too long is refused likewise.
        Changed: somebody else saved since version `if_match` (0 where there was no draft).
        Refused: the decision is signed, or the case was taken off the list.
    """
    item = lock_item(item)
    _refuse_signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    check_version(current=draft.version if draft else 0, if_match=if_match)
    recommendations = [Recommended(r.kind, r.code, r.text.strip()) for r in recommendations]
    _check_draft(rationale.strip(), recommendations)
    if draft is None:
        draft = DecisionDraft(agenda_item=item)
    else:
        draft.version += 1
    draft.rationale, draft.changed_by, draft.changed_at = rationale.strip(), by, timezone.now()
    draft.save()
    draft.recommendations.all().delete()
    DraftRecommendation.objects.bulk_create(
        DraftRecommendation(draft=draft, position=position, **asdict(recommended))
        for position, recommended in enumerate(recommendations, start=1)
    )
    record(action="decision.draft.saved", subject=item, by=by)
    return draft


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
        return _sha256(
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


@transaction.atomic
def sign(
    *,
    item: AgendaItem,
    assessment_id: UUID,
    draft_version: int,
    signer_role: str,
    by: User,
    seen: str | None = None,
) -> Decision:
    """Sign the draft of `item` as the board's decision.

    Args:
        assessment_id: the assessment that the signer saw; the decision quotes it.
        draft_version: the version of the draft that the signer saw.
        signer_role: the role in which they sign, in words.
        seen: `Sheet.seen` of the sheet that the signer saw.

    Raises:
        Changed: the draft was saved again since.
        Refused: there is no draft, it is signed already, the case was taken off the list, the
            case's assessment is another one by now or would be by the guidance in force, or
            the sheet is another one.
        Invalid: what a decision needs is missing: a recommendation, a rationale, who was
            present, or the acknowledgment of a critical check.
    """
    item = lock_item(item)
    # Read under its lock: nobody acknowledges or withdraws meanwhile.
    item.case = case = lock(item.case)
    _refuse_signed(item)
    sheet = sheet_of(item)
    if sheet is None:
        message = "There is nothing to sign yet. Write the decision first."
        raise Refused(message)
    check_version(current=sheet.draft.version, if_match=draft_version)
    assessment = case.assessment
    if assessment is None or assessment.id != assessment_id:
        message = (
            "The guidance for this case has changed since you opened this page. "
            "Look at what it says now, then sign."
        )
        raise Refused(message)
    if is_outdated(case):
        message = (
            "The guidance in force has changed since this case was assessed. "
            "Look at what it says now, then sign."
        )
        raise Refused(message)
    if seen is not None and seen != sheet.seen:
        message = (
            "The question, who was present, or what stands beside the guidance has changed since "
            "you opened this page. Look at what stands there now, then sign."
        )
        raise Refused(message)
    if sheet.gaps:
        raise Invalid(sheet.gaps)
    decision = Decision(
        agenda_item=item,
        case=case,
        version=1,
        assessment_id=assessment_id,
        question=item.question,
        rationale=sheet.draft.rationale,
        signed_by=by,
        signer_name=by.name,
        signer_role=signer_role,
        signed_at=timezone.now(),
        meaning=MEANING,
        quoted=sheet.annotations.as_json(),
    )
    asked = [
        Recommendation(
            decision=decision, position=r.position, kind=r.kind, code=r.code, text=r.text
        )
        for r in sheet.recommendations
    ]
    participants = [
        Participant(decision=decision, name=a.name, specialty=a.specialty) for a in sheet.present
    ]
    decision.content_hash = content_hash(decision, asked, participants)
    decision.save(force_insert=True)
    Recommendation.objects.bulk_create(asked)
    Participant.objects.bulk_create(participants)
    record(action="decision.signed", subject=decision, by=by)
    # Not assessed anew: a signature changes nothing that is known of the case, and whatever a new
    # day or edition would say, the case was decided on what the board saw.
    place(case=case, assessment=assessment, decided=decision)
    case.save(update_fields=["readiness"])
    return decision


def content_hash(
    decision: Decision,
    recommendations: Sequence[Recommendation],
    participants: Sequence[Participant],
) -> str:
    """SHA-256, in hexadecimal, of everything that a signature covers."""
    content = {
        "institution": str(decision.institution_id),
        "agenda_item": str(decision.agenda_item_id),
        "case": str(decision.case_id),
        "version": decision.version,
        "assessment": str(decision.assessment_id),
        "question": decision.question,
        "rationale": decision.rationale,
        "recommendations": [[r.position, r.kind, r.code, r.text] for r in recommendations],
        "participants": [[p.name, p.specialty] for p in participants],
        "signed_by": str(decision.signed_by_id),
        "signer_name": decision.signer_name,
        "signer_role": decision.signer_role,
        "signed_at": decision.signed_at.isoformat(),
        "meaning": decision.meaning,
    }
    # What was signed before anything was quoted keeps the hash that it has.
    if decision.quoted is not None:
        content["quoted"] = decision.quoted
    return _sha256(content)


def _sha256(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_signed(item: AgendaItem) -> None:
    if Decision.objects.filter(agenda_item=item).exists():
        message = "This decision is signed and cannot be changed."
        raise Refused(message)


def is_intact(decision: Decision) -> bool:
    """Whether a signed decision still is what its hash says."""
    asked, present = list(decision.recommendations.all()), list(decision.participants.all())
    return content_hash(decision, asked, present) == decision.content_hash


def codes_to_choose() -> Codes:
    """The codes that a new recommendation may have: those of the institution's edition."""
    return codes_in(shelf.adopted())


def codes_in(edition: Edition) -> Codes:
    """The codes that an edition has for a recommendation, with their words, by its kind."""
    actions = edition.content["actions"]["actions"]
    return {
        RecommendationKind.IMAGING: {
            code: procedure.name for code, procedure in edition.ratings.procedures.items()
        },
        RecommendationKind.TREATMENT: {
            action["code"]: action["text"]
            for action in actions
            if action["code"] in TREATMENT_OPTIONS
        },
    }


@dataclass(frozen=True)
class InWords:
    """A recommendation as a reader sees it: what is asked for, and what was added to it."""

    position: int
    kind: str
    text: str
    detail: str


def in_words(
    recommendations: Iterable[Recommendation | DraftRecommendation], *, version: str
) -> list[InWords]:
    """Recommendations in the words of the edition that the decision quotes."""
    lines = []
    codes = codes_in(shelf.edition(version))
    for asked in recommendations:
        words = codes.get(asked.kind, {}).get(asked.code, asked.code)
        lines.append(
            InWords(
                position=asked.position,
                kind=str(RecommendationKind(asked.kind).label),
                text=words or asked.text,
                detail=asked.text if words else "",
            )
        )
    return lines


def _check_draft(rationale: str, recommendations: Sequence[Recommended]) -> None:
    errors: dict[str, list[str]] = {}
    most = DecisionDraft._meta.get_field("rationale").max_length or 0
    if fault := text_fault(rationale, most=most):
        errors["rationale"] = [fault]
    codes = codes_to_choose()
    for index, recommended in enumerate(recommendations):
        field, reason = _fault(recommended, codes.get(recommended.kind, {}))
        if reason:
            errors[f"recommendations.{index}.{field}"] = [reason]
    if errors:
        raise Invalid(errors)


def _fault(recommended: Recommended, codes: Mapping[str, str]) -> tuple[str, str]:
    """The field that cannot be accepted and why; empty where all can."""
    longest = DraftRecommendation._meta.get_field("text").max_length or 0
    if recommended.kind not in RecommendationKind.values:
        return "kind", "Choose what kind of recommendation this is."
    if recommended.code and recommended.code not in codes:
        return "code", "This is not a code for this kind of recommendation."
    if fault := text_fault(recommended.text, most=longest):
        return "text", fault
    if not recommended.code and not recommended.text:
        if codes:
            return "code", "Choose one, or say in words what is recommended."
        return "text", "Say in words what is recommended."
    return "", ""
