"""Response to targeted therapy by the criteria of Choi (specification 9.1, RSP-05).

The sources name Choi without a limit; all limits here are beyond the sources [BS], after
Choi 2007, published for gastrointestinal stromal tumors.
"""

from dataclasses import dataclass
from math import isfinite

from guidance.calculators.change import percent_change
from guidance.calculators.response import Response, add_bleeding
from guidance.calculators.targets import check_diameter
from guidance.engine.logic import Truth, conjunction, disjunction, negation

CAVEATS = ("RSP-05",)
SIZE_PERCENT = 10
ATTENUATION_PERCENT = 15


@dataclass(frozen=True, slots=True)
class Density:
    """Size and density of the targets at one examination, for Choi.

    `sum_mm` is the sum of longest diameters in mm, `attenuation_hu` their mean attenuation
    in the portal venous phase in HU; None: not known. Raises `ValueError` for a sum that is
    negative or not finite and for an attenuation that is not finite.
    """

    sum_mm: float | None
    attenuation_hu: float | None

    def __post_init__(self) -> None:
        if self.sum_mm is not None:
            check_diameter(self.sum_mm)
        if self.attenuation_hu is not None and not isfinite(self.attenuation_hu):
            raise ValueError(f"an attenuation must be finite, not {self.attenuation_hu!r}")


@dataclass(frozen=True, slots=True)
class ChoiResponse:
    """The response of one examination against baseline, with the changes in percent."""

    response: Response
    size_change_percent: float | None
    attenuation_change_percent: float | None
    caveats: tuple[str, ...]
    beyond_sources: bool = True


def assess_choi(
    *,
    baseline: Density,
    current: Density,
    new_lesions: bool | None,
    growing_nodules: bool | None,
    hemorrhage: bool | None = None,
) -> ChoiResponse:
    """Return the response by Choi, in CT, against baseline [BS]; limits are inclusive.

    Progression: a new lesion, new or growing nodules inside a lesion, or 10 % larger
    without the criterion of attenuation. Response: 10 % smaller or 15 % less dense;
    complete where nothing is left. Unknown stays unknown and gives "NE". A baseline that is
    not above 0 HU has no percentage. Caveat: RSP-05 [003 L716-L721]; `hemorrhage` is fact
    108.
    """
    size = _change(baseline.sum_mm, current.sum_mm)
    attenuation = _change(baseline.attenuation_hu, current.attenuation_hu)
    less_dense = None if attenuation is None else attenuation <= -ATTENUATION_PERCENT
    larger = None if size is None else size >= SIZE_PERCENT
    smaller = None if size is None else size <= -SIZE_PERCENT
    is_gone = size is not None and current.sum_mm == 0
    progressed = disjunction(
        (new_lesions, growing_nodules, conjunction((larger, negation(less_dense))))
    )
    return ChoiResponse(
        response=_choose(progressed, is_gone, disjunction((smaller, less_dense))),
        size_change_percent=size,
        attenuation_change_percent=attenuation,
        caveats=add_bleeding(CAVEATS, hemorrhage),
    )


def _change(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else percent_change(old, new)


def _choose(progressed: Truth, is_gone: bool, responded: Truth) -> Response:
    if progressed:
        return "PD"
    if progressed is None:
        return "NE"
    if is_gone:
        return "CR"
    if responded is None:
        return "NE"
    return "PR" if responded else "SD"
