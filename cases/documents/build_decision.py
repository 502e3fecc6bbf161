"""From one agenda item's rows to its printed decision."""

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
    AssessmentQuote,
    DecisionDocument,
    PresentLine,
    RecommendationLine,
)
from cases.models import AgendaItem, Assessment, Decision
from cases.selectors.agendas import present_at
from cases.selectors.annotations import Annotations, annotations_of, annotations_of_signed
from cases.selectors.briefing import Guidance
from cases.selectors.recommended import InWords, in_words
from cases.services.decision_sheets import sheet_of
from tumorboard.formats import day, moment


def decision_document(item: AgendaItem, signed: Decision | None) -> DecisionDocument:
    """What the decision on `item` says on paper; the draft where none is `signed`."""
    meeting = item.meeting
    head = {
        "institution": item.institution.name,
        "board": meeting.board.name,
        "meeting": moment(meeting.starts_at),
        **person(item.case.patient),
    }
    return _signed(head, signed) if signed else _draft(head, item)


def _signed(head: dict[str, str], decision: Decision) -> DecisionDocument:
    asked = in_words(decision.recommendations.all(), version=decision.assessment.edition_version)
    return DecisionDocument(
        **head,
        question=decision.question,
        assessment=_quote(decision.assessment, annotations_of_signed(decision)),
        recommendations=_lines(asked),
        rationale=decision.rationale,
        present=tuple(PresentLine(p.name, p.specialty) for p in decision.participants.all()),
        signed_by=decision.signer_name,
        signed_role=decision.signer_role,
        signed_at=moment(decision.signed_at),
        meaning=decision.meaning,
        version=decision.version,
        content_hash=decision.content_hash,
    )


def _draft(head: dict[str, str], item: AgendaItem) -> DecisionDocument:
    assessment = item.case.assessment
    sheet = sheet_of(item)
    drafted = sheet.recommendations if sheet else ()
    return DecisionDocument(
        **head,
        question=item.question,
        assessment=_quote(assessment, annotations_of(item.case, assessment)),
        recommendations=_lines(in_words(drafted, version=assessment.edition_version)),
        rationale=sheet.draft.rationale if sheet else "",
        present=tuple(PresentLine(a.name, a.specialty) for a in present_at(item.meeting)),
        signed_by="",
        signed_role="",
        signed_at=None,
        meaning="",
        version=1,
        content_hash="",
    )


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


def _lines(asked: list[InWords]) -> tuple[RecommendationLine, ...]:
    return tuple(RecommendationLine(a.position, a.kind, a.text, a.detail) for a in asked)
