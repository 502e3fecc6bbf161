"""Writing lesions."""

from typing import Any

from django.db import transaction

from cases.models import Case, Lesion, Measurement
from cases.models.lesion import MeasurementState
from cases.selectors.body_map import Place, is_place
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check, stripped
from cases.services.errors import Refused
from cases.services.measurement_checks import by_lesion
from cases.services.row_versions import check_row_version
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import day


@transaction.atomic
def add(*, case: Case, by: User, **fields: Any) -> Lesion:
    """Add a lesion to a case.

    Args:
        fields: columns of `Lesion`: label, site, location, role, treated_locally, merged_into,
            split_from, note.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(case)
    lesion = Lesion(case=case, **stripped(fields))
    check_lesion(lesion)
    lesion.save()
    record(action="case.lesion.added", subject=case, by=by)
    changed(case=case)
    return lesion


@transaction.atomic
def change(*, lesion: Lesion, by: User, if_match: int | None = None, **fields: Any) -> Lesion:
    """Change columns of a lesion; what they were stays in its history.

    Args:
        if_match: the version of the row that the person saw.

    Raises:
        Invalid: a field cannot be accepted.
        RowChanged: somebody else wrote these columns since `if_match`.
    """
    case = lock(lesion.case)
    check_row_version(lesion, if_match=if_match, fields=fields)
    lesion = Lesion.objects.get(pk=lesion.pk)
    for name, value in stripped(fields).items():
        setattr(lesion, name, value)
    check_lesion(lesion)
    lesion.save()
    record(action="case.lesion.changed", subject=case, by=by)
    changed(case=case)
    return lesion


@transaction.atomic
def remove(*, lesion: Lesion, by: User) -> None:
    """Take back a lesion that was entered by mistake, with its measurements; history stays.

    Raises:
        Refused: another lesion is a fragment of this one or merged into it.
    """
    case = lock(lesion.case)
    named = Lesion.objects.filter(case=case)
    if named.filter(split_from=lesion).exists() or named.filter(merged_into=lesion).exists():
        message = "Another lesion is a fragment of this one or merged into it. Change that first."
        raise Refused(message)
    Measurement.objects.filter(lesion=lesion).delete()
    lesion.delete()
    record(action="case.lesion.removed", subject=case, by=by)
    changed(case=case)


def check_lesion(lesion: Lesion) -> None:
    """Check a lesion before it is saved, under the lock of its case.

    Raises:
        Invalid: with the reasons for each field.
    """
    errors: dict[str, list[str]] = {}
    if not is_place(Place(lesion.site, lesion.location)):
        errors["location"] = ["This place is not on the body map of the site."]
    others = {other.pk: other for other in Lesion.objects.filter(case=lesion.case)}
    before = others.pop(lesion.pk, None)
    if before is not None and (before.site, before.role) != (lesion.site, lesion.role):
        errors |= _measured_faults(lesion)
    for name in ("merged_into", "split_from"):
        reason = _relation_fault(lesion, name, others)
        if reason:
            errors[name] = [reason]
    if not lesion.merged_into_id and _is_merged_somewhere(lesion):
        errors.setdefault("merged_into", ["It is recorded as merged on a study: say into which."])
    if any(other.label.casefold() == lesion.label.casefold() for other in others.values()):
        errors["label"] = ["Another lesion of this case is called so."]
    check(lesion, also=errors)


def _measured_faults(lesion: Lesion) -> dict[str, list[str]]:
    """What is measured of `lesion` and is not what counts at its site or in its role, by field."""
    # Nothing is measured of a merged lesion.
    rows = Measurement.objects.filter(lesion=lesion).exclude(state=MeasurementState.MERGED)
    errors: dict[str, list[str]] = {}
    for row in rows.select_related("study").order_by("study__performed_on", "id"):
        for field, reason in by_lesion(row, lesion):
            column = "role" if field == "state" else "site"
            message = f"Measured on {day(row.study.date)}: {reason}"
            errors.setdefault(column, []).append(message)
    return errors


def _relation_fault(lesion: Lesion, name: str, others: dict[Any, Lesion]) -> str:
    """Why the lesion cannot be related to that one; empty where it can."""
    seen = {lesion.pk}
    follow = getattr(lesion, f"{name}_id")
    if follow is not None and follow not in others and follow != lesion.pk:
        return "Choose another lesion of this case."
    while follow is not None:
        if follow in seen:
            return "A lesion cannot become part of itself."
        seen.add(follow)
        follow = getattr(others[follow], f"{name}_id")
    return ""


def _is_merged_somewhere(lesion: Lesion) -> bool:
    return Measurement.objects.filter(lesion=lesion, state=MeasurementState.MERGED).exists()
