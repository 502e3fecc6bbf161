"""Clinical rows that are in no database, each of one case."""

import datetime
from decimal import Decimal
from typing import Any

from cases.models import (
    Assessment,
    Case,
    FactAnswer,
    LabResult,
    Lesion,
    Measurement,
    Patient,
    Procedure,
    Result,
    Specimen,
    Study,
    StudySeries,
    Treatment,
)
from guidance.engine import content
from tests.unit.fhir.resources.board_rows import AT, of

DAY = datetime.date(2026, 2, 3)


def patient(*, erased: bool = False) -> Patient:
    """A patient as the database has them; of one who was erased nothing can be opened."""
    found = of(Patient, wrapped_key=None if erased else b"sealed")
    found._state.adding = False
    return found


def case(*, facts: dict[str, Any] | None = None, erased: bool = False) -> Case:
    """A case, with the facts of its assessment."""
    known = {"facts": facts or {}, "edition_version": content.DEFAULT_VERSION}
    assessment = of(Assessment, evaluated_on=DAY, made_at=AT, **known)
    return of(Case, patient=patient(erased=erased), title="NET of the tail", assessment=assessment)


def lab_result(analyte: str, value: str, unit: str, **columns: Any) -> LabResult:
    """A laboratory value."""
    given = {"analyte": analyte, "value": Decimal(value), "unit": unit, "taken_on": DAY}
    return of(LabResult, case=case(), **{**given, **columns})


def specimen(**columns: Any) -> Specimen:
    """A biopsy of the liver."""
    given = {"case": case(), "kind": "biopsy", "site": "liver", "taken_on": DAY}
    return of(Specimen, **{**given, **columns})


def study(*, series: list[StudySeries] | None = None, **columns: Any) -> Study:
    """A CT that was performed, with the series that `rows()` brings."""
    given = {"case": case(), "modality": "CT", "procedure": "CT_AP_W", "performed_on": DAY}
    found = of(Study, **{**given, **columns})
    found.kept = series or []
    return found


def result(outcome: str = "stable", **columns: Any) -> Result:
    """What the CT showed."""
    examined = columns.pop("study", None) or study()
    examined.measured = columns.pop("measured", [])
    given = {"case": examined.case, "outcome": outcome, "entered_at": AT}
    return of(Result, study=examined, **{**given, **columns})


def lesion(**columns: Any) -> Lesion:
    """A target in the liver."""
    given = {"case": case(), "label": "L1", "site": "liver", "role": "target"}
    return of(Lesion, **{**given, **columns})


def measurement(**columns: Any) -> Measurement:
    """A lesion on the CT."""
    followed = columns.pop("lesion", None) or lesion()
    given = {"case": followed.case, "lesion": followed, "study": study()}
    return of(Measurement, **{**given, **columns})


def fact_answer(fact: str, value: Any, **columns: Any) -> FactAnswer:
    """An answered fact."""
    return of(FactAnswer, case=case(), fact=fact, value=value, answered_at=AT, **columns)


def treatment(type: str, **columns: Any) -> Treatment:  # noqa: A002
    """A treatment."""
    return of(Treatment, case=case(), type=type, **columns)


def procedure(kind: str, **columns: Any) -> Procedure:
    """A procedure."""
    return of(Procedure, case=case(), kind=kind, **columns)


def codes(concept: dict[str, Any]) -> dict[str, str]:
    """The codes of a CodeableConcept by their systems."""
    return {coding["system"]: coding["code"] for coding in concept.get("coding", ())}
