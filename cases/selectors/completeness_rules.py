"""Whether the record satisfies a rule of the minimum data set, and by what.

Each function looks at one kind of evidence. What is not noted does not count as there: a CT whose
coverage nobody noted shows no abdomen. Then the nearest miss is said, so that a person knows what
to add.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cases.models import Study
from cases.models.fact_answer import UNKNOWN
from cases.selectors.analytes import catalogue
from cases.selectors.completeness_record import CaseRecord, StudyRow, day_of
from guidance.editions.minimum_dataset import (
    FactsRule,
    LabRule,
    RecordRule,
    Rule,
    SpecimenRule,
    StudyRule,
)
from guidance.engine.dictionary import DICTIONARY
from tumorboard.formats import NO_SCENARIO, day

#: What a study lacks, in words.
LACKS = {
    "report": "not reported",
    "result": "no result entered",
    "images": "no images in the record and no study UID",
    "measurements": "no lesion measured",
    "rereading": "not read again by the board",
}


@dataclass(frozen=True)
class Evidence:
    """What shows that an item is there: in words, its date where it has one, its study."""

    text: str
    on: datetime.date | None = None
    study_id: UUID | None = None


@dataclass(frozen=True)
class Miss:
    """What comes near without being enough, and why not."""

    text: str
    study_id: UUID | None = None


@dataclass(frozen=True)
class NotAsked:
    """There is nothing yet of which the rule could ask."""

    text: str


Finding = Evidence | Miss | NotAsked | None


def look(rule: Rule, record: CaseRecord) -> Finding:
    """What `record` has for `rule`: the newest evidence, else the nearest miss, else None."""
    if isinstance(rule, RecordRule):
        return _record(rule, record)
    if isinstance(rule, FactsRule):
        return _facts(rule, record)
    if isinstance(rule, LabRule):
        return _lab(rule, record)
    if isinstance(rule, SpecimenRule):
        return _specimen(rule, record)
    return _study(rule, record)


def _record(rule: RecordRule, record: CaseRecord) -> Finding:
    case = record.case
    if rule.what == "board_question":
        return Evidence("Written") if record.question or case.board_question else None
    if rule.what == "scenario":
        if not record.is_settled:
            return Miss(NO_SCENARIO[case.scenario])
        is_covered = not case.scenario.startswith("NOT_COVERED")
        return Evidence("Settled" if is_covered else "Settled: the guidance does not cover it")
    if record.treatments:
        noun = "treatment" if record.treatments == 1 else "treatments"
        return Evidence(f"{record.treatments} {noun}")
    if record.facts.get("treatments") == []:
        return Evidence("None, as answered", _answered_on("treatments", record))
    return _facts(FactsRule(("treatments",), answered_only=False), record)


def _facts(rule: FactsRule, record: CaseRecord) -> Finding:
    """All of them known; the date is that of the oldest answer."""
    dates = []
    for name in rule.names:
        origin = record.origins.get(name)
        if name not in record.facts:
            is_unknown = origin is not None and origin["rule"] == "answer"
            return Miss(f"Answered as {UNKNOWN}") if is_unknown else None
        if rule.answered_only and (origin is None or origin["rule"] != "answer"):
            return None
        dates.append(_answered_on(name, record))
    on = None if None in dates else min(date for date in dates if date)
    return Evidence("; ".join(_words(name, record) for name in rule.names), on)


def _words(name: str, record: CaseRecord) -> str:
    """Where a fact comes from; what it says stands on the case's own pages."""
    origin = record.origins.get(name, {})
    label = DICTIONARY[name].label
    return f"{label}: answered" if origin.get("rule") == "answer" else f"{label}: from the record"


def _answered_on(name: str, record: CaseRecord) -> datetime.date | None:
    at = record.origins.get(name, {}).get("at")
    return day_of(at) if at else None


def _lab(rule: LabRule, record: CaseRecord) -> Finding:
    for lab in reversed(record.labs):
        if lab.analyte in rule.analytes:
            return Evidence(catalogue().analytes[lab.analyte].name, lab.taken_on)
    return None


def _specimen(rule: SpecimenRule, record: CaseRecord) -> Finding:
    nearest: Finding = None
    for specimen in reversed(record.specimens):
        name = specimen.get_kind_display()
        lacking = [column for column in rule.columns if getattr(specimen, column) in (None, "")]
        if not lacking:
            return Evidence(name, specimen.taken_on)
        if nearest is None:
            columns = ", ".join(_column(column, specimen) for column in lacking)
            nearest = Miss(f"{name} of {day(specimen.taken_on)}: {columns} not noted")
    return nearest


def _column(name: str, specimen: object) -> str:
    return str(specimen._meta.get_field(name).verbose_name)  # type: ignore[attr-defined]


def _study(rule: StudyRule, record: CaseRecord) -> Finding:
    asked = [row for row in record.studies if _is_of(rule, row.study)]
    performed = [row for row in asked if row.study.performed_on]
    if rule.newest:
        if not performed:
            return NotAsked("No study of this kind has been performed.")
        performed = performed[-1:]
    nearest: Finding = None
    for row in reversed(performed):
        lacking = list(_lacking(rule, row))
        study = row.study
        if not lacking:
            return Evidence(study.get_modality_display(), study.performed_on, study.pk)
        if nearest is None:
            name = f"{study.get_modality_display()} of {day(study.performed_on)}"
            nearest = Miss(f"{name}: {', '.join(lacking)}", study.pk)
    if nearest is None and asked:
        study = asked[-1].study
        name = f"{study.get_modality_display()} ordered on {day(study.ordered_on)}"
        nearest = Miss(f"{name}, not performed", study.pk)
    return nearest


def _is_of(rule: StudyRule, study: Study) -> bool:
    if not rule.procedures and not rule.modalities:
        return True
    return study.procedure in rule.procedures or study.modality in rule.modalities


def _lacking(rule: StudyRule, row: StudyRow) -> Iterator[str]:
    """What is not there of a study, in words; nothing where it is enough."""
    study = row.study
    if study.procedure not in rule.procedures:
        regions = _not_in(rule.regions, study.coverage)
        if regions:
            yield f"{' and '.join(regions)} not noted as covered"
        if rule.contrast and study.contrast == "none":
            yield "without contrast"
        elif rule.contrast and not study.contrast:
            yield "contrast not noted"
        sequences = _not_in(rule.sequences, study.sequences)
        if sequences:
            yield f"{' and '.join(sequences)} not noted"
    yield from (LACKS[need] for need in rule.needs if need not in row.met)


def _not_in(wanted: Iterable[str], noted: Iterable[str] | None) -> list[str]:
    there = set(noted or ())
    return [each for each in wanted if each not in there]
