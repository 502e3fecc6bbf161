"""Size of a lesion at each study of a course, as RECIST 1.1 counts it (specification 9.1).

Beyond the sources [BS], after Eisenhauer 2009: a lesion that is seen but too small to measure
counts 5 mm, one that vanished 0 mm; a node counts by its short axis; where a lesion splits, the
diameters of its fragments are added; lesions that have grown into one are measured as one. A
lesion that was not recorded, not measured or not evaluable has no size: nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, isfinite
from typing import Literal

from guidance.calculators.change import DECIMALS
from guidance.calculators.targets import MIN_ABNORMAL_NODE_MM, check_diameter

State = Literal[
    "measured", "too_small", "present", "vanished", "progression", "merged", "not_evaluable"
]
Role = Literal["target", "non_target", "new"]
Measure = Literal["size", "enhancing"]

#: What a lesion counts that is seen and too small to measure, in mm [BS].
TOO_SMALL_MM = 5.0

NOT_RECORDED = "not_recorded"
NOT_MEASURED = "not_measured"
NOT_EVALUABLE = "not_evaluable"
NO_ENHANCING_DIAMETER = "no_enhancing_diameter"
MERGED_INTO_NO_TARGET = "merged_into_no_target"


@dataclass(frozen=True, slots=True)
class Reading:
    """A lesion on one study; sizes in mm, attenuation in HU, None where not measured.

    `enhancing_mm` is the longest diameter of the part that enhances in the arterial phase.
    Raises `ValueError` for a size that is negative or not finite and for an attenuation that
    is not finite.
    """

    state: State = "measured"
    longest_mm: float | None = None
    short_mm: float | None = None
    enhancing_mm: float | None = None
    attenuation_hu: float | None = None

    def __post_init__(self) -> None:
        for size_mm in (self.longest_mm, self.short_mm, self.enhancing_mm):
            if size_mm is not None:
                check_diameter(size_mm)
        if self.attenuation_hu is not None and not isfinite(self.attenuation_hu):
            raise ValueError(f"an attenuation must be finite, not {self.attenuation_hu!r}")


@dataclass(frozen=True, slots=True)
class CourseLesion:
    """A lesion followed over studies; `split_from` and `merged_into` are keys of others."""

    key: str
    organ: str
    role: Role
    is_node: bool = False
    split_from: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class CourseStudy:
    """One study with its readings by the lesion's key; None is not known.

    `new_lesions`: whether the study shows any; `growing_nodules`: whether a nodule inside a
    lesion is new or grows; `arterial_phase`: whether one was acquired.
    """

    key: str
    examined_on: date
    modality: str
    readings: Mapping[str, Reading]
    new_lesions: bool | None = None
    growing_nodules: bool | None = None
    arterial_phase: bool | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """What a lesion counts at one study, in mm; None with the reason in `why`.

    `default` says that it is the 5 mm of a lesion too small to measure, `parts` how many
    fragments were added (0: it is in one piece), `merged` that it is measured with another.
    """

    mm: float | None
    why: str = ""
    default: bool = False
    parts: int = 0
    merged: bool = False


class Sizes:
    """Sizes of the lesions of one course; the studies are in order of date."""

    def __init__(self, lesions: Sequence[CourseLesion], studies: Sequence[CourseStudy]) -> None:
        self._lesions = {lesion.key: lesion for lesion in lesions}
        self._studies = studies
        self._fragments: dict[str, list[CourseLesion]] = {}
        #: At which study each lesion was recorded first.
        self._begun: dict[str, int] = {}
        for number, study in enumerate(studies):
            for key in study.readings:
                self._begun.setdefault(key, number)
        for lesion in lesions:
            root = self.root(lesion)
            if root is not lesion:
                self._fragments.setdefault(root.key, []).append(lesion)

    def root(self, lesion: CourseLesion) -> CourseLesion:
        """Return the lesion that this one is a fragment of, itself where it is none."""
        followed = {lesion.key}
        while (
            lesion.split_from
            and lesion.split_from in self._lesions
            and (lesion.split_from not in followed)
        ):
            lesion = self._lesions[lesion.split_from]
            followed.add(lesion.key)
        return lesion

    def parts(self, lesion: CourseLesion, number: int) -> list[CourseLesion]:
        """Return what stands for the lesion at the study `number`: itself, or its fragments."""
        begun = [
            fragment
            for fragment in self._fragments.get(lesion.key, ())
            if self._begun.get(fragment.key, number + 1) <= number
        ]
        if not begun:
            return [lesion]
        itself = [lesion] if lesion.key in self._studies[number].readings else []
        return [*itself, *begun]

    def size(self, lesion: CourseLesion, number: int, measure: Measure = "size") -> Size:
        """Return what the lesion counts at the study `number`, its fragments added."""
        study = self._studies[number]
        parts = [self._own(part, study, measure) for part in self.parts(lesion, number)]
        if len(parts) == 1:
            return parts[0]
        unknown = next((part.why for part in parts if part.mm is None), "")
        if unknown:
            return Size(None, unknown, parts=len(parts))
        total = round(fsum(part.mm or 0 for part in parts), DECIMALS)
        return Size(total, default=any(part.default for part in parts), parts=len(parts))

    def is_present(self, lesion: CourseLesion, number: int) -> bool | None:
        """Return whether the lesion is there at the study `number`; None: nobody says.

        A node of a normal short axis is not there as a lesion [BS]; one that merged is there
        while the other is.
        """
        followed = {lesion.key}
        reading = self._studies[number].readings.get(lesion.key)
        while reading is not None and reading.state == "merged":
            other = self._lesions.get(lesion.merged_into or "")
            if other is None or other.key in followed:
                return None
            followed.add(other.key)
            lesion, reading = other, self._studies[number].readings.get(other.key)
        if reading is None or reading.state == "not_evaluable":
            return None
        if reading.state == "vanished":
            return False
        size_mm = _size_mm(lesion, reading)
        if reading.state == "measured" and size_mm is not None:
            return size_mm >= MIN_ABNORMAL_NODE_MM if lesion.is_node else size_mm > 0
        return True

    def _own(self, lesion: CourseLesion, study: CourseStudy, measure: Measure) -> Size:
        reading = study.readings.get(lesion.key)
        if reading is None:
            return Size(None, NOT_RECORDED)
        if reading.state == "merged":
            return self._merged(lesion, study, measure)
        if reading.state == "vanished":
            return Size(0.0)
        if reading.state == "not_evaluable":
            return Size(None, NOT_EVALUABLE)
        by_enhancement = measure == "enhancing" and not lesion.is_node
        size_mm = reading.enhancing_mm if by_enhancement else _size_mm(lesion, reading)
        if size_mm is not None:
            return Size(float(size_mm))
        if by_enhancement:
            return Size(None, NO_ENHANCING_DIAMETER)
        if reading.state == "too_small":
            return Size(TOO_SMALL_MM, default=True)
        return Size(None, NOT_MEASURED)

    def _merged(self, lesion: CourseLesion, study: CourseStudy, measure: Measure) -> Size:
        """Return nothing for a lesion that is measured as part of another target."""
        followed = {lesion.key}
        while True:
            other = self._lesions.get(lesion.merged_into or "")
            if other is None or other.key in followed or self.root(other).role != "target":
                return Size(None, MERGED_INTO_NO_TARGET)
            followed.add(other.key)
            reading = study.readings.get(other.key)
            if reading is None or reading.state != "merged":
                size = self._own(other, study, measure)
                return Size(None, size.why) if size.mm is None else Size(0.0, merged=True)
            lesion = other


def _size_mm(lesion: CourseLesion, reading: Reading) -> float | None:
    return reading.short_mm if lesion.is_node else reading.longest_mm
