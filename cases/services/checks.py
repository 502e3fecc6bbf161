"""Checks that every write goes through."""

import datetime
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cases.models.board import MOST_TASK_DAYS
from cases.services.errors import Changed, Invalid
from guidance.engine.values import is_storable

WHOLE = ""
TWICE = "This is in the record already."
#: What stands in a column of which nothing is known.
EMPTY: tuple[Any, ...] = (None, "")
#: General categories of Unicode by which something can be seen: letters, numbers, punctuation,
#: symbols; a mark needs one of these to stand on.
VISIBLE = frozenset("LNPS")
#: Letters and symbols that are drawn as nothing: fillers of Hangul, the empty cell of Braille.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
UNSTORABLE = "This contains a character that cannot be stored."

#: How far back a date may lie: the longest life, and the longest time that guidance reckons with
#: (600 months, facts 51 and 99 of the data dictionary).
LIFETIME_YEARS = 120
GUIDANCE_YEARS = 50


def check(row: models.Model, *, also: Mapping[str, Sequence[str]] | None = None) -> None:
    """Check a row's fields, and where they are in order its constraints, before it is saved.

    Args:
        also: what the caller found wrong, by field. What a field says by itself goes first.

    Raises:
        Invalid: with the reasons for each field.
    """
    errors: dict[str, Sequence[str]] = {**(also or {}), **field_errors(row)}
    if not errors and not _keeps_constraints(row):
        try:
            row.validate_constraints(exclude=_not_typed(row))
        except ValidationError as error:
            errors.update(_reasons(error))
    if errors:
        raise Invalid(errors)


def field_errors(row: models.Model, *, names: Iterable[str] | None = None) -> dict[str, list[str]]:
    """What is wrong with the fields of `row`, by field.

    Args:
        names: only these fields; all that are typed where not given.
    """
    fields = {field.name for field in row._meta.fields}
    wanted = fields - _not_typed(row) if names is None else set(names)
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields(exclude=fields - wanted)
    except ValidationError as error:
        errors = _reasons(error)
    for field in row._meta.fields:
        value = getattr(row, field.attname)
        if field.name not in wanted or not isinstance(value, str):
            continue
        longest = field.max_length
        if not is_storable(value):
            errors[field.name] = [UNSTORABLE]
        elif isinstance(field, models.TextField) and longest and len(value) > longest:
            # Django checks the length of a CharField only.
            errors[field.name] = [f"Use at most {longest:,} characters; these are {len(value):,}."]
    return errors


def refuse_twice(
    row: models.Model,
    *,
    among: models.QuerySet[Any],
    names: Iterable[str] | None = None,
    unless_only: str = "",
) -> None:
    """Refuse a new row that is stored already, as when a form is sent twice.

    Called under the lock, once `row` is checked.

    Args:
        among: the rows that it could repeat.
        names: the columns that tell two rows apart; all that are typed where not given.
        unless_only: a column beside which something must be known. Two courses of which only the
            kind is known, without a date or a detail, may well be two.

    Raises:
        Invalid: at the whole.
    """
    fields = {field.name for field in row._meta.concrete_fields}
    columns = fields - _not_typed(row) if names is None else set(names)
    said = {name: getattr(row, name) for name in columns}
    if unless_only and all(said[name] in EMPTY for name in columns - {unless_only}):
        return
    if any(all(getattr(other, name) == said[name] for name in columns) for other in among):
        raise Invalid({WHOLE: [TWICE]})


def said(text: str) -> str:
    """`text` without the space around it; empty where nothing of it can be seen.

    Spaces of any width, joiners, marks of direction and other controls say nothing by themselves;
    within words they stay, as some scripts need them. What cannot be stored stays too, so that
    it is refused and not lost in silence.
    """
    is_visible = any(
        unicodedata.category(letter)[0] in VISIBLE and letter not in BLANK for letter in text
    )
    return text.strip() if is_visible or not is_storable(text) else ""


def text_fault(text: str, *, most: int) -> str:
    """Why `text` cannot be kept in a column of `most` characters; empty where it can."""
    if not is_storable(text):
        return UNSTORABLE
    return f"Use at most {most} characters." if len(text) > most else ""


def date_errors(
    *, years: int, born: datetime.date | None = None, **dates: datetime.date | None
) -> dict[str, list[str]]:
    """What is wrong with dates of things that have happened, by field.

    Args:
        years: how many years ago a date may lie at most.
        born: the patient's date of birth, before which nothing happened; None where unknown.
    """
    given = {name: date for name, date in dates.items() if date}
    found = ((name, date_error(date, years=years, born=born)) for name, date in given.items())
    return {name: [reason] for name, reason in found if reason}


def date_error(date: datetime.date, *, years: int, born: datetime.date | None = None) -> str:
    """Why `date` cannot be when something happened; empty where it can."""
    today = timezone.localdate()
    if date > today:
        return "The date lies in the future."
    if born is not None and date < born:
        return "The date lies before the patient's birth."
    if (date.year + years, date.month, date.day) < (today.year, today.month, today.day):
        return f"The date lies more than {years} years ago."
    return ""


def due_fault(date: datetime.date | None) -> str:
    """Why a task cannot be due as late as `date`; empty where it can, or none is given."""
    if date is None or date - timezone.localdate() <= datetime.timedelta(days=MOST_TASK_DAYS):
        return ""
    return "The date lies more than two years ahead."


def check_version(*, current: int, if_match: int | None) -> None:
    """Refuse a write that was made looking at an older version.

    Raises:
        Changed: `if_match` is given and is not `current`.
    """
    if if_match is not None and if_match != current:
        raise Changed(seen=if_match, current=current)


def stripped(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values without the space around text."""
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }


def _keeps_constraints(row: models.Model) -> bool:
    """Whether a row whose fields are in order keeps all its constraints, in one query at most.

    Django asks the database for each by itself, in three statements. Unique ones name the
    institution, which is not typed, so that it does not ask for them at all.
    """
    not_typed = _not_typed(row)
    conditions: list[Any] = [
        each.condition for each in row._meta.constraints if isinstance(each, models.CheckConstraint)
    ]
    asked = [
        condition
        for condition in conditions
        if not condition.referenced_base_fields & not_typed and not _is_of_list(condition, row)
    ]
    if not asked:
        return True
    together = models.CheckConstraint(condition=models.Q(*asked), name="all_of_a_row")
    try:
        together.validate(type(row), row, exclude=not_typed)
    except ValidationError:
        return False
    return True


def _is_of_list(condition: Any, row: models.Model) -> bool:
    """Whether a condition says no more than that a column is one of a list, and it is."""
    match condition.children:
        case [(str(lookup), values)] if lookup.endswith("__in") and not condition.negated:
            return getattr(row, lookup.removesuffix("__in")) in values
    return False


def _reasons(error: ValidationError) -> dict[str, list[str]]:
    return {
        WHOLE if field == "__all__" else field: [str(reason) for reason in reasons]
        for field, reasons in error.message_dict.items()
    }


def _not_typed(row: models.Model) -> set[str]:
    """References and computed columns: set by code, not typed, and checked by the database."""
    fields: list[Any] = list(row._meta.fields)
    return {
        field.name
        for field in fields
        if field.is_relation or not field.editable or field.primary_key
    }
