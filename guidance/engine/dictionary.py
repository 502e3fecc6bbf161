"""The data dictionary: what each fact is called, what it may hold, what it settles."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from guidance.engine import content

BOOLEANS: tuple[bool, bool] = (True, False)
BOOLEAN_LABELS: Mapping[Any, str] = MappingProxyType({True: "Yes", False: "No"})


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field of a record inside a fact of kind `records`, for example a treatment's start."""

    name: str
    kind: str
    required: bool
    allowed: tuple[Any, ...]
    value_labels: Mapping[Any, str]
    low: float | None
    high: float | None
    low_exclusive: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One fact of the dictionary (specification section 13).

    `kind` is bool3, enum, integer, decimal, date, string, list, records or map. `allowed`
    are the values beside unknown, which every fact may have: enum and list values by
    their codes, True and False for bool3, empty for the other kinds. `low` and `high`
    are in `unit`, inclusive unless `low_exclusive`. `unknown` says what the engine does
    when the fact is unknown: U-GATE, U-PROV, U-CONF, U-ASK, U-SKIP, U-WARN or NEVER.
    """

    number: int
    name: str
    group: str
    group_label: str
    kind: str
    unit: str
    allowed: tuple[Any, ...]
    value_labels: Mapping[Any, str]
    low: float | None
    high: float | None
    low_exclusive: bool
    unknown: str
    label: str
    question: str
    help: str
    source: str
    fields: tuple[FieldDefinition, ...]
    shorthand: str | None


def _choices(kind: str, values: Mapping[str, str]) -> tuple[tuple[Any, ...], Mapping[Any, str]]:
    if kind == "bool3":
        return BOOLEANS, BOOLEAN_LABELS
    return tuple(values), MappingProxyType(dict(values))


def _field(raw: Mapping[str, Any]) -> FieldDefinition:
    allowed, labels = _choices(raw["kind"], raw.get("values", {}))
    return FieldDefinition(
        name=raw["name"],
        kind=raw["kind"],
        required=raw.get("required", False),
        allowed=allowed,
        value_labels=labels,
        low=raw.get("low"),
        high=raw.get("high"),
    )


def _fact(raw: Mapping[str, Any], groups: Mapping[str, str]) -> FactDefinition:
    allowed, labels = _choices(raw["kind"], raw.get("values", {}))
    return FactDefinition(
        number=raw["number"],
        name=raw["name"],
        group=raw["group"],
        group_label=groups[raw["group"]],
        kind=raw["kind"],
        unit=raw.get("unit", ""),
        allowed=allowed,
        value_labels=labels,
        low=raw.get("low"),
        high=raw.get("high"),
        low_exclusive=raw.get("low_exclusive", False),
        unknown=raw["unknown"],
        label=raw["label"],
        question=raw["question"],
        help=raw["help"],
        source=raw["source"],
        fields=tuple(_field(field) for field in raw.get("fields", ())),
        shorthand=raw.get("shorthand"),
    )


def load_dictionary(raw: Mapping[str, Any]) -> Mapping[str, FactDefinition]:
    """Return the facts of the content of `facts.yaml` by name, in the order of the dictionary."""
    return MappingProxyType({fact["name"]: _fact(fact, raw["groups"]) for fact in raw["facts"]})


#: The dictionary of the newest edition on disk: what forms ask and imports map to.
DICTIONARY: Mapping[str, FactDefinition] = load_dictionary(
    content.read(content.DEFAULT_VERSION, "facts")
)
