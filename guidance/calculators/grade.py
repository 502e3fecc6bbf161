"""Grade of a neuroendocrine tumor from Ki-67 and mitoses (specification 8.1 and 8.2)."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["G1", "G2", "G3"]
Who = Literal["WHO2010", "WHO2017", "WHO2019", "WHO2022"]

GAP = "W-GRADE-GAP"
BOUNDARY = "W-GRADE-BOUNDARY"
DISCORDANT = "W-GRADE-DISCORDANT"
G3_WELL = "W-G3-WELL-DIFF"

# Limits of Ki-67 in percent [004 L103-L120]. The upper limit of G1 is the table's of the
# same source; its running text excludes 2 itself (N-18).
WHO2010_G1_MAX = 2
G2_MIN_KI67 = 3
G2_MAX = 20
G2_MIN_MITOSES = 2


@dataclass(frozen=True, slots=True)
class Grading:
    """A grade with what led to it.

    `by_ki67` and `by_mitoses` are what each count alone gives; `in_gap` says that Ki-67
    lies between 2 and 3 %, where WHO 2010 has no class. `flags` are W-codes.
    """

    grade: Grade | None
    by_ki67: Grade | None
    by_mitoses: Grade | None
    in_gap: bool
    by_pathologist: bool
    flags: tuple[str, ...]


def grade_by_ki67(ki67_percent: float, who_version: Who) -> Grade | None:
    """Return the grade by the Ki-67 index in percent, or None in the gap of WHO 2010.

    CLS-01 [004 L103-L120]; from WHO 2017 on G1 ends below 3 %, which closes the gap [BS].
    """
    if ki67_percent > G2_MAX:
        return "G3"
    if ki67_percent >= G2_MIN_KI67:
        return "G2"
    if who_version == "WHO2010" and ki67_percent > WHO2010_G1_MAX:
        return None
    return "G1"


def grade_by_mitoses(mitoses: float) -> Grade:
    """Return the grade by the mitotic count, CLS-02 [004 L103-L120].

    The unit is per 10 high-power fields in WHO 2010 and 2017, per 2 mm2 from 2019 on [BS];
    the count is taken as given and never converted.
    """
    if mitoses > G2_MAX:
        return "G3"
    return "G2" if mitoses >= G2_MIN_MITOSES else "G1"


def grade_tumor(
    *,
    ki67_percent: float | None,
    mitoses: float | None,
    who_version: Who | None,
    pathologist_grade: Grade | None = None,
    differentiation: str | None = None,
) -> Grading:
    """Return the grade in the given WHO edition, with its flags.

    Without an edition nothing is graded. The higher of two counts decides (CLS-05, A-16);
    in the gap mitoses decide if they give G2 or G3 (CLS-04); the pathologist's grade is
    used only where the counts give none. Source: 004 L71-L78, L91-L126; newer editions [BS].
    """
    if who_version is None:
        return Grading(None, None, None, in_gap=False, by_pathologist=False, flags=())
    by_ki67 = None if ki67_percent is None else grade_by_ki67(ki67_percent, who_version)
    by_mitoses = None if mitoses is None else grade_by_mitoses(mitoses)
    in_gap = ki67_percent is not None and by_ki67 is None
    flags: list[str] = []
    if who_version == "WHO2010" and ki67_percent == WHO2010_G1_MAX:
        flags.append(BOUNDARY)
    counted: Grade | None
    if in_gap:
        counted = by_mitoses if by_mitoses in ("G2", "G3") else None
        flags.append(GAP if counted is None else DISCORDANT)
    else:
        counted = max((grade for grade in (by_ki67, by_mitoses) if grade), default=None)
        if by_ki67 and by_mitoses and by_ki67 != by_mitoses:
            flags.append(DISCORDANT)
    grade = counted or pathologist_grade
    if grade == "G3" and differentiation == "well":
        flags.append(G3_WELL)
    return Grading(
        grade=grade,
        by_ki67=by_ki67,
        by_mitoses=by_mitoses,
        in_gap=in_gap,
        by_pathologist=counted is None and pathologist_grade is not None,
        flags=tuple(flags),
    )
