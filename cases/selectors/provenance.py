"""Where a fact comes from as machines read it: ids of rows and people, and times.

Stored beside the words of an origin. Names and what a study is called are looked up when
somebody reads it (`cases.selectors.explanation`).
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from cases.models import FactAnswer, Result, Study, Treatment
from cases.models.fact_answer import UNKNOWN

Provenance = dict[str, Any]


def of_answer(answer: FactAnswer) -> Provenance:
    """Who answered, and when."""
    return {"by": str(answer.answered_by_id), "at": answer.answered_at.isoformat()}


def of_study(study: Study) -> Provenance:
    """The study that says so itself."""
    return {"study": str(study.id)}


def of_result(study: Study, result: Result) -> Provenance:
    """The result of a study, who entered it, and when."""
    return {
        "study": str(study.id),
        "result": str(result.id),
        "by": str(result.entered_by_id),
        "at": result.entered_at.isoformat(),
    }


def of_studies(studies: Iterable[Study]) -> Provenance:
    """The studies that say so together."""
    return {"studies": [str(study.id) for study in studies]}


def of_treatments(treatments: Iterable[Treatment]) -> Provenance:
    """The treatments that say so; none where they were only answered."""
    ids = [str(treatment.id) for treatment in treatments]
    return {"treatments": ids} if ids else {}


def of_rows(kind: str, rows: Iterable[Model]) -> Provenance:
    """The rows of one kind that say so.

    Args:
        kind: a key of `cases.selectors.sources.SOURCES`, such as "specimens".
    """
    return {kind: [str(row.pk) for row in rows]}


def against(answer: FactAnswer | None, value: Any) -> Provenance:
    """The answer that the record's `value` stands against: both sides are shown.

    "unknown" contradicts nothing, and a list that holds all that was answered does not either.
    """
    if answer is None or not _contradict(answer.value, value):
        return {}
    said = {"value": answer.value, "source": answer.source, **of_answer(answer)}
    return {"answer": said}


def _contradict(answered: Any, value: Any) -> bool:
    if answered == UNKNOWN:
        return False
    if isinstance(answered, list) and answered:
        return any(item not in value for item in answered)
    return bool(answered != value)
