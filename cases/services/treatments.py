"""Writing treatments."""

import datetime

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Treatment
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check
from cases.services.errors import Invalid
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
    check(treatment)
    today = timezone.localdate()
    errors: dict[str, list[str]] = {}
    for name in ("start", "end"):
        date = getattr(treatment, name)
        if date and date > today:
            errors[name] = ["The date lies in the future."]
    if treatment.start and treatment.end and treatment.end < treatment.start:
        errors["end"] = ["The treatment ends before it started."]
    if treatment.end and treatment.ongoing:
        errors["ongoing"] = ["A treatment that has ended cannot still go on."]
    if errors:
        raise Invalid(errors)
