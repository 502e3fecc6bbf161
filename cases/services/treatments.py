"""Writing treatments."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from cases.models import Case, Treatment
from cases.models.treatment import RADIONUCLIDE, SURGICAL
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import (
    LIFETIME_YEARS,
    check,
    check_version,
    date_errors,
    refuse_twice,
    stripped,
)
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: More than any course reaches; an activity typed in MBq lies above it.
MOST_GBQ = Decimal(500)


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Treatment:
    """Add a treatment to a case.

    Args:
        fields: columns of `Treatment`; dates, whether it goes on, and all else but the type may
            be unknown: None or empty.

    Raises:
        Invalid: a field cannot be accepted, or the row is there already.
    """
    case = lock(case)
    treatment = Treatment(case=case, **stripped(fields))
    _check(treatment)
    refuse_twice(treatment, among=Treatment.objects.filter(case=case), unless_only="type")
    treatment.save()
    record(action="case.treatment.added", subject=case, by=by)
    changed(case=case)
    return treatment


@transaction.atomic
def change(
    *, treatment: Treatment, by: User, if_match: int | None = None, **fields: Any
) -> Treatment:
    """Change a treatment: it ended, its response became known; what it said before is kept.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(treatment.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    treatment = Treatment.objects.get(pk=treatment.pk)
    for name, value in stripped(fields).items():
        setattr(treatment, name, value)
    _check(treatment)
    treatment.save()
    record(action="case.treatment.changed", subject=case, by=by)
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
    born = treatment.case.patient.birth_date
    errors = date_errors(years=LIFETIME_YEARS, born=born, start=start, end=end)
    if start and end and end < start:
        errors.setdefault("end", ["The treatment ends before it started."])
    if end and treatment.ongoing:
        errors["ongoing"] = ["A treatment that has ended cannot still go on."]
    if treatment.stop_reason and treatment.ongoing:
        errors["stop_reason"] = ["A treatment that still goes on was not stopped."]
    check(treatment, also=errors | _misplaced(treatment))


def _misplaced(treatment: Treatment) -> dict[str, list[str]]:
    """What this type of treatment does not have, and an activity that cannot be."""
    errors = {}
    if treatment.type in SURGICAL:
        if treatment.line is not None:
            errors["line"] = ["Lines count systemic and locoregional therapies, not surgery."]
        if treatment.cycles is not None:
            errors["cycles"] = ["Surgery has no cycles."]
    elif treatment.margin:
        errors["margin"] = ["Only surgery has a resection margin."]
    activity = treatment.activity_gbq
    if activity is None:
        return errors
    if treatment.type not in RADIONUCLIDE:
        errors["activity_gbq"] = ["Only PRRT and radioembolization (TARE) have an activity."]
    elif not 0 < activity <= MOST_GBQ:
        errors["activity_gbq"] = [f"Enter GBq, above 0 and at most {MOST_GBQ}: 7400 MBq are 7.4."]
    return errors
