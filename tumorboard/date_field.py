"""Dates as people type them."""

from typing import Any

from django import forms

from tumorboard.formats import day

#: A day that could be read as a month (03/04/2026) is not among them.
FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y")
HELP = "Like 21 Nov 2026 or 2026-11-21."
INVALID = "Enter a date like 21 Nov 2026."


class DateInput(forms.TextInput):
    """A text field, since a date picker loses a date that is only half typed."""

    def format_value(self, value: Any) -> str | None:
        """Dates as everywhere on the pages; typed text as it was typed."""
        return value if isinstance(value, str) or value is None else day(value)


class DateField(forms.DateField):
    """A day, typed in either of the two ways that cannot be misread."""

    widget = DateInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", HELP)
        super().__init__(input_formats=FORMATS, error_messages={"invalid": INVALID}, **kwargs)
