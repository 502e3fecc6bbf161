"""What the studies of a course say of its lesions together (specification 9.1) [BS]."""

from collections.abc import Sequence
from itertools import chain

from guidance.calculators.course_sizes import (
    CourseLesion,
    CourseStudy,
    Measure,
    Size,
    Sizes,
)
from guidance.calculators.response import NonTargets


class Record:
    """The lesions and studies of one course, in order of date, from the baseline on."""

    def __init__(self, lesions: Sequence[CourseLesion], studies: Sequence[CourseStudy]) -> None:
        self.lesions, self.studies = lesions, studies
        self.sizes = Sizes(lesions, studies)
        whole = [lesion for lesion in lesions if self.sizes.root(lesion) is lesion]
        self.targets = [lesion for lesion in whole if lesion.role == "target"]
        self.others = [lesion for lesion in whole if lesion.role == "non_target"]
        self._new = [lesion for lesion in whole if lesion.role == "new"]
        after = range(1, len(studies))
        self._seen_at = {new.key: self._first(new, True, after) for new in self._new}
        self._gone_at = {
            other.key: self._first(other, False, range(len(studies))) for other in self.others
        }
        self._first_of_day = {
            study.examined_on: at for at, study in reversed([*enumerate(studies)])
        }

    def _first(self, lesion: CourseLesion, present: bool, numbers: range) -> int:
        """Return the first study at which the lesion is there, or gone; after all if none."""
        found = (at for at in numbers if self.sizes.is_present(lesion, at) is present)
        return next(found, len(self.studies))

    def sizes_at(self, number: int, measure: Measure) -> dict[str, Size]:
        """Return the size of each target at a study, by its key."""
        return {target.key: self.sizes.size(target, number, measure) for target in self.targets}

    def is_counted(self, number: int) -> bool:
        """Return whether the study is read: the first of its day."""
        return self._first_of_day[self.studies[number].examined_on] == number

    def modality_changed(self, number: int) -> str:
        """Return the baseline's modality where this study's is another, else nothing."""
        first = self.studies[0].modality
        return "" if self.studies[number].modality == first else first

    def new_lesion_keys(self, number: int) -> tuple[str, ...]:
        """Return the new lesions that this study shows; none at baseline."""
        if number == 0:
            return ()
        return tuple(new.key for new in self._new if self.sizes.is_present(new, number))

    def new_lesions(self, number: int) -> bool | None:
        """Return whether there is a new lesion; None where nobody says.

        One that was seen before and is not recorded here is not known to have gone.
        """
        if self.new_lesion_keys(number) or self.studies[number].new_lesions:
            return True
        for lesion in self._new:
            was_seen = self._seen_at[lesion.key] < number
            if was_seen and self.sizes.is_present(lesion, number) is None:
                return None
        return self.studies[number].new_lesions

    def non_targets(self, number: int) -> NonTargets:
        """Return what the other lesions show together."""
        if not self.others:
            return "none"
        if self.progressing(number):
            return "PD"
        present = [self.sizes.is_present(part, number) for part in self._other_parts(number)]
        if any(present):
            return "non_CR_non_PD"
        return "NE" if None in present else "CR"

    def progressing(self, number: int) -> tuple[str, ...]:
        """Return the other lesions whose growth is unequivocal."""
        readings = self.studies[number].readings
        return tuple(
            part.key
            for part in self._other_parts(number)
            if part.key in readings and readings[part.key].state == "progression"
        )

    def _other_parts(self, number: int) -> list[CourseLesion]:
        return list(chain.from_iterable(self.sizes.parts(o, number) for o in self.others))

    def reappeared(self, number: int) -> tuple[str, ...]:
        """Return the other lesions, nodes aside, that vanished before and are there again."""
        return tuple(
            other.key
            for other in self.others
            if not other.is_node
            and self.sizes.is_present(other, number)
            and self._gone_at[other.key] < number
        )
