"""The radiation of all imaging of a case together, as a range."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Case, Study
from cases.selectors.study_names import study_name
from guidance.calculators.radiation import Band, CumulativeDose, Exposure, add_up
from guidance.editions import shelf
from guidance.engine.edition import Edition
from guidance.engine.values import number_words

#: Where the levels stand; adding them up is the product's own [INT], and N-01 keeps a level to
#: its procedure and scenario.
SOURCE = "000 L40; 001 L36, L38; 002 L45; N-01; INT"


@dataclass(frozen=True)
class Radiation:
    """The dose of `examinations` performed studies, and of how many it is known.

    `left_out` names those in no bound, each with how often. `scenario` names the situation whose
    levels are used; empty where the case is in none that is rated.
    """

    dose: CumulativeDose
    examinations: int
    left_out: tuple[tuple[str, int], ...]
    scenario: str

    @property
    def counted(self) -> int:
        """How many examinations are in the range."""
        return self.dose.measured + self.dose.banded

    @property
    def words(self) -> str:
        """The range, such as 12 to 40 mSv; "unknown" where it holds no examination."""
        if not self.counted:
            return "unknown"
        low, high = self.dose.low_msv, self.dose.high_msv
        if high is None:
            return f"{_msv(low)} mSv or more"
        if high == low:
            return f"{_msv(low)} mSv"
        return f"{_msv(low)} to {_msv(high)} mSv"


def radiation_of(case: Case) -> Radiation:
    """The dose of every performed study of `case`, which has been assessed; in one query.

    A study counts with its measured effective dose, else with the level that the edition of the
    assessment gives its procedure in the present scenario of the case, else not at all. Nothing
    is compared with a limit: no source gives one.
    """
    version = case.assessment.edition_version  # type: ignore[union-attr]
    edition = shelf.edition(version)
    bands = _bands(edition, case.scenario)
    studies = list(Study.objects.filter(case=case, performed_on__isnull=False))
    exposures = [_exposure(study, bands) for study in studies]
    dose = add_up(exposures)
    unknown = Counter(
        study_name(study, edition_version=version)
        for study, exposure in zip(studies, exposures, strict=True)
        if exposure.dose_msv is None and exposure.band in (None, "not_stated")
    )
    scenario = edition.catalogue.scenarios.get(case.scenario)
    return Radiation(
        dose=dose,
        examinations=len(studies),
        left_out=tuple(sorted(unknown.items())),
        scenario=scenario.name if scenario and bands else "",
    )


def _bands(edition: Edition, scenario: str) -> Mapping[str, Band]:
    """The level of each procedure that is rated in `scenario`."""
    rated = edition.content["ratings"]["ratings"].get(scenario, ())
    return {rating["procedure"]: rating["radiation"] for rating in rated}


def _exposure(study: Study, bands: Mapping[str, Band]) -> Exposure:
    dose = study.effective_dose_msv
    return Exposure(
        procedure=study.procedure,
        band=bands.get(study.procedure),
        dose_msv=None if dose is None else float(dose),
    )


def _msv(dose: float) -> str:
    """A dose to a tenth of a mSv."""
    return number_words(round(dose, 1))
