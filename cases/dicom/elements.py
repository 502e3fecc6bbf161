"""Values of elements as plain text, numbers and dates; what cannot be read is not there."""

import datetime
import math
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from cases.dicom.instances import FAULTS

MOST_TEXT = 200


def text_of(elements: Dataset, keyword: str, most: int = MOST_TEXT) -> str:
    """The text of an element, several values with commas; empty where there is none."""
    value = _value(elements, keyword)
    return plain(value, most)


def plain(value: Any, most: int = MOST_TEXT) -> str:
    """`value` as text in one line that can be kept anywhere."""
    if value is None:
        return ""
    parts = value if isinstance(value, (MultiValue, list)) else [value]
    joined = ", ".join(str(part) for part in parts)
    # Halves of surrogate pairs and control characters, NUL among them, are not printable.
    printable = "".join(letter if letter.isprintable() else " " for letter in joined)
    return " ".join(printable.split())[:most]


def number_of(elements: Dataset, keyword: str) -> float | None:
    """The (first) number of an element; None where there is none that is finite."""
    value = _value(elements, keyword)
    return finite(value[0] if isinstance(value, MultiValue) and value else value)


def finite(value: Any) -> float | None:
    """`value` as a finite number, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def date_of(elements: Dataset, keyword: str) -> str:
    """The date of an element as 2026-11-21; empty where it is none."""
    typed = text_of(elements, keyword).replace(".", "")
    if len(typed) != len("YYYYMMDD") or not (typed.isascii() and typed.isdigit()):
        return ""
    try:
        return datetime.date(int(typed[:4]), int(typed[4:6]), int(typed[6:])).isoformat()
    except ValueError:
        return ""


def items_of(elements: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; empty where there is none that can be read."""
    value = _value(elements, keyword)
    try:
        return [item for item in value or () if isinstance(item, Dataset)]
    except TypeError:
        return []


def meaning_of(elements: Dataset, keyword: str) -> str:
    """What the first code of a sequence of codes means, in words."""
    codes = items_of(elements, keyword)
    return text_of(codes[0], "CodeMeaning") if codes else ""


def _value(elements: Dataset, keyword: str) -> Any:
    try:
        return elements.get(keyword)
    except FAULTS:
        return None
