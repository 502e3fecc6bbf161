"""All numbers of one board in one period."""

from dataclasses import dataclass

from cases.selectors.numbers.attendance import attendance
from cases.selectors.numbers.conclusions import conclusions
from cases.selectors.numbers.figures import Figure, Section
from cases.selectors.numbers.follow_up import follow_up
from cases.selectors.numbers.period import Period
from cases.selectors.numbers.preparation import preparation
from cases.selectors.numbers.times import times


@dataclass(frozen=True)
class Numbers:
    """The numbers of a period in their sections."""

    period: Period
    sections: tuple[Section, ...]

    def __getitem__(self, code: str) -> Figure:
        """One number by its code.

        Raises:
            KeyError: there is none of that code.
        """
        for section in self.sections:
            for figure in section.figures:
                if figure.code == code:
                    return figure
        raise KeyError(code)


def numbers_of(period: Period) -> Numbers:
    """Count everything, in queries whose number does not grow with the rows."""
    counted = (preparation, attendance, conclusions, times, follow_up)
    return Numbers(period, tuple(count(period) for count in counted))
