"""From one agenda item's rows to its printed decision."""

from typing import Any

from cases.documents.build_lines import (
    board_reason_lines,
    branch_line,
    check_lines,
    local_lines,
    person,
    standing,
    study_line,
)
from cases.documents.decision import (
    AcceptedLine,
    AssessmentQuote,
    DecisionDocument,
    OpinionLine,
    PresentLine,
    RecommendationLine,
    SignatureLine,
)
from cases.models import AgendaItem, Assessment, Decision
from cases.selectors.annotations import Annotations, annotations_of, annotations_of_signed
from cases.selectors.decisions import Said, said_by, sitting_of
from cases.selectors.guidance_words import Guidance
from cases.services.chains import agrees
from cases.services.decision_sheets import present_for, sheet_of
from cases.services.sheet_words import said_on
from tumorboard.formats import day, moment, zoned_moment


def signed_document(
    item: AgendaItem, signed: Decision, *, replaced_by: int | None = None
) -> DecisionDocument:
    """What one signed version of the decision on `item` says on paper."""
    return DecisionDocument(
        **_head(item, signed),
        **_content(said_by(signed)),
        assessment=_quote(signed.assessment, annotations_of_signed(signed)),
        version=signed.version,
        signature=SignatureLine(
            signed_by=signed.signer_name,
            signed_role=signed.signer_role,
            signed_at=zoned_moment(signed.signed_at),
            meaning=signed.meaning,
            content_hash=signed.content_hash,
            position=signed.chain_position,
            chain_hash=signed.chain_hash,
            agrees=agrees(signed),
        ),
        amendment_reason=signed.amendment_reason,
        replaced_by=replaced_by,
    )


def draft_document(item: AgendaItem) -> DecisionDocument:
    """What is written on `item` so far says on paper."""
    assessment, sheet = item.case.assessment, sheet_of(item)
    assert assessment is not None  # noqa: S101 - a case is assessed when it is opened
    people = tuple(PresentLine(a.name, a.specialty) for a in present_for(item))
    content = _content(said_on(sheet)) if sheet else _unwritten(item, people)
    return DecisionDocument(
        **_head(item),
        **content,
        assessment=_quote(assessment, annotations_of(item.case, assessment)),
        version=sheet.version if sheet else 1,
        signature=None,
        amendment_reason=sheet.draft.amendment_reason if sheet else "",
    )


def _head(item: AgendaItem, signed: Decision | None = None) -> dict[str, Any]:
    sitting = sitting_of(item, signed)
    return {
        "institution": item.institution.name,
        "board": sitting.board,
        "meeting": moment(sitting.starts_at),
        **person(item.case.patient),
    }


def _content(said: Said) -> dict[str, Any]:
    return {
        "question": said.question,
        "track": said.track,
        "outcome": said.outcome,
        "recommendations": tuple(
            RecommendationLine(a.number, a.kind, a.text, a.detail, a.added, a.instead_of)
            for a in said.recommendations
        ),
        "rationale": said.rationale,
        "lines": tuple(said.lines),
        "present": tuple(PresentLine(p.name, p.specialty, p.dissent) for p in said.people),
        "opinions": tuple(
            OpinionLine(o.name, o.specialty, o.text, o.given_on) for o in said.opinions
        ),
        "accepted": tuple(AcceptedLine(tuple(a.texts.values()), a.reason) for a in said.accepted),
    }


def _unwritten(item: AgendaItem, people: tuple[PresentLine, ...]) -> dict[str, Any]:
    return {"question": item.question, "recommendations": (), "rationale": "", "present": people}


def _quote(assessment: Assessment, annotations: Annotations) -> AssessmentQuote:
    guidance = Guidance(assessment, annotations)
    return AssessmentQuote(
        standing=standing(guidance),
        recommended=study_line(guidance.recommended),
        branch=branch_line(guidance),
        board_reasons=board_reason_lines(guidance),
        edition_version=assessment.edition_version,
        edition_hash=assessment.edition_hash,
        evaluated_on=day(assessment.evaluated_on),
        recommended_label=guidance.recommended_label,
        checks=check_lines(guidance),
        local=local_lines(guidance),
    )
