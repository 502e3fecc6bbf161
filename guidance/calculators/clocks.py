"""Due dates of follow-up: where an interval starts, when it ends (specification 7.2, A-19).

The windows FU-01 to FU-08 are those of `guidance.engine.intervals`; only FU-02b, receptor
imaging, is given here.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guidance.engine.intervals import Interval, Window

Anchor = Literal["resection", "last_study"]
Standing = Literal["EARLY", "DUE", "LATE"]

# Rules of surveillance after resection: without a study since, they start at surgery.
FROM_RESECTION = frozenset({"FU-01", "FU-02", "FU-03"})
RECEPTOR_RULE = "FU-02b"
# FU-02b in months [003 L666-L669]; "every 24" and "every 12" are exact there.
AT_BASELINE: Window = (0, 0)
G1_EVERY: Window = (24, 24)
G2_G3_FIRST: Window = (3, 3)
G2_G3_EVERY: Window = (12, 12)


@dataclass(frozen=True, slots=True)
class Clock:
    """One follow-up clock: due from `due_from` to `due_until`, both inclusive.

    `due_until` is None where the rule has no upper bound (A-32), so nothing is late by it.
    Both are None where the window is not known or has no number, and where no date to start
    from is known. `missing` names facts that are unknown; with a due date, it names what
    could make it later.
    """

    rule: str
    window: Window
    anchor: Anchor | None
    starts_on: date | None
    due_from: date | None
    due_until: date | None
    missing: tuple[str, ...]

    def judge(self, on: date) -> Standing | None:
        """Return whether a study on that day is early, due or late; None: not determinable."""
        if self.due_from is None:
            return None
        if self.due_until is not None and on > self.due_until:
            return "LATE"
        return "EARLY" if on < self.due_from else "DUE"


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month.

    Raises `ValueError` beyond the calendar, that is after the year 9999.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def start_clock(
    interval: Interval, *, resection_date: date | None, last_imaging_date: date | None
) -> Clock:
    """Return when the next study is due by one rule: last study plus interval [INT] (A-19).

    After resection (FU-01 [001 L64], FU-02 and FU-03 [003 L661-L678]) a study before
    surgery does not count and surgery starts the clock; the other rules, FU-05 to FU-08
    [000 L49-L53]; [001 L50]; [002 L55], know only the last study.
    """
    rule = interval.rule.id
    if rule not in FROM_RESECTION:
        resection_date = None
    missing = ("last_imaging_date",) if last_imaging_date is None else ()
    return _run(rule, interval.window, resection_date, last_imaging_date, missing)


def start_receptor_clock(
    *,
    grade: str | None,
    resection_date: date | None,
    receptor_studies: Sequence[date] | None,
) -> Clock:
    """Return when receptor imaging is due by FU-02b [003 L666-L669], optional (N-37).

    G1: at baseline, then every 24 months; a study before surgery is that baseline [INT].
    G2 and G3: 3 months after surgery, then every 12. `receptor_studies` are the dates of
    SSTR PET or Octreoscan: none done: empty, not known: None.
    """
    facts = {
        "grade": grade,
        "resection_date": resection_date,
        "receptor_studies": receptor_studies,
    }
    missing = tuple(name for name, value in facts.items() if value is None)
    if resection_date is None or receptor_studies is None or grade is None:
        return Clock(RECEPTOR_RULE, None, None, None, None, None, missing)
    last = max(receptor_studies, default=None)
    if grade == "G1":
        if last is None:
            return _run(RECEPTOR_RULE, AT_BASELINE, resection_date, None, ())
        return _run(RECEPTOR_RULE, G1_EVERY, None, last, ())
    first = last is None or last < resection_date
    return _run(RECEPTOR_RULE, G2_G3_FIRST if first else G2_G3_EVERY, resection_date, last, ())


def _run(
    rule: str,
    window: Window,
    resection_date: date | None,
    last_study: date | None,
    missing: tuple[str, ...],
) -> Clock:
    """Return the clock that runs from the later of surgery and the last study."""
    anchor: Anchor | None
    if last_study is not None and (resection_date is None or last_study >= resection_date):
        anchor, start = "last_study", last_study
    elif resection_date is not None:
        anchor, start = "resection", resection_date
    else:
        return Clock(rule, window, None, None, None, None, missing)
    due_from = due_until = None
    if isinstance(window, tuple):
        low, high = window
        due_from = add_months(start, low)
        due_until = add_months(start, high) if isinstance(high, int) else None
    return Clock(rule, window, anchor, start, due_from, due_until, missing)
