"""A message and what was read of it, as JSON that is sealed with it, and back."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cases.readings.reading import Identifier, Kind, Read, Reading, Unread

#: What stands for a value that JSON has no word for.
DATE, DECIMAL, IDENTIFIER = "$date", "$decimal", "$identifier"


def content_of(*, raw: str, control_id: str, read: Read) -> dict[str, Any]:
    """The sealed part of a message."""
    return {
        "raw": raw,
        "control_id": control_id,
        "readings": [reading_as_json(reading) for reading in read.readings],
        "unread": [list(unread) for unread in read.unread],
    }


def readings_of(content: Mapping[str, Any]) -> list[Reading]:
    """What was read of a message, in the order in which proposals are numbered."""
    return [_reading(said) for said in content.get("readings", ())]


def unread_of(content: Mapping[str, Any]) -> list[Unread]:
    """What could not be read of it."""
    return [Unread(*said) for said in content.get("unread", ())]


def identifiers_of(readings: Iterable[Reading]) -> list[Identifier]:
    """Every identifier of the person that a message is about."""
    return [one for each in readings if each.kind is Kind.PATIENT for one in each.identifiers]


def numbers_of(readings: Iterable[Reading]) -> list[Identifier]:
    """Every number of a person that a message names, those of records that go too."""
    said = list(readings)
    merged = [
        one
        for each in said
        if each.kind is Kind.MERGE
        for name in ("prior", "surviving")
        for one in each.values.get(name, ())
    ]
    return [*identifiers_of(said), *merged]


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """One reading as JSON."""
    return {
        "kind": reading.kind.value,
        "values": plain(dict(reading.values)),
        "origin": reading.origin,
        "subject": reading.subject,
        "belongs_to": reading.belongs_to,
        "on": reading.on.isoformat() if reading.on else None,
        "adds": reading.adds,
        "identifiers": [list(one) for one in reading.identifiers],
    }


def plain(value: Any) -> Any:
    """A value of a reading as JSON."""
    if isinstance(value, Identifier):
        return {IDENTIFIER: list(value)}
    if isinstance(value, datetime.date):
        return {DATE: value.isoformat()}
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def _reading(said: Mapping[str, Any]) -> Reading:
    return Reading(
        kind=Kind(said["kind"]),
        values=_value(said["values"]),
        origin=said["origin"],
        subject=said["subject"],
        belongs_to=said["belongs_to"],
        on=datetime.date.fromisoformat(said["on"]) if said["on"] else None,
        adds=said["adds"],
        identifiers=tuple(Identifier(*one) for one in said["identifiers"]),
    )


def _value(said: Any) -> Any:
    if isinstance(said, list):
        return [_value(inner) for inner in said]
    if not isinstance(said, dict):
        return said
    if DATE in said:
        return datetime.date.fromisoformat(said[DATE])
    if DECIMAL in said:
        return Decimal(said[DECIMAL])
    if IDENTIFIER in said:
        return Identifier(*said[IDENTIFIER])
    return {name: _value(inner) for name, inner in said.items()}
