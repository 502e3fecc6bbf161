"""Facts from the order under review and from the result in play."""

from collections.abc import Iterator
from typing import Any

from cases.models import Study
from cases.models.study import Region, Sequence
from cases.selectors.facts.columns import ORDER_FACTS, RESULT_FACTS
from cases.selectors.facts.record import Record, in_words
from cases.selectors.known import Known
from cases.selectors.provenance import of_result, of_study


def order(record: Record) -> Iterator[tuple[str, Known]]:
    """The newest study as the order under review, with its protocol as ordered or acquired."""
    study = record.imaging.current
    if study is None or not study.procedure:
        yield "ordered_procedure", Known("none", "study.none", "No coded order is open")
        return
    origin = f"From the {study.get_modality_display()} of {in_words(study.date)}"
    shown = of_study(study)
    yield "ordered_procedure", Known(study.procedure, "study.procedure", origin, shown)
    # What was acquired need not be what was ordered.
    protocol = f"{origin}, as {'acquired' if study.performed_on else 'ordered'}"
    for fact, (value, column) in _protocol(study).items():
        if value not in (None, ""):
            yield fact, Known(value, f"study.{column}", protocol, shown)


def _protocol(study: Study) -> dict[str, tuple[Any, str]]:
    """The facts of the order, each with the column that says it; a list says yes and no."""
    said = {fact: (getattr(study, column), column) for fact, column in ORDER_FACTS.items()}
    flow = study.contrast_flow_ml_s
    said["ordered_phases"] = (study.phases, "phases")
    said["contrast_flow_rate_ml_s"] = (None if flow is None else float(flow), "contrast_flow_ml_s")
    if study.sequences is not None:
        said["mrcp_included"] = (Sequence.MRCP in study.sequences, "sequences")
        if study.dwi is None:
            said["ordered_dwi"] = (Sequence.DWI in study.sequences, "sequences")
    if study.coverage is not None and study.covers_pelvis is None:
        said["ordered_covers_pelvis"] = (Region.PELVIS in study.coverage, "coverage")
    return said


def result(record: Record) -> Iterator[tuple[str, Known]]:
    """The result in play."""
    study, found = record.imaging.current, record.imaging.result
    if study is None or found is None:
        return
    origin = f"From the result of the {study.get_modality_display()} of {in_words(study.date)}"
    shown = of_result(study, found)
    yield "study_outcome", Known(found.outcome, "result.outcome", origin, shown)
    yield "study_modality", Known(study.modality, "study.modality", origin, shown)
    for fact in RESULT_FACTS:
        value = getattr(found, fact)
        if value not in (None, ""):
            yield fact, Known(value, f"result.{fact}", origin, shown)
