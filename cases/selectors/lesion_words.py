"""Courses of lesions in a reader's words. These are the product's own; caveats are content."""

import datetime
from collections.abc import Iterable, Mapping

from cases.models.lesion import MeasurementState
from guidance.calculators.course import CourseVisit
from guidance.calculators.course_reading import Category, Reason
from guidance.calculators.course_sizes import Size
from guidance.calculators.response import BestResponse
from guidance.engine.values import number_words
from tumorboard.formats import day

RESPONSES = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progression",
    "NE": "not evaluable",
}
SYSTEMS = {"recist": "RECIST 1.1", "mrecist": "mRECIST", "choi": "Choi"}

#: Limits of the three systems in percent; a figure beside a category must not blur them.
LIMITS = frozenset({10.0, 15.0, 20.0, 30.0})

#: What was seen of a lesion, as short as a cell of a table wants it.
STATES = {
    MeasurementState.MEASURED: "measured",
    MeasurementState.TOO_SMALL: "too small",
    MeasurementState.PRESENT: "present",
    MeasurementState.VANISHED: "vanished",
    MeasurementState.PROGRESSION: "progression",
    MeasurementState.MERGED: "merged",
    MeasurementState.NOT_EVALUABLE: "not evaluable",
}

#: `{}` takes the labels of the lesions that are meant.
REASONS = {
    "baseline": "baseline",
    "same_day": "another study of the same day is read",
    "no_targets": "no target lesion",
    "no_baseline_size": "{}: no size at baseline",
    "no_baseline_enhancing": "no enhancing part of 10 mm at baseline ({})",
    "not_recorded": "{}: not recorded on this study",
    "not_measured": "{}: not measured",
    "not_evaluable": "{}: not evaluable",
    "no_enhancing_diameter": "{}: no enhancing diameter",
    "merged_into_no_target": "{}: merged into no target",
    "no_arterial_phase": "no arterial phase",
    "new_lesion": "new lesion {}",
    "new_lesions_unknown": "nobody says whether there is a new lesion",
    "non_target_progression": "unequivocal progression of {}",
    "sum_rose": "the sum rose over the smallest so far",
    "reappeared": "a lesion came back after none was left {}",
    "not_by_ct": "Choi needs CT",
    "baseline_not_by_ct": "Choi needs CT, and the baseline is none",
    "no_attenuation": "{}: no attenuation",
    "no_baseline_attenuation": "no attenuation at baseline",
    "nodules_unknown": "nobody says whether a nodule inside a lesion is new or grows",
    "no_sum": "no sum",
    "more_than_five_targets": "more than five targets",
    "more_than_two_targets_in_one_organ": "more than two targets in one organ",
    "target_not_measurable": "{}: too small for a target at baseline",
}


def reason_words(reason: Reason, labels: Mapping[str, str]) -> str:
    """Why a category is what it is, with the labels of lesions by their key."""
    named = ", ".join(labels.get(key, "a lesion") for key in reason.lesions)
    return REASONS[reason.code].format(named).strip()


def reasons_words(reasons: Iterable[Reason], labels: Mapping[str, str]) -> str:
    """Several reasons in one line; empty for none."""
    return "; ".join(reason_words(reason, labels) for reason in reasons)


def category_words(category: Category, labels: Mapping[str, str]) -> str:
    """A category with what it rests on, such as "PD, progression (new lesion X)"."""
    why = reasons_words(category.why, labels)
    if category.response is None:
        return f"not computable: {why}"
    words = f"{category.response}, {RESPONSES[category.response]}"
    return f"{words} ({why})" if why else words


def best_words(name: str, best: BestResponse, progression: datetime.date | None) -> str:
    """The best response of a course by one system, and until when it counts.

    Args:
        progression: the day of the first progression; what comes after it does not count.
    """
    until = f" until progression on {day(progression)}" if progression else ""
    if best.confirmed == best.unconfirmed:
        return f"Best response by {name}{until}: {best.confirmed}."
    return (
        f"Best response by {name}{until}: {best.unconfirmed}, not confirmed "
        f"(confirmed best response {best.confirmed})."
    )


def percent_words(value: float | None) -> str:
    """A change with its sign, such as "-30 %"; empty for none.

    One decimal, or two where one would read as a limit that was not reached.
    """
    if value is None:
        return ""
    rounded = round(value, 1)
    if abs(rounded) in LIMITS and rounded != value:
        rounded = round(value, 2)
    sign = "+" if rounded > 0 else ""
    return f"{sign}{number_words(rounded)} %"


def mm_words(value: float | None) -> str:
    """A size in mm without its unit; empty for none."""
    return "" if value is None else number_words(value)


def size_note(size: Size) -> str:
    """How a size came about where it was not simply measured."""
    if size.merged:
        return "measured with another"
    notes = [f"{size.parts} parts added"] if size.parts else []
    if size.default:
        notes.append("5 mm by default")
    return ", ".join(notes)


def sum_words(visit: CourseVisit) -> str:
    """The sum of a visit with what it is compared to."""
    category = visit.recist
    if category.sum_mm is None:
        return "no sum"
    words = f"sum {mm_words(category.sum_mm)} mm"
    if category.nadir_mm is None:
        return words
    baseline = percent_words(category.from_baseline_percent)
    nadir = percent_words(category.from_nadir_percent) or "from 0"
    return f"{words}, {baseline} from baseline, {nadir} from the smallest so far"
