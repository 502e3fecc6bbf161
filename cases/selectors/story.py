"""The story of a case in three lines, composed from its record and its assessment alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment, Case, Result, Study, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.imaging import Imaging
from cases.selectors.study_names import study_name
from cases.selectors.treatments import is_on_one_day
from cases.selectors.words import fact_words
from guidance.editions import shelf
from tumorboard.formats import day

#: Facts that say what the diagnosis is and what it rests on, after the title of the case.
DIAGNOSIS = ("diagnosis_basis", "histology_subtype", "functional_subtype", "hereditary_syndrome")
NO_SUBTYPE = "none"


@dataclass(frozen=True)
class Story:
    """Three lines: the diagnosis with its basis, the treatments in order, where the case stands.

    Nothing in them is more than the record or the answer of the edition says.
    """

    diagnosis: str
    treatments: str
    now: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each line after what it is about."""
        return (
            ("Diagnosis", self.diagnosis),
            ("Treatments", self.treatments),
            ("Now", self.now),
        )


def story_of(
    case: Case, assessment: Assessment, *, treatments: Sequence[Treatment], imaging: Imaging
) -> Story:
    """The story of `case` as `assessment` read it; no query."""
    return Story(
        diagnosis=_diagnosis(case, assessment),
        treatments=_treatments(treatments, assessment),
        now=_now(imaging, assessment),
    )


def _diagnosis(case: Case, assessment: Assessment) -> str:
    dictionary = shelf.edition(assessment.edition_version).dictionary
    facts = assessment.facts
    known = [
        fact_words(dictionary[name], facts)
        for name in DIAGNOSIS
        if facts.get(name, UNKNOWN) not in (UNKNOWN, NO_SUBTYPE)
    ]
    if facts.get("diagnosis_basis", UNKNOWN) == UNKNOWN:
        known.insert(0, "basis of the diagnosis unknown")
    since = facts.get("diagnosis_date", UNKNOWN)
    if since != UNKNOWN:
        known.append(f"diagnosed {fact_words(dictionary['diagnosis_date'], facts)}")
    return f"{case.title}: {', '.join(_lower(words) for words in known)}"


def _lower(words: str) -> str:
    """`words` in the middle of a sentence; what is written in capitals stays."""
    return words if words[:2].isupper() or words[1:2].isupper() else words[:1].lower() + words[1:]


def _treatments(treatments: Sequence[Treatment], assessment: Assessment) -> str:
    if treatments:
        return "; ".join(map(treated, treatments))
    said_none = assessment.facts.get("treatments") == []
    return "None given" if said_none else "None recorded"


def treated(treatment: Treatment) -> str:
    """One treatment with what it was aimed at and when, as far as that is known."""
    words = str(treatment.get_type_display())
    inside = ", ".join(filter(None, (treatment.agent, treatment.target)))
    if inside:
        words += f" ({inside})"
    return f"{words}, {_when(treatment)}"


def _when(treatment: Treatment) -> str:
    start, end = treatment.start, treatment.end
    if is_on_one_day(treatment):
        return day(start)
    dates = [f"{word} {day(date)}" for word, date in (("from", start), ("to", end)) if date]
    dates += ["still going on"] * bool(treatment.ongoing)
    return " ".join(dates) or "dates unknown"


def _now(imaging: Imaging, assessment: Assessment) -> str:
    return " ".join(_sentences(imaging, assessment)) or "No study recorded."


def _sentences(imaging: Imaging, assessment: Assessment) -> Iterator[str]:
    version = assessment.edition_version
    reported = next((one for one in imaging.newest_first if one.id in imaging.results), None)
    if reported is not None:
        yield _shown(reported, imaging.results[reported.id], version)
    current = imaging.current
    if current is not None and current is not reported:
        yield _open(current, version)
    answer: dict[str, Any] = assessment.answer
    if answer["branch_detail"]:
        yield f"After the result: {_sentence(answer['branch_detail']['trigger'])}"
    elif answer.get("no_path"):
        yield _sentence(answer["no_path"]["text"])


def _shown(study: Study, result: Result, version: str) -> str:
    name = study_name(study, edition_version=version)
    return f"{name} of {day(study.date)}: {result.get_outcome_display().lower()}."


def _open(study: Study, version: str) -> str:
    name = study_name(study, edition_version=version)
    if study.performed_on:
        return f"{name} of {day(study.date)}: no result yet."
    return f"{name} ordered {day(study.date)}, not performed yet."


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
