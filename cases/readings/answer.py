"""What observations answer, in whatever format they came."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Code(NamedTuple):
    """A code as a message has it, and where."""

    path: str
    system: str
    code: str
    display: str = ""


@dataclass(frozen=True)
class Coded:
    """One thing named by any number of codes, and in words."""

    path: str
    codes: tuple[Code, ...] = ()
    text: str = ""

    @property
    def words(self) -> str:
        """How the message calls it; empty where it gives codes alone."""
        return self.text or next((code.display for code in self.codes if code.display), "")


@dataclass(frozen=True)
class Amount:
    """A number with its unit.

    `unit` is ours where it is known, else as it is written; `comparator` is one of <, <=, >=, >.
    """

    path: str
    value: Decimal
    unit: str = ""
    comparator: str = ""


@dataclass(frozen=True)
class Share:
    """So many of so many: 3 mitoses in 10 fields."""

    path: str
    part: Amount
    whole: Amount


@dataclass(frozen=True)
class Span:
    """A number between two others, which is no number."""

    path: str


@dataclass(frozen=True)
class Words:
    """Free text."""

    path: str
    text: str


@dataclass(frozen=True)
class Truth:
    """Yes or no."""

    path: str
    holds: bool


@dataclass(frozen=True)
class Day:
    """A date."""

    path: str
    day: datetime.date


@dataclass(frozen=True)
class Absent:
    """Somebody said that there is no answer; `is_unknown` where the question was asked."""

    path: str
    reason: str
    is_unknown: bool = False


Answer = Coded | Amount | Share | Span | Words | Truth | Day | Absent
