"""Where a result, as a person enters it, and the measurements of its study contradict."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cases.models import Study
from cases.models.result import Change, Outcome, ResponseBasis
from cases.selectors.lesion_words import SYSTEMS, category_words, sum_words
from cases.selectors.lesions import LesionRecord, StudyReading
from guidance.calculators.course import CourseVisit

#: The categories that an outcome goes with; other outcomes are not read from sizes.
FITTING: Mapping[str, frozenset[str]] = {
    Outcome.RESPONSE: frozenset({"CR", "PR"}),
    Outcome.STABLE: frozenset({"SD"}),
    Outcome.PROGRESSION: frozenset({"PD"}),
}
#: By what the sum of the targets alone shows, which changes of size it speaks against.
AGAINST_SIZE: Mapping[str, frozenset[str]] = {
    "PD": frozenset({Change.DECREASE, Change.STABLE}),
    "PR": frozenset({Change.INCREASE, Change.STABLE}),
    "CR": frozenset({Change.INCREASE, Change.STABLE}),
}


@dataclass(frozen=True)
class Contradiction:
    """Both sides in words: what was typed into `field`, and what the measurements say."""

    field: str
    typed: str
    measured: str

    def as_json(self) -> dict[str, str]:
        """As it is kept with a result that stands against it."""
        return asdict(self)


def contradictions_of(
    typed: Mapping[str, Any], *, study: Study, record: LesionRecord
) -> list[Contradiction]:
    """What the measurements of `study` say against a result.

    Systems that cannot be computed say nothing, and an outcome that any of the three supports is
    not contradicted. The category by RECIST is the first witness; the two others support.

    Args:
        typed: the columns of the result.
    """
    reading = next((found for found in record.readings if found.study.pk == study.pk), None)
    return [] if reading is None else list(_found(typed, reading, record.labels))


def _found(
    typed: Mapping[str, Any], reading: StudyReading, labels: Mapping[str, str]
) -> Iterator[Contradiction]:
    visit = reading.visit
    outcome = typed.get("outcome") or ""
    if _is_against(outcome, typed, visit):
        yield Contradiction("outcome", str(Outcome(outcome).label), _measured(visit, labels))
    if typed.get("new_lesions") is False and visit.new_lesions:
        named = ", ".join(labels[key] for key in visit.new_lesion_keys)
        said = f"New lesion recorded: {named}" if named else "A new lesion is recorded"
        yield Contradiction("new_lesions", "No", said)
    if typed.get("new_lesions") is True and visit.new_lesions is False:
        yield Contradiction("new_lesions", "Yes", "The lesions are recorded without a new one")
    change = typed.get("size_change") or ""
    if change in AGAINST_SIZE.get(visit.recist.targets or "", ()):
        yield Contradiction("size_change", str(Change(change).label), _sum(visit))


def _is_against(outcome: str, typed: Mapping[str, Any], visit: CourseVisit) -> bool:
    if outcome == Outcome.NEGATIVE:
        return any(size.mm for size in visit.sizes.values()) or bool(visit.new_lesion_keys)
    fitting = FITTING.get(outcome)
    if fitting is None or visit.recist.response in (None, "NE"):
        return False
    said = {getattr(visit, system).response for system in SYSTEMS}
    if said & fitting:
        return False
    if outcome == Outcome.PROGRESSION:
        # Evidence of progression that no size shows (RSP-03).
        return not typed.get("new_enhancement_in_treated_lesion")
    return not (outcome == Outcome.RESPONSE and _is_by_enhancement(typed, visit))


def _is_by_enhancement(typed: Mapping[str, Any], visit: CourseVisit) -> bool:
    """Whether a response without shrinkage was seen in what no measurement tells (RSP-02)."""
    if visit.recist.response != "SD":
        return False
    unmeasured = visit.mrecist.response in (None, "NE") and visit.choi.response in (None, "NE")
    by_words = typed.get("necrosis_without_shrinkage") is True
    basis = typed.get("response_basis") == ResponseBasis.SIZE_AND_ENHANCEMENT
    return by_words or (unmeasured and basis)


def _measured(visit: CourseVisit, labels: Mapping[str, str]) -> str:
    if visit.recist.response is None:
        return _sum(visit)
    said = [
        f"{name}: {category_words(getattr(visit, system), labels)}"
        for system, name in SYSTEMS.items()
        if getattr(visit, system).response
    ]
    return "; ".join([*said, sum_words(visit)])


def _sum(visit: CourseVisit) -> str:
    words = sum_words(visit)
    return words[0].upper() + words[1:]
