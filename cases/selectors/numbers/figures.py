"""The kinds of number that a board is told, each with how it is counted."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Count:
    """How many."""

    number: int

    @property
    def words(self) -> str:
        """As a reader sees it."""
        return str(self.number)

    @property
    def cells(self) -> tuple[int | str, ...]:
        """Number, of how many, percent: as a spreadsheet has it."""
        return self.number, "", ""


@dataclass(frozen=True)
class Share:
    """How many of how many; of none there is no share."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """From 0 to 100, to one decimal; None of nothing."""
        return round(100 * self.part / self.whole, 1) if self.whole else None

    @property
    def words(self) -> str:
        """As a reader sees it."""
        if self.percent is None:
            return "none to count"
        return f"{self.percent:g} % ({self.part} of {self.whole})"

    @property
    def cells(self) -> tuple[int | str, ...]:
        """Number, of how many, percent: as a spreadsheet has it."""
        return self.part, self.whole, "" if self.percent is None else f"{self.percent:g}"


@dataclass(frozen=True)
class Spread:
    """How long things took: how many there were, their median, and what nine in ten kept within.

    `unit` is "minutes" or "days".
    """

    count: int
    median: float | None
    nine_in_ten: float | None
    unit: str

    @classmethod
    def of(cls, values: Sequence[float], unit: str) -> Self:
        """The spread of `values`; the ninth tenth is the least value that holds for 90 %."""
        if not values:
            return cls(0, None, None, unit)
        ordered = sorted(values)
        place = max(0, -(-len(ordered) * 9 // 10) - 1)
        return cls(
            len(ordered), round(statistics.median(ordered), 1), round(ordered[place], 1), unit
        )

    @property
    def words(self) -> str:
        """As a reader sees it."""
        if self.median is None:
            return "none to measure"
        return (
            f"median {self.median:g} {self.unit}, nine in ten within {self.nine_in_ten:g}, "
            f"of {self.count}"
        )

    @property
    def cells(self) -> tuple[int | str, ...]:
        """How many, median, ninth tenth: as a spreadsheet has it."""
        if self.median is None:
            return self.count, "", ""
        return self.count, f"{self.median:g}", f"{self.nine_in_ten:g}"


@dataclass(frozen=True)
class Part:
    """One slice of a number, such as one cause."""

    label: str
    value: Count | Share


@dataclass(frozen=True)
class Figure:
    """One number of a board: what it is called, what it is, how it is counted, and its parts."""

    code: str
    label: str
    value: Count | Share | Spread
    how: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Section:
    """Numbers that belong together."""

    title: str
    figures: tuple[Figure, ...]


def parts_of(counts: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Part, ...]:
    """Counts by code as parts, the largest first; equal ones in the order of their labels."""
    found = sorted(
        ((labels.get(code, code), number) for code, number in counts.items() if number),
        key=lambda pair: (-pair[1], pair[0]),
    )
    return tuple(Part(label, Count(number)) for label, number in found)
