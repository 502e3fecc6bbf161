"""Why the grade is what it is: each count against its limits (specification 8.1 and 8.2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from guidance.calculators.grade import (
    G2_MAX,
    G2_MIN_KI67,
    G2_MIN_MITOSES,
    WHO2010_G1_MAX,
)
from guidance.engine.findings import GRADE
from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.logic import parse_condition

KI67, MITOSES, PATHOLOGIST = "ki67_percent", "mitoses_per_10hpf", "pathologist_grade"
WHO2010 = "WHO2010"

#: What a count has to be for a grade, as `grade_by_ki67` and `grade_by_mitoses` compute it.
BY_KI67: Mapping[str | None, Any] = {
    "G3": f"{KI67} > {G2_MAX}",
    "G2": {"all": [f"{KI67} >= {G2_MIN_KI67}", f"{KI67} <= {G2_MAX}"]},
    "G1": f"{KI67} < {G2_MIN_KI67}",
    None: {"all": [f"{KI67} > {WHO2010_G1_MAX}", f"{KI67} < {G2_MIN_KI67}"]},
}
BY_KI67_WHO2010: Mapping[str | None, Any] = {**BY_KI67, "G1": f"{KI67} <= {WHO2010_G1_MAX}"}
BY_MITOSES: Mapping[str | None, Any] = {
    "G3": f"{MITOSES} > {G2_MAX}",
    "G2": {"all": [f"{MITOSES} >= {G2_MIN_MITOSES}", f"{MITOSES} <= {G2_MAX}"]},
    "G1": f"{MITOSES} < {G2_MIN_MITOSES}",
}


def grade_line(told: Told) -> Line:
    """Return the line of the grade, with what each count alone gives."""
    detail = told.answer["grade_detail"]
    return line_of(
        told,
        "grade",
        kind="grade",
        title="Grade",
        statement=detail["text"],
        state=detail["grade"] or "no grade",
        grounds=list(_grounds(told)),
        facts=GRADE,
        source=detail["source"],
    )


def _grounds(told: Told) -> Iterator[Ground]:
    grading, reading = told.grading, told.reading
    if reading.get("who_version") is None:
        return
    if reading.get(KI67) is not None:
        limits = BY_KI67_WHO2010 if reading["who_version"] == WHO2010 else BY_KI67
        title = f"Ki-67 gives {grading.by_ki67 or 'no grade'}"
        yield Ground(title, parse_condition(limits[grading.by_ki67]))
    if grading.by_mitoses is not None:
        title = f"Mitoses give {grading.by_mitoses}"
        yield Ground(title, parse_condition(BY_MITOSES[grading.by_mitoses]))
    if grading.by_pathologist:
        title = "The counts give none, so the pathologist's grade is taken"
        yield Ground(title, parse_condition(f"{PATHOLOGIST} = {grading.grade}"))
