"""From models to the lines that several printed documents share."""

from collections.abc import Iterable, Mapping
from typing import Any

from cases.documents.lines import (
    BoardReasonLine,
    BranchLine,
    CheckLine,
    HeadlineLine,
    LocalLine,
    NoticeLines,
    SourcedLine,
    Standing,
    StepLine,
    StudyLine,
)
from cases.models import Patient
from cases.models.fact_answer import UNKNOWN
from cases.selectors.guidance_words import Guidance, RatedStudy, Sourced
from tumorboard.formats import day


def person(patient: Patient) -> dict[str, str]:
    """Whom a document is about, as its fields are called."""
    return {
        "patient_name": patient.name,
        "record_number": patient.record_number,
        "birth_date": day(patient.birth_date),
        "sex": patient.get_sex_display().lower() or UNKNOWN,
    }


def standing(guidance: Guidance) -> Standing:
    """Where the case stands in the guidance."""
    notice = guidance.notice
    return Standing(
        scenario=guidance.scenario,
        notice=NoticeLines(notice.title, _sourced(notice.lines), notice.next_step)
        if notice
        else None,
        provisional=guidance.provisional,
        headline=_headline(guidance.answer["headline"]),
        hints=_sourced(guidance.hints),
    )


def _headline(known: Mapping[str, Any] | None) -> HeadlineLine | None:
    if known is None:
        return None
    text = f"{known['text']} {known['article']} ({known['publisher']})"
    return HeadlineLine(known["name"], known["rating_label"], text, known["source"])


def _sourced(entries: Iterable[Sourced]) -> tuple[SourcedLine, ...]:
    return tuple(SourcedLine(entry.text, entry.source) for entry in entries)


def study_line(study: RatedStudy | None) -> StudyLine | None:
    """One rated study, if there is one."""
    if study is None:
        return None
    return StudyLine(
        name=study.name,
        rating=study.rating_label,
        radiation=study.rrl,
        note=study.note,
        source=study.source,
    )


def branch_line(guidance: Guidance) -> BranchLine | None:
    """What follows the result, if there is one."""
    branch: Mapping[str, Any] | None = guidance.answer["branch_detail"]
    if branch is None:
        return None
    return BranchLine(
        title=branch["trigger"],
        steps=tuple(StepLine(step.lead, step.texts) for step in guidance.steps),
        interval=guidance.interval,
        source=branch["source"],
    )


def board_reason_lines(guidance: Guidance) -> tuple[BoardReasonLine, ...]:
    """Why the case comes to the board."""
    return tuple(
        BoardReasonLine(text=r["text"], strength=r["strength"], source=r["source"])
        for r in guidance.answer["board_reasons"]
    )


def check_lines(guidance: Guidance) -> tuple[CheckLine, ...]:
    """Every check, with who acknowledged it."""
    return tuple(
        CheckLine(
            check.severity.capitalize(), check.text, check.source, check.status, check.is_open
        )
        for check in guidance.checks
    )


def local_lines(guidance: Guidance) -> tuple[LocalLine, ...]:
    """Every word of the institution, each with what of the guidance it stands beside."""
    return tuple(LocalLine(beside, word.sentence) for beside, word in guidance.local)
