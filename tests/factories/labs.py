"""Laboratory values, made through the service or in memory."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.models import Case, LabResult
from cases.services import lab_results
from tumorboard.accounts.models import User


def lab_result(analyte: str, value: str, unit: str, taken_on: str, **fields: Any) -> LabResult:
    """A value that is not saved; limits as text, `<` or `>` before the value."""
    columns = _columns(analyte, value, unit, taken_on, fields)
    # Named, so that no scope is asked for.
    return LabResult(institution_id=uuid.uuid4(), entered_at=timezone.now(), **columns)


def make_lab_result(
    case: Case, analyte: str, value: str, unit: str, taken_on: str, *, by: User, **fields: Any
) -> LabResult:
    """A value of a case."""
    return lab_results.add(case=case, by=by, **_columns(analyte, value, unit, taken_on, fields))


def _columns(
    analyte: str, value: str, unit: str, taken_on: str, fields: dict[str, Any]
) -> dict[str, Any]:
    comparator = value[0] if value[0] in "<>" else ""
    limits = {
        column: Decimal(fields.pop(name))
        for name, column in (("upper", "upper_limit"), ("lower", "lower_limit"))
        if name in fields
    }
    return {
        "analyte": analyte,
        "comparator": comparator,
        "value": Decimal(value.removeprefix(comparator)),
        "unit": unit,
        "taken_on": datetime.date.fromisoformat(taken_on),
        **limits,
        **fields,
    }
