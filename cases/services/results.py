"""Writing results."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Result, Study
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check, check_version, stripped
from cases.services.errors import Refused
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
    study = Study.objects.get(pk=study.pk)
    if Result.objects.filter(study=study).exists():
        message = "This study has a result already. Change that one."
        raise Refused(message)
    result = Result(study=study, case=case, entered_by=by, **stripped(fields))
    _check(result)
    result.save()
    record(action="case.result.entered", subject=case, by=by)
    changed(case=case)
    return result


@transaction.atomic
def change(*, result: Result, by: User, if_match: int | None = None, **fields: Any) -> Result:
    """Correct a result; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(result.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    result = Result.objects.get(pk=result.pk)
    for name, value in stripped(fields).items():
        setattr(result, name, value)
    result.entered_by, result.entered_at = by, timezone.now()
    _check(result)
    result.save()
    record(action="case.result.changed", subject=case, by=by)
    changed(case=case)
    return result


def _check(result: Result) -> None:
    errors = {}
    if result.study.performed_on is None:
        errors["outcome"] = ["Enter the date on which the study was performed first."]
    check(result, also=errors)
