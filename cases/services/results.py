"""Writing results."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Result, Study
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def enter(*, study: Study, by: User, **fields: Any) -> Result:
    """Enter what `study` showed; the case is assessed anew with it.

    Args:
        fields: columns of `Result`; yes-or-no columns are None where the answer is unknown.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: the study has a result already; change that one.
    """
    case = lock(study.case)
    if Result.objects.filter(study=study).exists():
        message = "This study has a result already. Change that one."
        raise Refused(message)
    result = Result(study=study, case=case, entered_by=by, **fields)
    _check(result)
    result.save()
    record(action="case.result.entered", subject=case, by=by)
    changed(case=case)
    return result


@transaction.atomic
def change(*, result: Result, by: User, **fields: Any) -> Result:
    """Correct a result; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(result.case)
    for name, value in fields.items():
        setattr(result, name, value)
    result.entered_by, result.entered_at = by, timezone.now()
    _check(result)
    result.save()
    record(action="case.result.changed", subject=case, by=by)
    changed(case=case)
    return result


def _check(result: Result) -> None:
    study = result.study
    if study.performed_on is None:
        raise Invalid({"outcome": ["Enter the date on which the study was performed first."]})
    check(result)
