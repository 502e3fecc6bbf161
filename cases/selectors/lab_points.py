"""One laboratory value beside its limits: where it stands, and as a multiple of the limit."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.models import LabResult
from cases.models.lab_result import Comparator
from cases.selectors.analytes import OTHER, Analyte, plain

HIGH, LOW, WITHIN, UNJUDGED = "high", "low", "within", ""
STANDINGS = {
    HIGH: "above the upper limit",
    LOW: "below the lower limit",
    WITHIN: "within limits",
    UNJUDGED: "",
}
INFINITE = Decimal("Infinity")
WEEK = datetime.timedelta(weeks=1)
TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Point:
    """A value of one analyte on one day."""

    result: LabResult
    analyte: Analyte

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Between what the value lies: the same twice where it was measured, in its unit."""
        value = self.result.value
        if self.result.comparator == Comparator.BELOW:
            return Decimal(0), value
        return value, INFINITE if self.result.comparator == Comparator.ABOVE else value

    @property
    def words(self) -> str:
        """The value with its unit, as the laboratory gave it: <5 ng/mL."""
        return f"{self.number} {self.result.unit}"

    @property
    def number(self) -> str:
        """The value without its unit."""
        return f"{self.result.comparator}{digits(self.result.value)}"

    @property
    def standing(self) -> str:
        """high, low, within, or empty: no limit is known, or the value does not tell.

        A value beyond detection is judged only where the limit leaves no doubt.
        """
        low, high = self.bounds
        upper, lower = self.result.upper_limit, self.result.lower_limit
        open_above = self.result.comparator == Comparator.ABOVE
        open_below = self.result.comparator == Comparator.BELOW
        if upper is not None and (low > upper or (open_above and low >= upper)):
            return HIGH
        if lower is not None and (high < lower or (open_below and high <= lower)):
            return LOW
        is_not_high = upper is None or high <= upper
        is_not_low = lower is None or low >= lower
        known = upper is not None or lower is not None
        return WITHIN if known and is_not_high and is_not_low else UNJUDGED

    @property
    def standing_words(self) -> str:
        """The standing for a reader; empty where none is known."""
        return STANDINGS[self.standing]

    @property
    def multiple(self) -> Decimal | None:
        """The value as a multiple of its own upper limit; None where none is known."""
        upper = self.result.upper_limit
        return None if upper is None else self.result.value / upper

    @property
    def multiple_words(self) -> str:
        """The multiple for a reader, such as 3.2 x ULN; empty where no limit is known."""
        multiple = self.multiple
        if multiple is None:
            return ""
        return f"{self.result.comparator}{_short(multiple)} x ULN"

    @property
    def limits_words(self) -> str:
        """The limits as the laboratory gave them; empty where it gave none."""
        lower, upper = self.result.lower_limit, self.result.upper_limit
        if lower is not None and upper is not None:
            return f"{digits(lower)}-{digits(upper)}"
        if upper is not None:
            return f"up to {digits(upper)}"
        return f"from {digits(lower)}" if lower is not None else ""

    @property
    def key(self) -> tuple[str, str]:
        """What belongs into one series: the analyte, and for another one its name."""
        name = self.result.note.casefold() if self.analyte.code == OTHER else ""
        return self.analyte.code, name

    @property
    def name(self) -> str:
        """What was measured."""
        return self.result.note if self.analyte.code == OTHER else self.analyte.name

    def weeks_old(self, on: datetime.date) -> int:
        """Completed weeks from the day it was taken to `on`."""
        return (on - self.result.taken_on) // WEEK


def digits(number: Decimal) -> str:
    """A stored number as it was typed: no zeros that only the column added."""
    words = f"{number:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def _short(multiple: Decimal) -> str:
    """A multiple to one digit beyond the point; close to 1 and below a tenth to one that counts."""
    if 0 < multiple < TENTH:
        return plain(Decimal(f"{multiple:.1g}"))
    short = multiple.quantize(TENTH, rounding=ROUND_HALF_UP)
    if short == 1:
        # 1.0 would not say on which side of the limit the value lies.
        short = multiple.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    return f"{short:f}"
