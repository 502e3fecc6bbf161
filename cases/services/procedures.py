"""Writing procedures."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Procedure
from cases.models.procedure import REMOVABLE
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


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Procedure:
    """Add a procedure that changes what can be done later; the case is assessed anew.

    Args:
        fields: columns of `Procedure`; the dates may be unknown (None).

    Raises:
        Invalid: a field cannot be accepted, or the row is there already.
    """
    case = lock(case)
    procedure = Procedure(case=case, entered_by=by, **stripped(fields))
    _check(procedure)
    refuse_twice(procedure, among=Procedure.objects.filter(case=case))
    procedure.save()
    record(action="case.procedure.added", subject=case, by=by)
    changed(case=case)
    return procedure


@transaction.atomic
def change(
    *, procedure: Procedure, by: User, if_match: int | None = None, **fields: Any
) -> Procedure:
    """Change a procedure: a drain was removed, its date became known.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(procedure.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    procedure = Procedure.objects.get(pk=procedure.pk)
    for name, value in stripped(fields).items():
        setattr(procedure, name, value)
    procedure.entered_by, procedure.entered_at = by, timezone.now()
    _check(procedure)
    procedure.save()
    record(action="case.procedure.changed", subject=case, by=by)
    changed(case=case)
    return procedure


@transaction.atomic
def remove(*, procedure: Procedure, by: User) -> None:
    """Take back a procedure that was entered by mistake; its history stays."""
    case = lock(procedure.case)
    procedure.delete()
    record(action="case.procedure.removed", subject=case, by=by)
    changed(case=case)


def _check(procedure: Procedure) -> None:
    done, removed = procedure.done_on, procedure.removed_on
    errors = date_errors(
        years=LIFETIME_YEARS,
        born=procedure.case.patient.birth_date,
        done_on=done,
        removed_on=removed,
    )
    if done and removed and removed < done:
        errors.setdefault("removed_on", ["It was removed before it was put in."])
    if removed and procedure.kind and procedure.kind not in REMOVABLE:
        errors["removed_on"] = ["Only a drain or a stent can be removed."]
    check(procedure, also=errors)
