"""Writing the board's decisions: a draft first, then the signed record."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from guidance.engine.edition import load_edition

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
from cases.services.assessments import reassess
from cases.services.cases import lock
from cases.services.checks import check, check_version
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: What a signature says.
MEANING = "I sign this as the decision of the board."

#: The treatment options of the guidance (specification 5.4) that a recommendation may name.
TREATMENT_OPTIONS = ("OPT-SYSTEMIC", "OPT-SWITCH-SYSTEMIC", "OPT-LDT", "OPT-PRRT")


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
        Changed: somebody else saved since version `if_match` (0 where there was no draft).
        Refused: the decision is signed.
    """
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    _refuse_signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    check_version(current=draft.version if draft else 0, if_match=if_match)
    _check_recommendations(recommendations)
    if draft is None:
        draft = DecisionDraft(agenda_item=item)
    else:
        draft.version += 1
    draft.rationale, draft.changed_by, draft.changed_at = rationale.strip(), by, timezone.now()
    check(draft)
    draft.save()
    draft.recommendations.all().delete()
    DraftRecommendation.objects.bulk_create(
        DraftRecommendation(draft=draft, position=position, **asdict(recommended))
        for position, recommended in enumerate(recommendations, start=1)
    )
    record(action="decision.draft.saved", subject=item, by=by)
    return draft


@transaction.atomic
def sign(
    *, item: AgendaItem, assessment_id: UUID, draft_version: int, signer_role: str, by: User
) -> Decision:
    """Sign the draft of `item` as the board's decision.

    Args:
        assessment_id: the assessment that the signer saw; the decision quotes it.
        draft_version: the version of the draft that the signer saw.
        signer_role: the role in which they sign, in words.

    Raises:
        Changed: the draft was saved again since.
        Refused: there is no draft, it is signed already, or the case's assessment is another one
            by now.
        Invalid: what a decision needs is missing: a recommendation, a rationale, or who was
            present.
    """
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    case = lock(item.case)
    _refuse_signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is None:
        message = "There is nothing to sign yet. Write the decision first."
        raise Refused(message)
    check_version(current=draft.version, if_match=draft_version)
    if case.assessment_id != assessment_id:
        message = (
            "The guidance for this case has changed since you opened this page. "
            "Look at what it says now, then sign."
        )
        raise Refused(message)
    recommendations = list(draft.recommendations.all())
    present = list(Attendance.objects.filter(meeting=item.meeting).order_by("name"))
    _check_complete(draft, recommendations, present)
    decision = Decision(
        agenda_item=item,
        case=case,
        version=1,
        assessment_id=assessment_id,
        question=item.question,
        rationale=draft.rationale,
        signed_by=by,
        signer_name=by.name,
        signer_role=signer_role,
        signed_at=timezone.now(),
        meaning=MEANING,
    )
    asked = [
        Recommendation(
            decision=decision, position=r.position, kind=r.kind, code=r.code, text=r.text
        )
        for r in recommendations
    ]
    participants = [
        Participant(decision=decision, name=a.name, specialty=a.specialty) for a in present
    ]
    decision.content_hash = content_hash(decision, asked, participants)
    decision.save(force_insert=True)
    Recommendation.objects.bulk_create(asked)
    Participant.objects.bulk_create(participants)
    record(action="decision.signed", subject=decision, by=by)
    reassess(case=case)
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
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_signed(item: AgendaItem) -> None:
    if Decision.objects.filter(agenda_item=item).exists():
        message = "This decision is signed and cannot be changed."
        raise Refused(message)


def codes_of(kind: str) -> tuple[str, ...]:
    """The codes that a recommendation of `kind` may have; empty where it has none."""
    if kind == RecommendationKind.IMAGING:
        return tuple(load_edition().ratings.procedures)
    if kind == RecommendationKind.TREATMENT:
        return TREATMENT_OPTIONS
    return ()


def _check_recommendations(recommendations: Sequence[Recommended]) -> None:
    errors: dict[str, list[str]] = {}
    longest = DraftRecommendation._meta.get_field("text").max_length or 0
    for place, recommended in enumerate(recommendations):
        name = f"recommendations.{place}"
        if recommended.kind not in RecommendationKind.values:
            errors[f"{name}.kind"] = ["Choose what kind of recommendation this is."]
            continue
        codes = codes_of(recommended.kind)
        if recommended.code and recommended.code not in codes:
            errors[f"{name}.code"] = ["This is not a code for this kind of recommendation."]
        elif codes and not recommended.code and not recommended.text:
            errors[f"{name}.code"] = ["Choose one, or say in words what is recommended."]
        elif not codes and not recommended.text:
            errors[f"{name}.text"] = ["Say in words what is recommended."]
        if len(recommended.text) > longest:
            errors[f"{name}.text"] = [f"Use at most {longest} characters."]
    if errors:
        raise Invalid(errors)


def _check_complete(
    draft: DecisionDraft,
    recommendations: Sequence[DraftRecommendation],
    present: Sequence[Attendance],
) -> None:
    errors: dict[str, list[str]] = {}
    if not recommendations:
        errors["recommendations"] = ["Add at least one recommendation."]
    if not draft.rationale:
        errors["rationale"] = ["Say why the board decided so."]
    if not present:
        errors["present"] = ["Note who was present."]
    if errors:
        raise Invalid(errors)
