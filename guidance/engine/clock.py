"""Time between two dates, in months. The engine never reads a clock; dates come from facts."""

from datetime import date

# Mean length of a month in days, for the part that is not a whole calendar month.
DAYS_PER_MONTH = 30.4375


def months_between(start: date, end: date) -> float:
    """Return the months from `start` to `end`; negative when `end` lies before `start`.

    Whole calendar months count as such, so that the visit one year after surgery is 12.0
    and not 11.99: intervals FU-02 and FU-03 change exactly there [INT, A-19].
    """
    whole = (end.year - start.year) * 12 + end.month - start.month
    return round(whole + (end.day - start.day) / DAYS_PER_MONTH, 2)
