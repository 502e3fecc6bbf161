"""Number fields of forms: typed with a point, shown without digits that say nothing."""

from decimal import Decimal
from typing import Any

from django import forms

NUMBER = "Enter a number, like 12 or 2.5."
WHOLE = "Enter a whole number, like 12."


class NumberInput(forms.TextInput):
    """A text field, since the browser's own number field throws away what it cannot read."""

    def __init__(self, *, mode: str) -> None:
        super().__init__(attrs={"inputmode": mode, "autocomplete": "off"})

    def format_value(self, value: Any) -> str | None:
        """3 for a stored 3.00; typed text as it was typed."""
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return None if value is None else str(value)


def decimal_number(label: str, *, unit: str = "", settles: str = "") -> forms.DecimalField:
    """A number that may be unknown (empty); its bounds are the service's business."""
    field = forms.DecimalField(
        label=label,
        required=False,
        widget=NumberInput(mode="decimal"),
        error_messages={"invalid": NUMBER},
    )
    field.unit, field.settles = unit, settles
    return field


def whole_number(label: str, *, help_text: str = "") -> forms.IntegerField:
    """A whole number that may be unknown (empty); its bounds are the service's business."""
    return forms.IntegerField(
        label=label,
        required=False,
        widget=NumberInput(mode="numeric"),
        error_messages={"invalid": WHOLE},
        help_text=help_text,
    )
