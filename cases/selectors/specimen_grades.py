"""What each specimen says of a tumor's grade, and which one speaks for the case.

docs/decisions/0009-which-specimen-speaks.md says why.
"""

import datetime
from collections.abc import Iterable
from typing import cast
from uuid import UUID

from cases.models import Specimen
from cases.models.specimen import Differentiation, Subtype
from guidance.calculators.grade import Grading, Who, grade_tumor

#: Subtypes that the guidance reads as carcinoma (GATE-4, A-15).
CARCINOMAS = frozenset({Subtype.NEC_SMALL_CELL, Subtype.NEC_LARGE_CELL, Subtype.MANEC})

#: A Ki-67 in the gap of WHO 2010 lies above every G1 and below every G2.
IN_GAP = 2
RANKS = {"G1": 1, "G2": 3, "G3": 4}


def reported_by(specimen: Specimen, edition: str) -> str:
    """The grade of the report as far as it is one of the WHO edition; empty for another's.

    A report that names no edition is read by the one asked.
    """
    return specimen.grade if specimen.who_version in ("", edition) else ""


def grading(specimen: Specimen, *, by: str) -> Grading:
    """The grade of one specimen in the WHO edition `by`, from its own counts.

    The grade of the report stands in only where it was given by that edition: the same letter
    of another one may mean another tumor (specification 8.2).
    """
    ki67, mitoses = specimen.ki67_percent, specimen.mitoses_per_10hpf
    return grade_tumor(
        ki67_percent=None if ki67 is None else float(ki67),
        mitoses=None if mitoses is None else float(mitoses),
        who_version=cast("Who", by),
        pathologist_grade=reported_by(specimen, by) or None,  # type: ignore[arg-type]
        differentiation=specimen.differentiation or None,
    )


def is_carcinoma(specimen: Specimen) -> bool:
    """Whether it is poorly differentiated, or a subtype that the guidance reads as carcinoma."""
    poor = specimen.differentiation == Differentiation.POOR
    return poor or specimen.subtype in CARCINOMAS


def rank(specimen: Specimen, *, by: str) -> int:
    """How high the grade of a specimen is; 0 where it says nothing of grade.

    A grade of another edition counts here, so that no lower specimen speaks in its place; the
    guidance is not given it.
    """
    found = grading(specimen, by=by)
    if found.grade is not None:
        return RANKS[found.grade]
    return max(IN_GAP if found.in_gap else 0, RANKS.get(specimen.grade, 0))


def speaker(specimens: Iterable[Specimen], *, by: str) -> Specimen | None:
    """The specimen that speaks for grade and kind of the tumor; None where none says anything.

    Carcinoma goes before everything else, then the higher grade (A-16), then a specimen with
    Ki-67, which is the mandatory count (004 L58-L60), then the newest.
    """

    def weight(specimen: Specimen) -> tuple[bool, int, bool, tuple[datetime.date, UUID]]:
        has_ki67 = specimen.ki67_percent is not None
        return is_carcinoma(specimen), rank(specimen, by=by), has_ki67, age(specimen)

    saying = [row for row in specimens if is_carcinoma(row) or rank(row, by=by)]
    return max(saying, key=weight, default=None)


def age(specimen: Specimen) -> tuple[datetime.date, UUID]:
    """What puts specimens in order, oldest first; ids are made in the order of entering."""
    return specimen.taken_on, specimen.id
