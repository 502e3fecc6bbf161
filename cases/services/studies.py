"""Writing studies."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from guidance.engine.edition import load_edition

from cases.models import Case, Study
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Study:
    """Add an ordered or performed study to a case.

    Args:
        fields: columns of `Study`: modality, procedure, ordered_on, performed_on, multiphasic,
            dwi, covers_pelvis, target, accession_number, report.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(case)
    study = Study(case=case, **fields)
    _check(study)
    study.save()
    record(action="case.study.added", subject=case, by=by)
    changed(case=case)
    return study


@transaction.atomic
def change(*, study: Study, by: User, **fields: Any) -> Study:
    """Change columns of a study: it was performed, its protocol became known, its report came.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(study.case)
    for name, value in fields.items():
        setattr(study, name, value)
    _check(study)
    study.save()
    record(action="case.study.changed", subject=case, by=by)
    changed(case=case)
    return study


def _check(study: Study) -> None:
    errors: dict[str, list[str]] = {}
    today = timezone.localdate()
    if not study.ordered_on and not study.performed_on:
        errors["performed_on"] = ["Give the date on which it was ordered or performed."]
    if study.performed_on and study.performed_on > today:
        errors["performed_on"] = ["The date lies in the future."]
    elif study.ordered_on and study.performed_on and study.performed_on < study.ordered_on:
        errors["performed_on"] = ["It was performed before it was ordered."]
    if study.ordered_on and study.ordered_on > today:
        errors["ordered_on"] = ["The date lies in the future."]
    errors |= _procedure_errors(study)
    if errors:
        raise Invalid(errors)
    check(study)


def _procedure_errors(study: Study) -> dict[str, list[str]]:
    if not study.procedure:
        return {}
    procedure = load_edition().ratings.procedures.get(study.procedure)
    if procedure is None:
        return {"procedure": ["This is not a procedure that the guidance knows."]}
    if procedure.modality and study.modality and procedure.modality != study.modality:
        return {"procedure": [f"This procedure is done by {procedure.modality}."]}
    return {}
