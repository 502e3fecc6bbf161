"""Whether a value is one of a primitive type of FHIR: its JSON, its form, its range."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

#: The longest text in characters, and the most digits of a number on either side of its point.
MOST_CHARACTERS, MOST_DIGITS = 1_048_576, 400
#: As long as a body may be.
UNLIMITED = frozenset({"base64Binary", "xhtml"})
INTEGERS = {
    "integer": range(-(2**31), 2**31),
    "unsignedInt": range(2**31),
    "positiveInt": range(1, 2**31),
}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
HEX = "[0-9a-f]"

#: Type -> its form, and how that is told.
FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    name: (re.compile(form), words)
    for name, form, words in (
        ("date", rf"[0-9]{{4}}(-(0[1-9]|1[0-2]))?|{DAY}", "a date: 2026, 2026-11 or 2026-11-21"),
        (
            "dateTime",
            rf"[0-9]{{4}}(-(0[1-9]|1[0-2]))?|{DAY}(T{CLOCK}{ZONE})?",
            "a date, or a date with seconds and time zone: 2026-11-21T09:30:00+01:00",
        ),
        (
            "instant",
            rf"{DAY}T{CLOCK}{ZONE}",
            "a date with seconds and time zone: 2026-11-21T09:30:00+01:00",
        ),
        ("time", CLOCK, "a time with seconds: 09:30:00"),
        ("id", r"[A-Za-z0-9.-]{1,64}", "an id: 1 to 64 letters, digits, hyphens and dots"),
        ("code", r"\S+(\s\S+)*", "a code, with no space around it and no two together"),
        ("uri", r"\S+", "an address, without spaces"),
        ("url", r"\S+", "an address, without spaces"),
        ("canonical", r"\S+", "an address, without spaces"),
        ("oid", r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+", "an OID: urn:oid:1.2.3"),
        (
            "uuid",
            rf"urn:uuid:{HEX}{{8}}(-{HEX}{{4}}){{3}}-{HEX}{{12}}",
            "a UUID in small letters: urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        ),
        ("base64Binary", r"[0-9a-zA-Z+/\s]*=?\s*=?\s*", "Base64"),
    )
}


def fault(type_: str, value: Any) -> str:
    """Why `value` is not of the primitive type; empty where it is. Never quotes the value."""
    if type_ == "boolean":
        return "" if isinstance(value, bool) else "This must be true or false."
    if type_ in INTEGERS:
        return _integer_fault(INTEGERS[type_], value)
    if type_ == "decimal":
        return _decimal_fault(value)
    if not isinstance(value, str):
        return f"This must be text (a {type_})."
    return _text_fault(type_, value)


def _integer_fault(allowed: range, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "This must be a whole number."
    if value not in allowed:
        return f"This must be between {allowed.start} and {allowed.stop - 1}."
    return ""


def _decimal_fault(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        return "This must be a number."
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() > MOST_DIGITS or -exponent > MOST_DIGITS:
        return f"This number has more than {MOST_DIGITS} digits."
    return ""


def _text_fault(type_: str, value: str) -> str:
    if not value.strip():
        return "This must not be empty."
    if len(value) > MOST_CHARACTERS and type_ not in UNLIMITED:
        return f"This is longer than {MOST_CHARACTERS:,} characters."
    if CONTROLS.search(value):
        return "This contains a control character."
    if type_ not in FORMS:
        return ""
    form, words = FORMS[type_]
    if not form.fullmatch(value) or not _IS_REAL.get(type_, _always)(value):
        return f"This is not {words}."
    return ""


def _is_day(value: str) -> bool:
    """Whether there is such a day in the calendar."""
    parts = [int(part) for part in value.partition("T")[0].split("-")]
    try:
        datetime.date(*[*parts, 1, 1][:3])
    except ValueError:
        return False
    return True


def _is_base64(value: str) -> bool:
    return len("".join(value.split())) % 4 == 0


def _always(value: str) -> bool:
    return True


_IS_REAL: dict[str, Callable[[str], bool]] = {
    "date": _is_day,
    "dateTime": _is_day,
    "instant": _is_day,
    "base64Binary": _is_base64,
}
