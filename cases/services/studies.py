"""Writing studies."""

from copy import copy
from typing import Any

from django.db import transaction

from cases.models import (
    Case,
    LesionSheet,
    Measurement,
    Rereading,
    Result,
    Study,
    StudyFile,
)
from cases.services import study_checks
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import (
    GUIDANCE_YEARS,
    check,
    check_version,
    date_errors,
    refuse_twice,
    stripped,
)
from cases.services.measurement_checks import by_study
from guidance.editions import shelf
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: Rows that only a performed study has, and what they are called.
OF_PERFORMED: tuple[tuple[Any, str], ...] = (
    (Result, "a result"),
    (Measurement, "measurements"),
    (LesionSheet, "measurements"),
    (Rereading, "a re-reading"),
    (StudyFile, "files"),
)

#: Columns in which two studies of one day differ.
TOLD_APART = (
    "modality",
    "procedure",
    "ordered_on",
    "performed_on",
    "coverage",
    "accession_number",
    "study_uid",
)


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Study:
    """Add an ordered or performed study to a case.

    Args:
        fields: columns of `Study`; yes-or-no columns and lists are None where unknown. Doses and
            activity are in the unit of the column's name.

    Raises:
        Invalid: a field cannot be accepted, or the study is there already.
    """
    case = lock(case)
    study = Study(case=case, **stripped(fields))
    _check(study)
    refuse_twice(study, among=Study.objects.filter(case=case), names=TOLD_APART)
    study.save()
    record(action="case.study.added", subject=case, by=by)
    changed(case=case)
    return study


@transaction.atomic
def change(*, study: Study, by: User, if_match: int | None = None, **fields: Any) -> Study:
    """Change columns of a study: it was performed, its protocol became known, its report came.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(study.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    study = Study.objects.get(pk=study.pk)
    before = copy(study)
    for name, value in stripped(fields).items():
        setattr(study, name, value)
    _check(study, before=before)
    study.save()
    record(action="case.study.changed", subject=case, by=by)
    changed(case=case)
    return study


def _check(study: Study, *, before: Study | None = None) -> None:
    """Check a study, against what the record holds of it where it is stored as `before`."""
    ordered, performed, reported = study.ordered_on, study.performed_on, study.reported_on
    errors = date_errors(
        years=GUIDANCE_YEARS,
        born=study.case.patient.birth_date,
        ordered_on=ordered,
        performed_on=performed,
        reported_on=reported,
    )
    if not ordered and not performed:
        errors["performed_on"] = ["Give the date on which it was ordered or performed."]
    elif ordered and performed and performed < ordered:
        errors.setdefault("performed_on", ["It was performed before it was ordered."])
    elif before and before.performed_on and not performed and (known := _known_of(study)):
        reason = f"It has {known}: give the date on which it was performed."
        errors["performed_on"] = [reason]
    if reported and not performed:
        errors.setdefault("reported_on", ["It is reported: give the date it was performed too."])
    elif reported and performed and reported < performed:
        errors.setdefault("reported_on", ["It was reported before it was performed."])
    faults = study_checks.faults(study) | _procedure_errors(study) | errors
    if before and (study.modality, study.phases) != (before.modality, before.phases):
        faults = _measurement_errors(study) | faults
    check(study, also=faults)


def _known_of(study: Study) -> str:
    """What the record holds of `study` that only a performed study has, in words; else empty."""
    rows = ((model.objects.filter(study=study), words) for model, words in OF_PERFORMED)
    return next((words for found, words in rows if found.exists()), "")


def _measurement_errors(study: Study) -> dict[str, list[str]]:
    """What is measured on `study` and cannot be with what is now said of it, at its field."""
    measured = Measurement.objects.filter(study=study).select_related("lesion")
    errors: dict[str, list[str]] = {}
    for row in measured.order_by("lesion__label"):
        for field, reason in by_study(row, study):
            column = "phases" if field == "enhancing_mm" else "modality"
            errors.setdefault(column, []).append(f"{row.lesion.label} is measured on it: {reason}")
    return errors


def _procedure_errors(study: Study) -> dict[str, list[str]]:
    if not study.procedure:
        return {}
    procedure = shelf.adopted().ratings.procedures.get(study.procedure)
    if procedure is None:
        return {"procedure": ["This is not a procedure that the guidance knows."]}
    if procedure.modality and study.modality and procedure.modality != study.modality:
        return {"procedure": [f"This procedure is done by {procedure.modality}."]}
    return {}
