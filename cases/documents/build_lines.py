"""From models to the lines that several printed documents share."""

from collections.abc import Mapping
from typing import Any

from cases.documents.lines import BoardReasonLine, BranchLine, StudyLine
from cases.models import Patient
from cases.selectors.briefing import Guidance, RatedStudy
from tumorboard.formats import day

UNKNOWN = "unknown"


def person(patient: Patient) -> dict[str, str]:
    """Whom a document is about, as its fields are called."""
    return {
        "patient_name": patient.name,
        "record_number": patient.record_number,
        "birth_date": day(patient.birth_date),
        "sex": patient.get_sex_display().lower() or UNKNOWN,
    }


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
        actions=tuple(guidance.steps),
        interval=guidance.interval,
        source=branch["source"],
    )


def board_reason_lines(guidance: Guidance) -> tuple[BoardReasonLine, ...]:
    """Why the case comes to the board."""
    return tuple(
        BoardReasonLine(text=r["text"], strength=r["strength"], source=r["source"])
        for r in guidance.answer["board_reasons"]
    )
