"""A case as a board sees it: the story, the key numbers, and what the guidance says of it.

The words of the guidance come from the stored assessment and from the edition that made it, so
that a signed decision quotes what was said when it was taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cases.models import Assessment, Case, Result, Study, Treatment
from cases.selectors.imaging import Imaging, imaging_of_each
from guidance.editions.models import WhoVersion
from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import load_edition
from tumorboard.formats import day

UNKNOWN = "unknown"

#: Facts that stand at the head of every case before a board, in this order.
KEY_FACTS = (
    "ki67_percent",
    "mitoses_per_10hpf",
    "differentiation",
    "functional_status",
    "primary_size_mm",
    "metastatic_sites",
    "liver_burden_percent",
    "sstr_result",
    "resection_status",
    "current_management",
)


@dataclass(frozen=True)
class KeyNumber:
    """One fact in words; `is_known` is false where it is unknown or was never asked."""

    label: str
    value: str
    is_known: bool


@dataclass(frozen=True)
class Shown:
    """One study of the story so far and what it showed."""

    date: str
    study: str
    outcome: str
    summary: str


@dataclass(frozen=True)
class Briefing:
    """What is known of a case: in sentences, in numbers, in pictures."""

    story: tuple[str, ...]
    key_numbers: tuple[KeyNumber, ...]
    imaging: tuple[Shown, ...]


@dataclass(frozen=True)
class RatedStudy:
    """One study as the edition rates it; `rrl` is the relative radiation level in its words."""

    name: str
    rating: str
    rating_label: str
    rrl: str
    note: str
    source: str


class Guidance:
    """What one assessment says, in words."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.answer: Mapping[str, Any] = assessment.answer

    @property
    def scenario(self) -> str:
        """The situation by its name, or why there is none."""
        answer = self.answer
        if answer["scenario_name"]:
            return str(answer["scenario_name"])
        if answer["not_covered"]:
            return str(answer["not_covered"]["text"])
        if answer["contradictions"]:
            texts = (str(found["text"]) for found in answer["contradictions"])
            return " ".join(("The record contradicts itself.", *texts))
        return "Not determined yet: facts are missing"

    @property
    def recommended(self) -> RatedStudy | None:
        """The study at the top of the ranking."""
        return next(iter(self._studies("top")), None)

    @property
    def recommended_label(self) -> str:
        """Which question the recommended study answers."""
        return f"Recommended for the {self.answer['top_answers']}"

    @property
    def alternatives(self) -> list[RatedStudy]:
        """The other studies that are possible, in rank order."""
        return self._studies("alternative")

    @property
    def steps(self) -> list[str]:
        """The actions of the branch in order; those of one group are alternatives to each other."""
        branch = self.answer["branch_detail"]
        grouped: dict[str, list[str]] = {}
        for place, action in enumerate(branch["actions"] if branch else ()):
            grouped.setdefault(action["group"] or str(place), []).append(action["text"])
        return [" Or: ".join(texts) for texts in grouped.values()]

    @property
    def interval(self) -> str:
        """When to look again, by each rule that says so."""
        branch = self.answer["branch_detail"]
        found = branch["interval"] if branch else ()
        return "; ".join(f"{rule['words']} ({rule['rule']}, {rule['source']})" for rule in found)

    def _studies(self, standing: str) -> list[RatedStudy]:
        return [_rated(study) for study in self.answer["studies"] if study["standing"] == standing]


def _rated(study: Mapping[str, Any]) -> RatedStudy:
    return RatedStudy(
        name=study["name"],
        rating=study["rating"],
        rating_label=study["rating_label"],
        rrl=study["rrl"],
        note=" ".join(part for part in (study["reason"], study["why"]) if part),
        source=study["source"],
    )


def briefing_of(case: Case, assessment: Assessment) -> Briefing:
    """What is known of `case`, its key numbers as `assessment` read them; in three queries."""
    return briefings_of([(case, assessment)])[case.id]


def briefings_of(pairs: Sequence[tuple[Case, Assessment]]) -> dict[UUID, Briefing]:
    """The briefings of many cases, by the case's id, in three queries."""
    ids = [case.id for case, _ in pairs]
    imaging = imaging_of_each(ids)
    treated: dict[UUID, list[str]] = {case_id: [] for case_id in ids}
    for treatment in Treatment.objects.filter(case__in=ids).order_by("start", "id"):
        treated[treatment.case_id].append(_treated(treatment))
    return {
        case.id: Briefing(
            story=(case.title, *treated[case.id]),
            key_numbers=(_grade(assessment), *_key_facts(assessment)),
            imaging=_shown(imaging[case.id], assessment),
        )
        for case, assessment in pairs
    }


def fact_words(fact: FactDefinition, value: Any) -> str:
    """The value of a fact as a reader knows it, with its unit."""
    if value is None or value == UNKNOWN:
        return UNKNOWN
    if isinstance(value, list):
        return ", ".join(fact.value_labels.get(part, str(part)) for part in value)
    if value in fact.value_labels:
        return fact.value_labels[value]
    number = f"{value:g}" if isinstance(value, int | float) else str(value)
    return f"{number} {fact.unit}".strip()


def _grade(assessment: Assessment) -> KeyNumber:
    detail = assessment.answer["grade_detail"]
    version = detail["who_version"]
    label = f"Grade ({WhoVersion(version).label})" if version else "Grade"
    return KeyNumber(label, detail["grade"] or UNKNOWN, detail["grade"] is not None)


def _key_facts(assessment: Assessment) -> list[KeyNumber]:
    dictionary = load_edition(assessment.edition_version).dictionary
    values = [(dictionary[name], assessment.facts.get(name)) for name in KEY_FACTS]
    words = [(fact.label, fact_words(fact, value)) for fact, value in values]
    return [KeyNumber(label, value, value != UNKNOWN) for label, value in words]


def _treated(treatment: Treatment) -> str:
    words = treatment.get_type_display()
    if treatment.target:
        words += f" ({treatment.target})"
    dates = [
        f"{word} {day(date)}"
        for word, date in (("from", treatment.start), ("to", treatment.end))
        if date
    ]
    if treatment.ongoing:
        dates.append("still going on")
    return ", ".join([words, *dates])


def _shown(imaging: Imaging, assessment: Assessment) -> tuple[Shown, ...]:
    procedures = load_edition(assessment.edition_version).ratings.procedures
    studies = [*imaging.earlier, *([imaging.current] if imaging.current else [])]
    return tuple(
        Shown(
            date=day(study.date),
            study=_study_name(study, procedures),
            outcome=_outcome(study, imaging.results.get(study.id)),
            summary=result.summary if (result := imaging.results.get(study.id)) else "",
        )
        for study in reversed(studies)
    )


def _study_name(study: Study, procedures: Mapping[str, Any]) -> str:
    procedure = procedures.get(study.procedure)
    return procedure.name if procedure else str(study.get_modality_display())


def _outcome(study: Study, result: Result | None) -> str:
    if result is not None:
        return str(result.get_outcome_display())
    return "No result yet" if study.performed_on else "Ordered, not performed yet"
