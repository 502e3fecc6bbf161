"""Sizes as people type them: in mm, or in cm with the unit beside the number."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.web.forms.typed_numbers import NumberInput

TYPED = re.compile(r"(?P<number>\d{1,6}(?:[.,]\d{1,4})?)\s*(?P<unit>[^\d\s.,].*)?", re.ASCII)
PER_UNIT = {"mm": Decimal(1), "cm": Decimal(10)}
INVALID = "Enter a size in mm, like 12.5, or in cm with its unit, like 1.2 cm."
TOO_FINE = "Give a size to a tenth of a millimeter at most."


class SizeInput(NumberInput):
    """A text field, so that a unit can be typed."""

    def __init__(self) -> None:
        super().__init__(mode="decimal")


class SizeField(forms.Field):
    """A size in mm; what is typed in cm is converted, any other unit is refused."""

    widget = SizeInput

    def to_python(self, value: Any) -> Decimal | None:
        """The size in mm to a tenth; None where nothing was typed."""
        text = str(value or "").strip()
        if not text:
            return None
        typed = TYPED.fullmatch(text)
        factor = PER_UNIT.get((typed["unit"] or "mm").strip().casefold()) if typed else None
        if typed is None or factor is None:
            raise ValidationError(INVALID, code="invalid")
        size = Decimal(typed["number"].replace(",", ".")) * factor
        if size != size.quantize(Decimal("0.1")):
            raise ValidationError(TOO_FINE, code="invalid")
        return size.quantize(Decimal("0.1"))


def is_in_cm(text: str) -> bool:
    """Whether a size was typed in cm, and so was converted."""
    return text.strip().casefold().endswith("cm")
