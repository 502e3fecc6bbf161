"""Facts: the typed, possibly unknown values that an assessment reads."""

import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from guidance.engine.derived import derive_facts
from guidance.engine.dictionary import DICTIONARY, FactDefinition, FieldDefinition

UNKNOWN = "unknown"

Definition = FactDefinition | FieldDefinition
Dictionary = Mapping[str, FactDefinition]


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


def _records(value: object, definition: FactDefinition) -> tuple[Mapping[str, Any], ...]:
    return tuple(_record(item, definition) for item in _items(value, definition))


def _map(value: object, definition: Definition) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise FactError(definition.name, f"must be a mapping by fact name, not {_shown(value)}")
    # By name: what is stored of it must not depend on the order in which it came.
    return MappingProxyType({name: value[name] for name in sorted(value, key=str)})


def _check_names(value: Any, definition: FactDefinition, dictionary: Dictionary) -> None:
    for name in value if definition.kind == "map" else ():
        if name not in dictionary:
            raise FactError(definition.name, f"names {_shown(name)}, which is not a fact")


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


def parse_fact(name: str, value: object, dictionary: Dictionary = DICTIONARY) -> Any:
    """Return the value of one fact in its proper type, or None when it is unknown.

    Absent, null and the text `unknown` mean unknown. Raises `FactError` for a name that is
    not in the dictionary and for a value of the wrong type, range or set.
    """
    definition = dictionary.get(name)
    if definition is None:
        raise FactError(str(name), "is not a fact of the dictionary")
    if value is None or (isinstance(value, str) and value == UNKNOWN):
        return None
    parsed = PARSERS[definition.kind](value, definition)
    _check_names(parsed, definition, dictionary)
    return parsed


def parse_facts(raw: Mapping[str, Any], dictionary: Dictionary = DICTIONARY) -> Facts:
    """Return the facts of a raw mapping (from YAML, JSON or the record), checked and derived.

    `dictionary` is that of the edition which shall read the facts, where it is not the newest.
    Raises `FactErrors` with one `FactError` for each fact that is not acceptable.
    Derived facts are computed here, see `derive_facts`. The facts come in the order of the
    dictionary, whatever the order of the mapping.
    """
    values: dict[str, Any] = {}
    errors: list[FactError] = []
    for name, given in raw.items():
        try:
            value = parse_fact(name, given, dictionary)
        except FactError as error:
            errors.append(error)
            continue
        if value is not None:
            values[name] = value
    if errors:
        raise FactErrors(errors)
    values.update(derive_facts(values, dictionary))
    known = {name: values[name] for name in dictionary if values.get(name) is not None}
    return Facts(MappingProxyType(known))
