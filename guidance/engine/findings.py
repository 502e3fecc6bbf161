"""What the engine finds, and what each finding is read from.

A finding that is not listed is read from no fact of its own: it follows from other findings,
or from where the case belongs.
"""

from collections.abc import Mapping
from typing import Any

from guidance.engine.logic import Comparison

GRADE = ("ki67_percent", "mitoses_per_10hpf", "pathologist_grade", "who_version")

GROWTH = ("recist_sum_mm_t0", "recist_sum_mm_t1", "interval_days", "tgr_percent_per_month")

READ_FROM: Mapping[str, tuple[str, ...]] = {
    "@grade": GRADE,
    "@grade_flags": (*GRADE, "differentiation"),
    "@result": ("study_outcome",),
    "@branch": ("study_outcome",),
    "@treatment_types": ("treatments",),
    "@treatment_ongoing": ("treatments",),
    "@done_modalities": ("studies",),
    "@liver_mri_done": ("studies",),
    "@seen_on_ultrasound": ("studies",),
    "@growth_measured": GROWTH,
    "@growth_discordant": GROWTH,
    "@next_modality": ("ordered_procedure",),
    "@order_rating": ("ordered_procedure",),
    "@schedule": ("followup_policy", "months_since_last_imaging"),
    "@impossible_dates": ("evaluated_on", "diagnosis_date", "resection_date", "last_imaging_date"),
}
#: The line of an explanation that says why a finding is what it is.
LINES: Mapping[str, str] = {
    "@scenario": "scenario",
    "@status": "scenario",
    "@grade": "grade",
    "@grade_flags": "grade",
    "@branch": "branch",
}


def facts_behind(name: str) -> tuple[str, ...]:
    """Return the facts that a name in a condition is read from; a fact is read from itself."""
    return READ_FROM.get(name, ()) if name.startswith("@") else (name,)


def line_behind(comparison: Comparison, reading: Mapping[str, Any]) -> str | None:
    """Return the anchor of the line that explains what a comparison reads; None where none does."""
    if comparison.name == "@top":
        return None if reading["@top"] == "none" else f"study-{reading['@top']}"
    if comparison.name == "@actions":
        return f"action-{comparison.value}" if comparison.value in reading["@actions"] else None
    return LINES.get(comparison.name)
