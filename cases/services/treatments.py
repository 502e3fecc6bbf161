"""Writing treatments."""

import datetime

from django.db import transaction

from cases.models import Case, Treatment
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import LIFETIME_YEARS, check, date_errors
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(
    *,
    case: Case,
    type: str,  # noqa: A002 - the fact's own word
    start: datetime.date | None = None,
    end: datetime.date | None = None,
    ongoing: bool | None = None,
    target: str = "",
    by: User,
) -> Treatment:
    """Add a treatment to a case; dates and whether it goes on may be unknown (None).

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(case)
    treatment = Treatment(
        case=case, type=type, start=start, end=end, ongoing=ongoing, target=target.strip()
    )
    _check(treatment)
    treatment.save()
    record(action="case.treatment.added", subject=case, by=by)
    changed(case=case)
    return treatment


@transaction.atomic
def remove(*, treatment: Treatment, by: User) -> None:
    """Take back a treatment that was entered by mistake; its history stays."""
    case = lock(treatment.case)
    treatment.delete()
    record(action="case.treatment.removed", subject=case, by=by)
    changed(case=case)


def _check(treatment: Treatment) -> None:
    start, end = treatment.start, treatment.end
    errors = date_errors(years=LIFETIME_YEARS, start=start, end=end)
    if start and end and end < start:
        errors.setdefault("end", ["The treatment ends before it started."])
    if end and treatment.ongoing:
        errors["ongoing"] = ["A treatment that has ended cannot still go on."]
    check(treatment, also=errors)
