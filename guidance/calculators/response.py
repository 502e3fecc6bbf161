"""Response over a series of examinations by RECIST 1.1 and mRECIST (specification 9.1).

No source gives limits for the categories (RSP-01b): all of them are beyond the sources [BS],
RECIST 1.1 after Eisenhauer 2009, mRECIST after Lencioni and Llovet 2010. What the sources do
give are caveats, and every result names them: RECIST suits neuroendocrine tumors less than
others (RSP-04) [003 L689-L700]; mRECIST fails as well where bleeding raises size and density
(RSP-05) [003 L716-L721].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import fsum
from typing import Literal

from guidance.calculators.change import DECIMALS, percent_change
from guidance.calculators.targets import (
    MIN_ABNORMAL_NODE_MM,
    Target,
    check_diameter,
    check_targets,
)

Response = Literal["CR", "PR", "SD", "PD", "NE"]
NonTargets = Literal["none", "CR", "non_CR_non_PD", "PD", "NE"]

BLEEDING = "W-HAEMORRHAGE"
VISIT_INCOMPLETE = "visit_without_every_target"
VISITS_UNORDERED = "visits_not_in_order_of_date"

# Days between two examinations that confirm a response, and from baseline to a disease that
# may be called stable (six weeks; RECIST 1.1 leaves six to eight weeks to the protocol) [BS].
CONFIRMED_AFTER_DAYS = 28
STABLE_AFTER_DAYS = 42


class InvalidSeries(ValueError):
    """A series that cannot be read; `faults` holds a code for everything that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Limits of a size-based system, each inclusive [BS].

    Response is a fall of the sum from baseline, progression a rise over the smallest sum so
    far, both in percent; the rise must also reach `rise_min_mm`. `caveats` are rule ids.
    """

    name: str
    fall_percent: float
    rise_percent: float
    rise_min_mm: float
    caveats: tuple[str, ...]


RECIST = Criteria("RECIST 1.1", 30, 20, rise_min_mm=5, caveats=("RSP-04",))
# Diameters are those of the part that enhances in the arterial phase; the publication asks
# for no least rise in mm.
MRECIST = Criteria("mRECIST", 30, 20, rise_min_mm=0, caveats=("RSP-05",))


@dataclass(frozen=True, slots=True)
class Visit:
    """One examination after baseline.

    `diameters_mm` are in the order of the targets, each measured as at baseline (in mRECIST
    the enhancing part); 0: gone, None: not evaluable. `new_lesions` is None where nobody
    says. `non_targets` sums up the other lesions; "none": there are none, "NE": not known.
    `reappeared`: one of them, no node, had vanished and is there again.
    Raises `ValueError` for a size that is negative or not finite.
    """

    examined_on: date
    diameters_mm: tuple[float | None, ...]
    new_lesions: bool | None
    non_targets: NonTargets
    reappeared: bool = False

    def __post_init__(self) -> None:
        for diameter_mm in self.diameters_mm:
            if diameter_mm is not None:
                check_diameter(diameter_mm)


@dataclass(frozen=True, slots=True)
class VisitResponse:
    """What one examination shows.

    `sum_mm` is None where a target was not evaluable; `nadir_mm` is the smallest sum before
    this visit, baseline included. `targets` is the response of the targets alone.
    """

    examined_on: date
    sum_mm: float | None
    nadir_mm: float
    change_from_baseline_percent: float | None
    change_from_nadir_percent: float | None
    targets: Response
    overall: Response


@dataclass(frozen=True, slots=True)
class BestResponse:
    """The best overall response: with confirmation, and without asking for it."""

    confirmed: Response
    unconfirmed: Response


@dataclass(frozen=True, slots=True)
class SeriesResponse:
    """The reading of a whole series. `caveats` are rule ids and W-codes to show beside it."""

    criteria: str
    baseline_sum_mm: float
    visits: tuple[VisitResponse, ...]
    best: BestResponse
    caveats: tuple[str, ...]
    beyond_sources: bool = True


def assess_series(
    criteria: Criteria,
    *,
    targets: Sequence[Target],
    baseline_on: date,
    visits: Sequence[Visit],
    hemorrhage: bool | None = None,
) -> SeriesResponse:
    """Return the response at every visit and the best one, by `RECIST` or `MRECIST` [BS].

    Sizes are in mm. Complete response: every target gone, nodes below 10 mm; then partial
    response, progression or stable disease by the limits of `criteria`. Progression comes
    first, and a new lesion is progression (A-31). A lesion that reappears after a complete
    response is progression. Whatever is unknown gives "NE", never a better category, unless
    what is known already proves progression. `hemorrhage` is fact 108.
    Raises `InvalidSeries` for targets that break RSP-01 [003 L682-L689] or are too small at
    baseline [BS], for a visit that lacks a target, and for visits not in order of date.
    """
    _check_series(targets, baseline_on, visits)
    baseline = _sum([target.diameter_mm for target in targets])
    responses = tuple(_respond(criteria, targets, baseline, visits))
    return SeriesResponse(
        criteria=criteria.name,
        baseline_sum_mm=baseline,
        visits=responses,
        best=BestResponse(
            confirmed=_best(responses, baseline_on, confirm=True),
            unconfirmed=_best(responses, baseline_on, confirm=False),
        ),
        caveats=add_bleeding(criteria.caveats, hemorrhage),
    )


def _check_series(targets: Sequence[Target], baseline_on: date, visits: Sequence[Visit]) -> None:
    faults = list(check_targets(targets).faults)
    if any(len(visit.diameters_mm) != len(targets) for visit in visits):
        faults.append(VISIT_INCOMPLETE)
    dates = [baseline_on, *(visit.examined_on for visit in visits)]
    if any(earlier >= later for earlier, later in pairwise(dates)):
        faults.append(VISITS_UNORDERED)
    if faults:
        raise InvalidSeries(faults)


def _sum(diameters_mm: Sequence[float]) -> float:
    return round(fsum(diameters_mm), DECIMALS)


def add_bleeding(caveats: tuple[str, ...], hemorrhage: bool | None) -> tuple[str, ...]:
    """Return the caveats, with that of bleeding where there is any [003 L714-L721]."""
    return (*caveats, BLEEDING) if hemorrhage else caveats


def _respond(
    criteria: Criteria, targets: Sequence[Target], baseline: float, visits: Sequence[Visit]
) -> Iterator[VisitResponse]:
    nadir = baseline
    was_complete = False
    for visit in visits:
        measured = [diameter for diameter in visit.diameters_mm if diameter is not None]
        known = _sum(measured)
        total = known if len(measured) == len(targets) else None
        if not targets:
            response: Response = "NE"
        elif _has_grown(criteria, nadir, known) or (
            was_complete and any(map(_is_back, targets, visit.diameters_mm))
        ):
            response = "PD"
        elif total is None:
            response = "NE"
        else:
            response = _rate(criteria, targets, baseline, total, visit)
        overall = _overall(response, visit, was_complete)
        yield VisitResponse(
            examined_on=visit.examined_on,
            sum_mm=total,
            nadir_mm=nadir,
            change_from_baseline_percent=None if total is None else percent_change(baseline, total),
            change_from_nadir_percent=None if total is None else percent_change(nadir, total),
            targets=response,
            overall=overall,
        )
        was_complete = was_complete or overall == "CR"
        if total is not None:
            nadir = min(nadir, total)


def _has_grown(criteria: Criteria, nadir: float, known: float) -> bool:
    """Return whether what was measured alone proves progression over the smallest sum."""
    change = percent_change(nadir, known)
    # From nothing to something is more than any percentage.
    relative = known > 0 if change is None else change >= criteria.rise_percent
    return relative and round(known - nadir, DECIMALS) >= criteria.rise_min_mm


def _is_gone(target: Target, diameter_mm: float | None) -> bool:
    """Return whether a target disappeared, or is a node of normal size."""
    if target.is_node and diameter_mm is not None:
        return diameter_mm < MIN_ABNORMAL_NODE_MM
    return diameter_mm == 0


def _is_back(target: Target, diameter_mm: float | None) -> bool:
    """Return whether a target is there; a node never goes, its growth counts in the sum."""
    return bool(diameter_mm) and not target.is_node


def _rate(
    criteria: Criteria, targets: Sequence[Target], baseline: float, total: float, visit: Visit
) -> Response:
    """Return the response of targets that were all measured and did not progress."""
    if all(map(_is_gone, targets, visit.diameters_mm)):
        return "CR"
    change = percent_change(baseline, total)
    return "PR" if change is not None and change <= -criteria.fall_percent else "SD"


def _overall(targets: Response, visit: Visit, was_complete: bool) -> Response:
    if visit.new_lesions or visit.non_targets == "PD" or targets == "PD":
        return "PD"
    if was_complete and visit.reappeared:
        return "PD"
    if visit.new_lesions is None:
        return "NE"
    if targets == "CR" and visit.non_targets not in ("none", "CR"):
        return "PR"
    return targets


def _best(visits: Sequence[VisitResponse], baseline_on: date, *, confirm: bool) -> Response:
    """Return the best response up to the first progression.

    A response is confirmed by another at least as good four weeks later with nothing but
    such responses and "NE" between the two [INT]: 1.1 leaves a stable visit between open.
    """
    progressed = [i for i, visit in enumerate(visits) if visit.overall == "PD"]
    counted = visits[: progressed[0]] if progressed else visits
    if _is_reached(counted, frozenset({"CR"}), confirm=confirm):
        return "CR"
    if _is_reached(counted, frozenset({"CR", "PR"}), confirm=confirm):
        return "PR"
    if any(
        visit.overall != "NE" and (visit.examined_on - baseline_on).days >= STABLE_AFTER_DAYS
        for visit in counted
    ):
        return "SD"
    return "PD" if progressed else "NE"


def _is_reached(
    visits: Sequence[VisitResponse], wanted: frozenset[Response], *, confirm: bool
) -> bool:
    first: date | None = None
    for visit in visits:
        if visit.overall in wanted:
            first = first or visit.examined_on
            if not confirm or (visit.examined_on - first).days >= CONFIRMED_AFTER_DAYS:
                return True
        elif visit.overall != "NE":
            first = None
    return False
