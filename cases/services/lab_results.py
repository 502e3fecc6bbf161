"""Writing laboratory values."""

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, LabResult
from cases.selectors.analytes import OTHER, Analyte, catalogue
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import LIFETIME_YEARS, check, date_errors, stripped
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

TWICE = "This value is already there."
#: Columns in which two entries of one value agree, and what stands in them.
SAME = ("analyte", "comparator", "value", "unit", "taken_on", "laboratory", "note")
Same = tuple[Any, ...]


@transaction.atomic
def add(*, case: Case, by: User, as_reported: bool = False, **fields: Any) -> LabResult:
    """Add one value.

    Args:
        as_reported: a person confirms that an unlikely value is what the laboratory gave.
        fields: columns of `LabResult`: analyte, comparator, value, unit, lower_limit,
            upper_limit, taken_on, laboratory, note. The unit in any spelling.

    Raises:
        Invalid: a field cannot be accepted.
    """
    try:
        return add_many(case=case, rows=[fields], by=by, as_reported=as_reported)[0]
    except Invalid as error:
        first = {field.partition(".")[2]: reasons for field, reasons in error.errors.items()}
        raise Invalid(first) from None


@transaction.atomic
def add_many(
    *, case: Case, rows: Sequence[Mapping[str, Any]], by: User, as_reported: bool = False
) -> list[LabResult]:
    """Add several values, all of them or none, as those of one panel.

    Args:
        rows: the columns of each, as for `add`.

    Raises:
        Invalid: a field cannot be accepted, by the row's number: "0.value".
    """
    case = lock(case)
    there = {_same(row) for row in LabResult.objects.filter(case=case)}
    results: list[LabResult] = []
    errors: dict[str, list[str]] = {}
    for number, fields in enumerate(rows):
        result = LabResult(case=case, entered_by=by, **stripped(fields))
        try:
            _check(result, others=there, as_reported=as_reported)
        except Invalid as error:
            errors |= {f"{number}.{field}": reasons for field, reasons in error.errors.items()}
        there.add(_same(result))
        results.append(result)
    if errors:
        raise Invalid(errors)
    for result in results:
        result.save()
    if results:
        record(action="case.lab_results.added", subject=case, by=by)
        changed(case=case)
    return results


@transaction.atomic
def change(
    *, lab_result: LabResult, by: User, as_reported: bool = False, **fields: Any
) -> LabResult:
    """Correct columns of a value; what stood there before is kept in its history.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = lock(lab_result.case)
    # Read under the lock: what others changed meanwhile in other columns stays.
    result = LabResult.objects.get(pk=lab_result.pk)
    for name, value in stripped(fields).items():
        setattr(result, name, value)
    others = LabResult.objects.filter(case=case).exclude(pk=result.pk)
    _check(result, others={_same(row) for row in others}, as_reported=as_reported)
    # Whoever corrects a value answers for it, and what is computed from it is new.
    result.entered_by, result.entered_at = by, timezone.now()
    result.save()
    record(action="case.lab_result.changed", subject=case, by=by)
    changed(case=case)
    return result


@transaction.atomic
def remove(*, lab_result: LabResult, by: User) -> None:
    """Take back a value that was entered by mistake; its history stays."""
    case = lock(lab_result.case)
    lab_result.delete()
    record(action="case.lab_result.removed", subject=case, by=by)
    changed(case=case)


def _check(result: LabResult, *, others: Container[Same], as_reported: bool) -> None:
    errors = _limit_errors(result)
    born = result.case.patient.birth_date
    errors |= date_errors(years=LIFETIME_YEARS, born=born, taken_on=result.taken_on)
    analyte = catalogue().analytes.get(result.analyte)
    if analyte is None:
        errors["analyte"] = ["This is not an analyte that is known here."]
    else:
        errors |= _unit_errors(result, analyte)
        if analyte.code == OTHER and not result.note:
            errors["note"] = ["Say what was measured."]
        if "unit" not in errors and not as_reported:
            errors = _unlikely(result, analyte) | errors
    if _same(result) in others:
        errors.setdefault("value", [TWICE])
    check(result, also=errors)


def _limit_errors(result: LabResult) -> dict[str, list[str]]:
    errors = {}
    lower, upper = _finite(result.lower_limit), _finite(result.upper_limit)
    value = _finite(result.value)
    if value is not None and value < 0:
        errors["value"] = ["A value cannot be negative."]
    if lower is not None and lower < 0:
        errors["lower_limit"] = ["A limit cannot be negative."]
    if upper is not None and upper <= 0:
        errors["upper_limit"] = ["The upper limit must be above 0."]
    elif upper is not None and lower is not None and lower > upper:
        errors["upper_limit"] = ["The upper limit lies below the lower one."]
    return errors


def _unit_errors(result: LabResult, analyte: Analyte) -> dict[str, list[str]]:
    """Write the unit as this product does; what is wrong with it, if anything."""
    if not result.unit:
        return {}  # The field says so itself.
    unit = analyte.unit_named(result.unit)
    if unit is None:
        known = ", ".join(analyte.units)
        return {"unit": [f"{analyte.name} is not given in this unit. Use one of: {known}."]}
    result.unit = unit
    return {}


def _unlikely(result: LabResult, analyte: Analyte) -> dict[str, list[str]]:
    found = {}
    for name in ("value", "upper_limit"):
        number = _finite(getattr(result, name))
        # Below 0.3 ng/mL says how fine the laboratory measures, not how much there was.
        if number is None or (name == "value" and result.comparator == "<"):
            continue
        reason = analyte.unlikely(number, result.unit)
        if reason:
            found[name] = [f"{reason} If the laboratory reported it so, confirm it."]
    return found


def _finite(value: Any) -> Decimal | None:
    """A number that can be compared; anything else is the field's own business."""
    number = Decimal(value) if isinstance(value, int | Decimal) else None
    return number if number is not None and number.is_finite() else None


def _same(result: LabResult) -> Same:
    """What tells one value from another."""
    return tuple(_bare(getattr(result, name)) for name in SAME)


def _bare(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
