"""The numbers that a board asks for first, as one assessment read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Assessment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.background import stage_words
from cases.selectors.words import fact_words, grade_words
from guidance.editions import shelf
from guidance.engine.dictionary import FactDefinition
from guidance.engine.facts import parse_facts
from guidance.engine.reading import read_case
from guidance.engine.staging import explain_stage

#: Facts that stand at the head of every case before a board, in this order, after the grade and
#: the stage [INT].
KEY_FACTS = (
    "metastatic_sites",
    "liver_burden_percent",
    "ki67_percent",
    "mitoses_per_10hpf",
    "differentiation",
    "functional_status",
    "sstr_result",
    "primary_size_mm",
    "resection_status",
    "current_management",
)

#: What decides on PRRT besides the result of SSTR imaging, where PRRT is in play [INT].
PRRT_FACTS = (
    "krenning_grade",
    "sstr_uptake_homogeneous",
    "prior_prrt",
    "medical_therapy_failed",
)


@dataclass(frozen=True)
class KeyNumber:
    """One fact in words; `is_known` is false where it is unknown or was never asked."""

    label: str
    value: str
    is_known: bool


def key_numbers_of(
    assessment: Assessment, *, is_prrt_in_play: bool = False
) -> tuple[KeyNumber, ...]:
    """Grade with its edition, stage with its system, then the facts; no query.

    Args:
        is_prrt_in_play: whether to add what decides on PRRT.
    """
    names = (*KEY_FACTS, *PRRT_FACTS) if is_prrt_in_play else KEY_FACTS
    return (grade_of(assessment), stage_of(assessment), *_facts(assessment, names))


def grade_of(assessment: Assessment) -> KeyNumber:
    """The grade with the WHO edition that it is given by."""
    detail = assessment.answer["grade_detail"]
    words = grade_words(detail["grade"], detail["who_version"])
    return KeyNumber("Grade", words, detail["grade"] is not None)


def stage_of(assessment: Assessment) -> KeyNumber:
    """The stage with its system, as `guidance.engine.staging` computes it from the facts."""
    edition = shelf.edition(assessment.edition_version)
    reading, _ = read_case(parse_facts(assessment.facts, edition.dictionary))
    words = stage_words(explain_stage(reading, edition))
    return KeyNumber("Stage", words or UNKNOWN, bool(words))


def _facts(assessment: Assessment, names: Sequence[str]) -> list[KeyNumber]:
    dictionary = shelf.edition(assessment.edition_version).dictionary
    words = [(dictionary[name], fact_words(dictionary[name], assessment.facts)) for name in names]
    return [KeyNumber(fact.label, _beside(fact, value), value != UNKNOWN) for fact, value in words]


def _beside(fact: FactDefinition, words: str) -> str:
    """A value beside its label, without the unit where the label says it: Krenning grade 4."""
    is_said = fact.unit.casefold() in fact.label.casefold()
    return words.removesuffix(fact.unit).rstrip() if is_said else words
