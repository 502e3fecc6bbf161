"""By what a patient is recognized in text that belongs to no patient yet."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from cases.models import Patient
from cases.models.search_key import search_key

WORD = re.compile(r"\w+")
#: Shorter record numbers stand in any sentence that counts something.
SHORTEST_TOLD = 4
#: How a date of birth is written in tables; days and months with and without a leading zero.
DATES = (
    "{0:04}-{1:02}-{2:02}",
    "{0:04}{1:02}{2:02}",
    "{2:02}.{1:02}.{0}",
    "{2}.{1}.{0}",
    "{2:02}/{1:02}/{0}",
    "{2}/{1}/{0}",
    "{1:02}/{2:02}/{0}",
    "{1}/{2}/{0}",
)


@dataclass(frozen=True)
class Traces:
    """Every record number, name and date of birth that a patient ever had here.

    Attributes:
        numbers: record numbers as `search_key` writes them.
        names: the words of a family name, and those of the given name beside it.
        dates: dates of birth, in every notation that tables use.
    """

    numbers: frozenset[str]
    names: frozenset[tuple[frozenset[str], frozenset[str]]]
    dates: frozenset[str]

    @classmethod
    def of(cls, patient: Patient) -> Self:
        """Those of a patient whose key is there still; the history opens with it."""
        past: Any = patient.events  # type: ignore[attr-defined]
        known = [patient, *past.select_related("pgh_obj")]
        born = {row.birth_date for row in known}
        return cls(
            numbers=frozenset(search_key(row.record_number) for row in known) - {""},
            names=frozenset((_words(row.family_name), _words(row.given_name)) for row in known),
            dates=frozenset(
                notation.format(date.year, date.month, date.day)
                for date in born
                if isinstance(date, datetime.date)
                for notation in DATES
            ),
        )

    def number_in(self, values: Iterable[str]) -> bool:
        """Whether one of `values` is a record number of the patient's, however it is typed."""
        return any(search_key(value) in self.numbers for value in values)

    def person_in(self, values: Iterable[str]) -> bool:
        """Whether `values` name the patient: the whole name, or family name and date of birth."""
        texts = list(values)
        words = _words(" ".join(texts))
        for family, given in self.names:
            if family and given and family | given <= words:
                return True
            if family and family <= words and self._date_in(texts):
                return True
        return False

    def are_told_by(self, text: str) -> bool:
        """Whether a sentence says who the patient is."""
        said = f" {' '.join(WORD.findall(search_key(text)))} "
        numbers = {" ".join(WORD.findall(number)) for number in self.numbers}
        told = any(len(number) >= SHORTEST_TOLD and f" {number} " in said for number in numbers)
        return told or self.person_in([text])

    def _date_in(self, texts: Iterable[str]) -> bool:
        return any(date in text for text in texts for date in self.dates)


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(search_key(text)))
