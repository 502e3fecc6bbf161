"""Dates as people type them."""

import calendar
import datetime
import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from tumorboard.formats import day

HELP = "Like 21 Nov 2026, 21nov2026 or 2026-11-21."
INVALID = "Enter a date like 21 Nov 2026."

#: 2026-11-21, and the same without the hyphens.
YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<mark>-?)(?P<month>\d{2})(?P=mark)(?P<day>\d{2})", re.A)
#: 21 Nov 2026, with or without anything between the parts.
NAMED_MONTH = re.compile(r"(?P<day>\d{1,2})[ .-]*(?P<month>[a-z]{3,9})[ .,-]*(?P<year>\d{4})", re.A)
#: Nov 21, 2026.
MONTH_FIRST = re.compile(r"(?P<month>[a-z]{3,9})[ .-]*(?P<day>\d{1,2})[ ,.-]+(?P<year>\d{4})", re.A)
#: 21/11/2026 or 11/21/2026: read only where it can be read in one way.
ALL_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.A)
MONTHS = [name.casefold() for name in calendar.month_name]


class DateInput(forms.TextInput):
    """A text field, since a date picker loses a date that is only half typed."""

    def format_value(self, value: Any) -> str | None:
        """Dates as everywhere on the pages; typed text as it was typed."""
        return value if isinstance(value, str) or value is None else day(value)


class DateField(forms.DateField):
    """A day, typed in any way that cannot be misread."""

    widget = DateInput
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": INVALID}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", HELP)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """The day.

        Raises:
            ValidationError: it is none, or it could be two; the message then names both.
        """
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.date):
            return value
        date = parse_day(str(value))
        if date is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return date


def parse_day(text: str) -> datetime.date | None:
    """The day that `text` names; None where it names none.

    Raises:
        ValidationError: month and day could be exchanged, as in 3/4/1961.
    """
    typed = " ".join(text.casefold().split())
    numbers = ALL_NUMBERS.fullmatch(typed)
    if numbers is not None:
        return _only_reading(text.strip(), *map(int, numbers.groups()))
    found = YEAR_FIRST.fullmatch(typed) or NAMED_MONTH.fullmatch(typed)
    found = found or MONTH_FIRST.fullmatch(typed)
    return _date(found["year"], _month(found["month"]), found["day"]) if found else None


def _only_reading(typed: str, first: int, second: int, year: int) -> datetime.date | None:
    readings = {_date(year, second, first), _date(year, first, second)}
    days = sorted((date for date in readings if date), reverse=True)
    if len(days) < 2:
        return days[0] if days else None
    one, other = days
    raise ValidationError(
        f"{typed} could be {day(one)} or {day(other)}. Enter it with the month's name.",
        code="ambiguous",
    )


def _month(text: str) -> int:
    """The number of a month that is named or numbered; 0 where it is none."""
    if text.isdigit():
        return int(text)
    named = (number for number, name in enumerate(MONTHS) if name and name.startswith(text))
    return next(named, 0)


def _date(year: Any, month: int, day_of_month: Any) -> datetime.date | None:
    try:
        return datetime.date(int(year), month, int(day_of_month))
    except ValueError:
        return None
