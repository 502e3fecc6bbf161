"""The reading of one case: its facts, and beside them what the engine finds as it goes.

Names that begin with `@` are findings: `@scenario`, `@grade`, `@top` and so on. Conditions
in the content read both, so that a rule needs no code of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from guidance.calculators.grade import Grading, grade_tumor
from guidance.engine.contradictions import has_impossible_dates
from guidance.engine.facts import Facts
from guidance.engine.growth import ENTERED_RATE, SUM_AFTER, measure_growth
from guidance.engine.logic import Truth, disjunction

# How the region of a study that shows the liver is called; the text is free.
LIVER_REGIONS = ("liver", "hepat", "abdom", "whole")

Reading = dict[str, Any]


def read_case(facts: Facts) -> tuple[Reading, Grading]:
    """Return the facts with the findings that need no scenario, and the grade with its reasons."""
    reading: Reading = dict(facts.values)
    grading = grade_tumor(
        ki67_percent=facts.get("ki67_percent"),
        mitoses=facts.get("mitoses_per_10hpf"),
        who_version=facts.get("who_version"),
        pathologist_grade=facts.get("pathologist_grade"),
        differentiation=facts.get("differentiation"),
    )
    reading["@grade"] = grading.grade
    reading["@grade_flags"] = grading.flags
    reading["@result"] = facts.get("study_outcome") not in (None, "not_available")
    reading["@impossible_dates"] = has_impossible_dates(reading)
    _read_treatments(reading)
    if "studies" in reading:
        _read_studies(reading, reading["studies"])
    if SUM_AFTER in reading or ENTERED_RATE in reading:
        growth = measure_growth(reading)
        reading["@growth_measured"] = growth.is_measured
        reading["@growth_discordant"] = growth.is_discordant
    return reading, grading


def _read_studies(reading: Reading, studies: Sequence[Mapping[str, Any]]) -> None:
    reading["@done_modalities"] = tuple(study["modality"] for study in studies)
    mri = [shows_liver(study.get("region")) for study in studies if study["modality"] == "MRI"]
    reading["@liver_mri_done"] = disjunction(mri)
    # Contrast ultrasound characterizes what ultrasound has shown [003 L509-L512].
    reading["@seen_on_ultrasound"] = any(
        study["modality"] == "US" and study.get("outcome") != "negative" for study in studies
    )


def shows_liver(region: str | None) -> Truth:
    """Return whether a study of a region shows the liver; None where no region is given [INT]."""
    if region is None:
        return None
    return any(word in region.casefold() for word in LIVER_REGIONS)


def _read_treatments(reading: Reading) -> None:
    treatments = reading.get("treatments")
    if treatments is None:
        return
    reading["@treatment_types"] = tuple(treatment["type"] for treatment in treatments)
    reading["@treatment_ongoing"] = any(map(_is_ongoing, treatments))


def _is_ongoing(treatment: Mapping[str, Any]) -> bool:
    return treatment.get("ongoing") is True
