"""Where a reader writes down what it read and what it could not."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cases.readings.answer import Code
from cases.readings.reading import Kind, Read, Reading, Unread


class Unreadable(ValueError):
    """Something that says nothing to us; the message is the reason, in words for a person."""


class Notebook:
    """What was read so far of one resource or message."""

    def __init__(self, origin: str = "") -> None:
        self._origin = origin
        self._readings: list[Reading] = []
        self._unread: list[Unread] = []

    def say(self, reading: Reading) -> None:
        """Write down what was read."""
        self._readings.append(reading)

    def tell(self, path: str, reason: str) -> None:
        """Write down what could not be read, and why."""
        self._unread.append(Unread(path, reason, origin=self._origin))

    def tell_code(self, code: Code, reason: str) -> None:
        """Write down a code that has no meaning at its place."""
        known = (code.system, code.code, code.display)
        self._unread.append(Unread(code.path, reason, *known, self._origin))

    def read(self) -> Read:
        """Everything, in the order of the message; what was told twice stands once."""
        return Read(tuple(_joined(self._readings)), tuple(dict.fromkeys(self._unread)))


#: What one message says of one row in several places is one reading.
JOINED = frozenset({Kind.SPECIMEN, Kind.RESULT})


def _joined(readings: Iterable[Reading]) -> Iterable[Reading]:
    """The readings, with those of one row joined, and those that add to one list."""
    found: dict[Any, Reading] = {}
    for place, reading in enumerate(readings):
        key = _row(reading, place)
        known = found.get(key)
        if known is None:
            found[key] = reading
        elif _agree(known, reading):
            found[key] = _both(known, reading)
        else:
            found[place] = reading
    return found.values()


def _agree(one: Reading, other: Reading) -> bool:
    """Whether neither says otherwise than the other; lists add to one another."""
    both = set(one.values) & set(other.values) - {"fact"}
    return all(
        one.values[name] == other.values[name] or isinstance(one.values[name], list)
        for name in both
    )


def _row(reading: Reading, place: int) -> Any:
    """Two readings with the same are about one row of one patient, or one fact's list."""
    if reading.kind in JOINED:
        return reading.kind, reading.subject, reading.belongs_to or reading.on
    if reading.kind is Kind.FACT and isinstance(reading.values["value"], list):
        return reading.kind, reading.subject, reading.values["fact"], reading.on
    return place


def _both(one: Reading, other: Reading) -> Reading:
    values = dict(one.values)
    for name, value in other.values.items():
        known = values.get(name)
        if isinstance(known, list) and isinstance(value, list):
            values[name] = [*dict.fromkeys([*known, *value])]
        else:
            values[name] = value
    return replace(one, values=values, adds=one.adds or other.adds)
