"""From the text of a cell to a value; what cannot be told for certain is an error, not a guess."""

import datetime
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cases.models.fact_answer import UNKNOWN
from cases.models.patient import Sex
from cases.services.imports.fields import RECORD_NUMBER, Field
from guidance.engine.dictionary import DICTIONARY, FactDefinition

#: Sizes below this many mm are centimeters by mistake more often than they are sizes [INT].
SMALLEST_SIZE_MM = 3
#: What spreadsheets write where a formula failed.
FAILED_FORMULA = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(%|mm|cm)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
STAGE = re.compile(r"(?:stage\s*)?(IV|III|II|I|[1-4])[ABC]?[12]?", re.IGNORECASE)
LONGEST = {RECORD_NUMBER: 60, "family_name": 120, "given_name": 120, "case_title": 200}
LONGEST |= {"full_name": 240, "board_question": 500}
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class CellError(ValueError):
    """A cell that cannot be understood; the text says why and what to write."""


def read_cell(field: Field, text: str) -> Any:
    """What a cell says: None where it is empty, "unknown" where it says so, or a value.

    Raises:
        CellError: the text means nothing for this field, or may mean two things.
    """
    plain = text.strip()
    if FAILED_FORMULA.fullmatch(plain):
        raise CellError("is an error of the spreadsheet; correct its formula")
    if plain.casefold() in _words("empty"):
        return None
    if field.name in LONGEST:
        return _text(field, plain)
    # An own word of the field goes first: "not done" may be a value.
    meaning = _meanings(field).get(plain.casefold())
    if meaning is not None:
        return meaning
    if plain.casefold() in _words("unknown"):
        return UNKNOWN
    return _other(field, plain)


def shown(value: object) -> str:
    """A number without a superfluous decimal point."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _text(field: Field, text: str) -> str | None:
    if text.casefold() in _words("unknown"):
        return None
    if len(text) > LONGEST[field.name]:
        raise CellError(f"is longer than {LONGEST[field.name]} characters")
    if field.name == "full_name" and text.count(",") != 1:
        raise CellError("needs one comma after the family name, like “Rivera, Ana”")
    return text


def _other(field: Field, text: str) -> Any:
    if field.name == "birth_date":
        return _date(text)
    if field.name == "stage_group":
        return _distant_metastasis(text)
    if field.name == "primary_size_cm":
        return _size_mm(text, unit="cm")
    if field.name == "primary_size_mm":
        return _size_mm(text, unit="mm")
    if field.name == "oncotree_code":
        raise CellError("is not the OncoTree code of a pancreatic neuroendocrine tumor, PANET")
    if not field.fact or field.name != field.fact:
        raise CellError(_one_of(_choices(field)))
    fact = DICTIONARY[field.fact]
    if fact.kind == "date":
        return _date(text)
    if fact.kind in ("integer", "decimal"):
        return _quantity(text, fact)
    raise CellError(_one_of(_choices(field)))


# --- Words --------------------------------------------------------------------------------------


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("words.yaml").read_text("utf-8")
    )
    return table


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(_table()[kind])


@cache
def _meanings(field: Field) -> Mapping[str, Any]:
    """Word -> value, for a field whose values are a list."""
    meanings: dict[str, Any] = {}
    if field.name == "extrapancreatic_spread":
        meanings |= dict.fromkeys(_words("affirmed"), False) | dict.fromkeys(_words("denied"), True)
    elif field.fact == field.name and DICTIONARY[field.fact].kind == "bool3":
        meanings |= dict.fromkeys(_words("affirmed"), True) | dict.fromkeys(_words("denied"), False)
    for value, words in (_table()["fields"].get(field.name) or {}).items():
        meanings |= dict.fromkeys(words, value)
    for value, label in _choices(field).items():
        meanings[str(label).casefold()] = value
        meanings[str(value).casefold()] = value
        meanings[str(value).casefold().replace("_", " ")] = value
    return meanings


def _choices(field: Field) -> Mapping[Any, str]:
    """Value -> label of the values that are offered; empty where they are no list."""
    if field.name == "sex":
        return {value: str(label) for value, label in Sex.choices}
    if field.name == "extrapancreatic_spread":
        return {False: "Present", True: "Absent"}
    if field.fact == field.name and field.fact:
        return DICTIONARY[field.fact].value_labels
    return {}


def _one_of(choices: Mapping[Any, str]) -> str:
    return f"is not one of: {', '.join(choices.values())}, Unknown"


# --- Numbers ------------------------------------------------------------------------------------


def _number(text: str, *, units: tuple[str, ...]) -> tuple[float, str]:
    """A number and the unit that stands after it, or an empty one."""
    if THOUSANDS.fullmatch(text):
        raise CellError(
            f"may mean {text.replace(',', '')} or {text.replace(',', '.')}; write it without comma"
        )
    match = NUMBER.fullmatch(text)
    if match is None:
        if re.match(r"[<>≤≥~]|ca\b|about", text.casefold()):
            raise CellError("is a limit and not a number; write the number, or “unknown”")
        raise CellError("is not a number; write one number, or “unknown”")
    unit = (match[2] or "").casefold()
    if unit and unit not in units:
        raise CellError(f"is in {unit}, which does not fit this field")
    return float(match[1].replace(",", ".")), unit


def _quantity(text: str, fact: FactDefinition) -> float | int:
    units = tuple(unit for unit in ("%", "mm") if fact.unit.startswith(unit))
    number, _unit = _number(text, units=units)
    if not number.is_integer():
        if fact.kind == "integer":
            raise CellError("is not a whole number")
        return number
    return int(number)


def _size_mm(text: str, *, unit: str) -> float:
    number, given = _number(text, units=("mm", "cm"))
    size_mm = round(number * 10, 6) if (given or unit) == "cm" else number
    if 0 <= size_mm < SMALLEST_SIZE_MM:
        reason = f"{shown(size_mm)} mm is smaller than imaging shows"
        if (given or unit) == "mm" and size_mm:
            reason += f"; if it is in cm write {shown(size_mm * 10)}"
        raise CellError(reason)
    return int(size_mm) if size_mm.is_integer() else size_mm


def _distant_metastasis(text: str) -> bool:
    match = STAGE.fullmatch(text)
    if match is None:
        raise CellError("is not a stage group; write I, II, III or IV, with or without a letter")
    return match[1].upper() in ("IV", "4")


# --- Dates --------------------------------------------------------------------------------------


def _date(text: str) -> str:
    """A date as ISO text."""
    day = re.sub(r"[T ]00:00(:00(\.0+)?)?Z?$", "", text)
    numbers = re.fullmatch(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", day)
    if numbers:
        return _from_numbers(numbers[1], numbers[2], numbers[3], numbers[4])
    words = re.fullmatch(r"(\d{1,2})[-. ]+([A-Za-z]{3,9})\.?[-, ]+(\d{4})", day)
    if words:
        return _from_word(words[3], words[2], words[1])
    words = re.fullmatch(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", day)
    if words:
        return _from_word(words[3], words[1], words[2])
    raise CellError("is not a date; write it like 2026-11-21, or “unknown”")


def _from_numbers(first: str, sign: str, second: str, third: str) -> str:
    year_length = 4
    if len(first) == year_length:
        return _iso(first, second, third)
    if len(third) != year_length:
        raise CellError("has no year of four digits; write it like 2026-11-21")
    months = 12
    if sign == "." or int(first) > months or first.zfill(2) == second.zfill(2):
        return _iso(third, second, first)
    if int(second) > months:
        return _iso(third, first, second)
    raise CellError("may be day or month first; write it like 2026-11-21")


def _from_word(year: str, month: str, day: str) -> str:
    name = month.casefold()
    for number, full in enumerate(MONTHS, start=1):
        if name in (full, full[:3], full[:4]):
            return _iso(year, str(number), day)
    raise CellError("names no month; write it like 2026-11-21")


def _iso(year: str, month: str, day: str) -> str:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise CellError("is a date that does not exist") from None
