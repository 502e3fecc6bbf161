"""Exporting cases: what leaves the institution is noted, case by case."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases.models import Case
from cases.selectors.case_list import Column
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record_each

#: How many cases one table holds.
MOST = 5_000

Table = list[list[str | int]]


@transaction.atomic
def table_of(
    *, cases: QuerySet[Case] | Sequence[Case], columns: Sequence[Column], by: User
) -> Table:
    """Heads and rows of a table of cases; that `by` took each of them out is noted.

    Raises:
        Refused: these are more cases than one table holds.
    """
    found = list(cases[: MOST + 1])
    if len(found) > MOST:
        message = f"These are more than {MOST:,} cases. Narrow the list down and export the parts."
        raise Refused(message)
    record_each(action="case.exported", subjects=found, by=by)
    heads: list[str | int] = ["Record number", "Family name", "Given name", "Date of birth"]
    return [[*heads, *(column.label for column in columns)]] + [_row(c, columns) for c in found]


def _row(case: Case, columns: Sequence[Column]) -> list[str | int]:
    patient = case.patient
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    who: list[str | int] = [patient.record_number, patient.family_name, patient.given_name, born]
    return [*who, *(_cell(case, column) for column in columns)]


def _cell(case: Any, column: Column) -> str | int:
    words = column.words(case)
    return int(words) if column.is_number and words.isdigit() else words
