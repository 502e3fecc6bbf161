"""Writing studies."""

from typing import Any

from django.db import transaction

from cases.models import Case, Result, Study
from cases.services import study_checks
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import (
    GUIDANCE_YEARS,
    check,
    check_version,
    date_errors,
    stripped,
)
from guidance.editions import shelf
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Study:
    """Add an ordered or performed study to a case.

    Args:
        fields: columns of `Study`; yes-or-no columns and lists are None where unknown. Doses and
            activity are in the unit of the column's name.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(case)
    study = Study(case=case, **stripped(fields))
    _check(study)
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
    for name, value in stripped(fields).items():
        setattr(study, name, value)
    _check(study)
    study.save()
    record(action="case.study.changed", subject=case, by=by)
    changed(case=case)
    return study


def _check(study: Study) -> None:
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
    elif not performed and Result.objects.filter(study=study).exists():
        errors["performed_on"] = ["It has a result: give the date on which it was performed."]
    if reported and not performed:
        errors.setdefault("reported_on", ["It is reported: give the date it was performed too."])
    elif reported and performed and reported < performed:
        errors.setdefault("reported_on", ["It was reported before it was performed."])
    check(study, also=study_checks.faults(study) | _procedure_errors(study) | errors)


def _procedure_errors(study: Study) -> dict[str, list[str]]:
    if not study.procedure:
        return {}
    procedure = shelf.adopted().ratings.procedures.get(study.procedure)
    if procedure is None:
        return {"procedure": ["This is not a procedure that the guidance knows."]}
    if procedure.modality and study.modality and procedure.modality != study.modality:
        return {"procedure": [f"This procedure is done by {procedure.modality}."]}
    return {}
