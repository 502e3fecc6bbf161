"""Facts: the typed, possibly unknown values that an assessment reads."""

import math
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from guidance.engine.clock import months_between
from guidance.engine.dictionary import DICTIONARY, FactDefinition, FieldDefinition

UNKNOWN = "unknown"

Definition = FactDefinition | FieldDefinition


class FactError(ValueError):
    """One fact that is not in the dictionary or holds a value that it may not hold.

    `fact` is the name as given, `reason` says what is wrong, in words for a person.
    """

    def __init__(self, fact: str, reason: str) -> None:
        super().__init__(f"{fact}: {reason}")
        self.fact = fact
        self.reason = reason


class FactErrors(ValueError):
    """Everything that is wrong with one mapping of facts, in `errors`."""

    def __init__(self, errors: Sequence[FactError]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Facts:
    """Known facts by name; what is absent is unknown.

    Booleans, codes, numbers, `datetime.date`, tuples of codes, tuples of record mappings.
    Lists that are empty mean "reviewed, none" (specification 0.2 rule 3).
    """

    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """Return the value of the fact `name`, or None when it is unknown."""
        return self.values.get(name)

    def is_known(self, name: str) -> bool:
        """Return whether the fact `name` is known."""
        return name in self.values

    def as_json(self) -> dict[str, Any]:
        """Return the known facts as JSON values that `parse_facts` reads back to the same facts."""
        return {name: as_json(value) for name, value in self.values.items()}


def as_json(value: Any) -> Any:
    """Return one fact value as a JSON value: dates as ISO text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    return value


#: How much of a value a message quotes.
_QUOTED = 60
#: Looks only as far into a value as is quoted: aliases can make a short file hold more than memory.
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 2 * _QUOTED
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = _QUOTED
_SHORT.maxlevel = 2


def _shown(value: object) -> str:
    try:
        text = _SHORT.repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _boolean(value: object, definition: Definition) -> bool:
    if isinstance(value, bool):
        return value
    raise FactError(definition.name, f"must be true, false or unknown, not {_shown(value)}")


def _choice(value: object, definition: Definition) -> str:
    if isinstance(value, str) and value in definition.value_labels:
        return value
    raise FactError(
        definition.name,
        f"must be one of {', '.join(definition.allowed)} or unknown, not {_shown(value)}",
    )


def _in_range(value: float, definition: Definition) -> None:
    low, high = definition.low, definition.high
    unit = f" {definition.unit}" if definition.unit else ""
    if low is not None and (value < low or (definition.low_exclusive and value == low)):
        bound = "above" if definition.low_exclusive else "at least"
        raise FactError(definition.name, f"must be {bound} {low}{unit}, not {_shown(value)}")
    if high is not None and value > high:
        raise FactError(definition.name, f"must be at most {high}{unit}, not {_shown(value)}")


def _integer(value: object, definition: Definition) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise FactError(definition.name, f"must be a whole number, not {_shown(value)}")
    _in_range(value, definition)
    return value


def _decimal(value: object, definition: Definition) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
        _in_range(value, definition)
        return value
    raise FactError(definition.name, f"must be a number, not {_shown(value)}")


def _is_finite(value: float) -> bool:
    # A whole number is finite, however large; `math.isfinite` overflows on it.
    return isinstance(value, int) or math.isfinite(value)


def _date(value: object, definition: Definition) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FactError(definition.name, f"must be a date like 2026-11-21, not {_shown(value)}")


def _string(value: object, definition: Definition) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise FactError(definition.name, f"must be text that is not empty, not {_shown(value)}")


def _items(value: object, definition: Definition) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    raise FactError(definition.name, f"must be a list or unknown, not {_shown(value)}")


def _choices(value: object, definition: Definition) -> tuple[str, ...]:
    # A value given twice says nothing more than once; the order stays as given.
    return tuple(dict.fromkeys(_choice(item, definition) for item in _items(value, definition)))


def _strings(value: object, definition: Definition) -> tuple[str, ...]:
    return tuple(_string(item, definition) for item in _items(value, definition))


def _record(value: object, definition: FactDefinition) -> Mapping[str, Any]:
    if isinstance(value, str) and definition.shorthand is not None:
        value = {definition.shorthand: value}
    if not isinstance(value, Mapping):
        raise FactError(definition.name, f"must hold records, not {_shown(value)}")
    fields = {field.name: field for field in definition.fields}
    for name in value:
        if name not in fields:
            raise FactError(
                definition.name, f"has no field {_shown(name)}; it has {', '.join(fields)}"
            )
    record: dict[str, Any] = {}
    for name, field in fields.items():
        given = value.get(name)
        if given is None or given == UNKNOWN:
            if field.required:
                raise FactError(definition.name, f"needs the field {name} in every record")
            continue
        try:
            record[name] = PARSERS[field.kind](given, field)
        except FactError as error:
            raise FactError(definition.name, f"field {name} {error.reason}") from None
    return MappingProxyType(record)


def _records(value: object, definition: Definition) -> tuple[Mapping[str, Any], ...]:
    fact = DICTIONARY[definition.name]
    return tuple(_record(item, fact) for item in _items(value, definition))


def _map(value: object, definition: Definition) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FactError(definition.name, f"must be a mapping by fact name, not {_shown(value)}")
    for name in value:
        if name not in DICTIONARY:
            raise FactError(definition.name, f"names {_shown(name)}, which is not a fact")
    return MappingProxyType(dict(value))


PARSERS: Mapping[str, Callable[[object, Any], Any]] = MappingProxyType(
    {
        "bool3": _boolean,
        "enum": _choice,
        "integer": _integer,
        "decimal": _decimal,
        "date": _date,
        "string": _string,
        "strings": _strings,
        "list": _choices,
        "records": _records,
        "map": _map,
    }
)


def parse_fact(name: str, value: object) -> Any:
    """Return the value of one fact in its proper type, or None when it is unknown.

    Absent, null and the text `unknown` mean unknown. Raises `FactError` for a name that is
    not in the dictionary and for a value of the wrong type, range or set.
    """
    definition = DICTIONARY.get(name)
    if definition is None:
        raise FactError(str(name), "is not a fact of the dictionary")
    if value is None or (isinstance(value, str) and value == UNKNOWN):
        return None
    return PARSERS[definition.kind](value, definition)


def parse_facts(raw: Mapping[str, Any]) -> Facts:
    """Return the facts of a raw mapping (from YAML, JSON or the record), checked and derived.

    Raises `FactErrors` with one `FactError` for each fact that is not acceptable.
    Derived facts are computed here, see `derived`.
    """
    values: dict[str, Any] = {}
    errors: list[FactError] = []
    for name, given in raw.items():
        try:
            value = parse_fact(name, given)
        except FactError as error:
            errors.append(error)
            continue
        if value is not None:
            values[name] = value
    if errors:
        raise FactErrors(errors)
    values.update(derived(values))
    return Facts(MappingProxyType(values))


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that follow from dates and lists (specification 13).

    `months_since_resection` and `months_since_last_imaging` need `evaluated_on`; a date
    that lies after it is contradiction C-09 and gives no duration. What is computed
    replaces what was typed, except `prior_followup_modalities`: the list of studies does
    not say which of them were follow-up, so a given list is the better one.
    """
    found: dict[str, Any] = {}
    last_imaging = values.get("last_imaging_date") or max(
        (study["date"] for study in values.get("studies", ()) if "date" in study), default=None
    )
    evaluated_on = values.get("evaluated_on")
    if evaluated_on is not None:
        found.update(_durations(evaluated_on, values.get("resection_date"), last_imaging))
    if "metastatic_sites" in values:
        found["metastatic_site_count"] = len(values["metastatic_sites"])
    if "studies" in values and "prior_followup_modalities" not in values:
        allowed = DICTIONARY["prior_followup_modalities"].allowed
        done = {study["modality"] for study in values["studies"]}
        found["prior_followup_modalities"] = tuple(name for name in allowed if name in done)
    return found


def _durations(
    evaluated_on: date, resection: date | None, last_imaging: date | None
) -> Iterator[tuple[str, float]]:
    dates = (
        ("months_since_resection", resection),
        ("months_since_last_imaging", last_imaging),
    )
    for name, start in dates:
        if start is not None and start <= evaluated_on:
            yield name, months_between(start, evaluated_on)
