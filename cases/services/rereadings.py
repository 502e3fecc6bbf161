"""Writing the board's own readings of studies."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Rereading, Result, Study
from cases.models.rereading import Agreement
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import GUIDANCE_YEARS, check, date_errors, stripped
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(*, study: Study, by: User, **fields: Any) -> Rereading:
    """Keep what the board sees on `study`; the result as reported stays as it is.

    Args:
        fields: columns of `Rereading`: outcome, agreement, words, read_on, read_by.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(study.case)
    study = Study.objects.get(pk=study.pk)
    rereading = Rereading(study=study, case=case, entered_by=by, **stripped(fields))
    _check(rereading)
    rereading.save()
    record(action="case.rereading.entered", subject=case, by=by)
    changed(case=case)
    return rereading


@transaction.atomic
def change(*, rereading: Rereading, by: User, **fields: Any) -> Rereading:
    """Correct a reading; what it said before stays in its history.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(rereading.case)
    # Read under the lock: what others changed meanwhile in other columns stays.
    rereading = Rereading.objects.select_related("study").get(pk=rereading.pk)
    for name, value in stripped(fields).items():
        setattr(rereading, name, value)
    rereading.entered_by, rereading.entered_at = by, timezone.now()
    _check(rereading)
    rereading.save()
    record(action="case.rereading.changed", subject=case, by=by)
    changed(case=case)
    return rereading


def _check(rereading: Rereading) -> None:
    performed, read = rereading.study.performed_on, rereading.read_on
    errors = date_errors(years=GUIDANCE_YEARS, read_on=read)
    if performed is None:
        errors["outcome"] = ["Enter the date on which the study was performed first."]
    elif read and read < performed:
        errors.setdefault("read_on", ["It was read before the study was performed."])
    result = Result.objects.filter(study=rereading.study).first()
    agrees = rereading.agreement == Agreement.AGREE
    if agrees and result and rereading.outcome and result.outcome != rereading.outcome:
        reported = result.get_outcome_display()
        errors["agreement"] = [
            f"The result is “{reported}”: another reading is a minor or a major discrepancy."
        ]
    if rereading.agreement in (Agreement.MINOR, Agreement.MAJOR) and not rereading.words:
        errors["words"] = ["Say in words what differs."]
    check(rereading, also=errors)
