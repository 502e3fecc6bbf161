"""Radiation of all examinations of a patient together, as a range (specification 2.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Literal

Band = Literal["zero", "three", "four", "three_or_higher", "not_stated"]

# Relative radiation levels that the sources give, low and high in mSv; no upper bound: None.
# The codes are those of `ratings.yaml`, where a band belongs to a procedure in a scenario
# (N-01): one procedure may have another band, or none, in another scenario.
BANDS_MSV: Mapping[Band, tuple[float, float | None]] = {
    "zero": (0, 0),
    "three": (1, 10),
    "four": (10, 30),
    "three_or_higher": (1, None),
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """One examination: the band of its procedure in its scenario, the measured dose if known.

    `band` is None where the examination belongs to no scenario; `dose_msv` is the effective
    dose in mSv. Raises `ValueError` for a dose that is negative or not finite.
    """

    procedure: str
    band: Band | None
    dose_msv: float | None = None

    def __post_init__(self) -> None:
        dose = self.dose_msv
        if dose is not None and not (isfinite(dose) and dose >= 0):
            raise ValueError(f"a dose must be 0 mSv or more, not {dose!r}")


@dataclass(frozen=True, slots=True)
class CumulativeDose:
    """The dose in mSv of the examinations that have one, and those that have none.

    `high_msv` is None where a band has no upper bound. `unstated` names the procedures, in
    order, for which no dose and no band is known; they are in neither bound, so with any of
    them the range says nothing about the whole.
    """

    low_msv: float
    high_msv: float | None
    measured: int
    banded: int
    unstated: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether every examination is in the range."""
        return not self.unstated


def add_up(exposures: Iterable[Exposure]) -> CumulativeDose:
    """Return the cumulative dose as a range in mSv; a measured dose goes before the band.

    Bands: O is 0 [000 L40]; [002 L45], three symbols 1 to 10 [001 L36, L38], four 10 to 30
    [000 L40], "1-10 or higher" is open above [002 L45]. Adding up bounds is [INT]; no source
    gives a limit to compare with.
    """
    lows: list[float] = []
    highs: list[float | None] = []
    unstated: list[str] = []
    measured = 0
    for exposure in exposures:
        if exposure.dose_msv is not None:
            measured += 1
            low: float
            high: float | None
            low = high = exposure.dose_msv
        elif exposure.band is None or exposure.band == "not_stated":
            unstated.append(exposure.procedure)
            continue
        else:
            low, high = BANDS_MSV[exposure.band]
        lows.append(low)
        highs.append(high)
    bounded = [high for high in highs if high is not None]
    return CumulativeDose(
        low_msv=fsum(lows),
        high_msv=fsum(bounded) if len(bounded) == len(highs) else None,
        measured=measured,
        banded=len(lows) - measured,
        unstated=tuple(unstated),
    )
