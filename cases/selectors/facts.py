"""The case as Facts: what the record says, by named rules, and what was answered directly.

A fact that the record can derive comes from the record; a direct answer stands in where the
record says nothing. Each fact carries where it came from.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cases.models import Case, FactAnswer, Result, Study, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.models.result import Outcome
from cases.selectors.imaging import Imaging, imaging_of
from guidance.editions.models import GuidancePolicy

#: Columns of a result that are facts under their own names.
RESULT_FACTS = (
    "response_basis",
    "new_lesions",
    "size_change",
    "attenuation_or_enhancement_change",
    "new_enhancement_in_treated_lesion",
    "intratumoral_haemorrhage",
    "necrosis_without_shrinkage",
    "complication_type",
    "result_hinges_on_sstr_status",
    "imaging_clinical_discordant",
    "report_complex_or_subtle",
    "extrahepatic_sites_reviewed",
)

#: Facts about the order under review, and the study's column that holds each.
ORDER_FACTS = {
    "ordered_multiphasic": "multiphasic",
    "ordered_covers_pelvis": "covers_pelvis",
    "ordered_dwi": "dwi",
    "ordered_target": "target",
}

#: Facts that only the record, the institution or the day can say; nobody answers them directly.
RECORD_ONLY = frozenset(
    {
        "sex",
        "who_version",
        "tnm_system",
        "studies",
        "ordered_procedure",
        "study_outcome",
        "study_modality",
        "evaluated_on",
        "ruleset_version",
        "fact_provenance",
        "metastatic_site_count",
        "months_since_last_imaging",
        "last_imaging_date",
        # Lists of records, which have no form of their own yet.
        "target_lesions",
        "hormone_lab_results",
        *RESULT_FACTS,
        *ORDER_FACTS,
    }
)

#: Rules whose word stands until the fact is answered again.
UNTIL_ANSWERED = frozenset({"result.positive_surveillance"})

FOLLOW_UP_MODALITIES = ("CT", "MRI", "PET_SSTR", "PET_FDG", "SRS", "US")
CHEST_PROCEDURES = ("CT_CAP_W", "CT_CHEST_WO")
SSTR_MODALITIES = ("PET_SSTR", "SRS")


@dataclass(frozen=True)
class Known:
    """A value with where it came from: the rule's name, and in words for a reader."""

    value: Any
    rule: str
    origin: str


@dataclass(frozen=True)
class CaseFacts:
    """All known facts of a case on one date.

    `values` is what `guidance.engine.facts.parse_facts` takes; `origins` has, for each fact in
    it and for each explicit "unknown", the rule and the words for where it came from.
    """

    values: dict[str, Any]
    origins: dict[str, dict[str, str]]


Rule = Callable[["_Record"], Iterator[tuple[str, Known]]]


@dataclass(frozen=True)
class _Record:
    case: Case
    date: datetime.date
    imaging: Imaging
    treatments: list[Treatment]
    answers: dict[str, FactAnswer]
    policy: GuidancePolicy


def facts_of(case: Case, *, on: datetime.date) -> CaseFacts:
    """Everything that is known of `case` on the date `on`."""
    record = _Record(
        case=case,
        date=on,
        imaging=imaging_of(case),
        treatments=list(Treatment.objects.filter(case=case).order_by("start", "id")),
        answers={answer.fact: answer for answer in FactAnswer.objects.filter(case=case)},
        policy=policy(),
    )
    return _facts(record)


def policy() -> GuidancePolicy:
    """The institution's choices; those of the guidance where it has made none."""
    return GuidancePolicy.objects.first() or GuidancePolicy()


def facts_of_new(
    case: Case, *, answers: Iterable[FactAnswer], policy: GuidancePolicy, on: datetime.date
) -> CaseFacts:
    """The same for a case that was just opened and has nothing but `answers`, saved or not yet.

    Asks the database for nothing.
    """
    return _facts(
        _Record(
            case=case,
            date=on,
            imaging=Imaging(current=None, earlier=(), results={}),
            treatments=[],
            answers={answer.fact: answer for answer in answers},
            policy=policy,
        )
    )


def _facts(record: _Record) -> CaseFacts:
    known: dict[str, Known] = {}
    for answer in record.answers.values():
        known[answer.fact] = _answered(answer)
    for rule in RULES:
        known.update(rule(record))
    return CaseFacts(
        values={name: fact.value for name, fact in known.items()},
        origins={name: {"rule": fact.rule, "text": fact.origin} for name, fact in known.items()},
    )


def _answered(answer: FactAnswer) -> Known:
    words = f"Answered on {answer.answered_at:%-d %b %Y}"
    if answer.source:
        words += f", from {answer.source}"
    return Known(answer.value, "answer", words)


def _settings(record: _Record) -> Iterator[tuple[str, Known]]:
    """The day, and the institution's choices."""
    yield "evaluated_on", Known(record.date.isoformat(), "day", "The day of the assessment")
    for name in ("who_version", "tnm_system"):
        yield name, Known(getattr(record.policy, name), "policy", "Chosen by the institution")


def _patient(record: _Record) -> Iterator[tuple[str, Known]]:
    """Age from the date of birth, and sex."""
    patient = record.case.patient
    age = patient.age_on(record.date)
    if age is not None:
        yield "age_years", Known(age, "patient.birth_date", "From the date of birth")
    if patient.sex:
        yield "sex", Known(patient.sex, "patient.sex", "From the patient")


def _treatments(record: _Record) -> Iterator[tuple[str, Known]]:
    """The list of treatments, and that PRRT was among them.

    What was answered directly stands beside the record's rows, so that a row added later hides
    nothing that was said.
    """
    said = _answer_to(record, "treatments") or []
    rows = [_treatment(treatment) for treatment in record.treatments]
    given = rows + [treatment for treatment in said if treatment not in rows]
    origin = "From the treatments"
    if rows:
        yield "treatments", Known(given, "treatments", origin)
    if any(treatment["type"] == "PRRT" for treatment in given):
        yield "prior_prrt", Known(True, "treatments.prrt", origin)


def _treatment(treatment: Treatment) -> dict[str, Any]:
    record = {
        "type": treatment.type,
        "start": _iso(treatment.start),
        "end": _iso(treatment.end),
        "ongoing": treatment.ongoing,
        "target": treatment.target,
    }
    return {name: value for name, value in record.items() if value not in (None, "")}


def _history(record: _Record) -> Iterator[tuple[str, Known]]:
    """What the performed studies say: modalities followed by, chest and SSTR imaging, last date."""
    imaging = record.imaging
    origin = "From the studies"
    if imaging.performed:
        studies = [_study(s, imaging.results.get(s.id)) for s in imaging.performed]
        yield "studies", Known(studies, "studies", origin)
    before = [study for study in imaging.performed if study is not imaging.current]
    modalities = [m for m in FOLLOW_UP_MODALITIES if any(s.modality == m for s in before)]
    if modalities:
        yield "prior_followup_modalities", Known(modalities, "studies.modalities", origin)
    if any(study.procedure in CHEST_PROCEDURES for study in imaging.performed):
        yield "chest_imaging_done", Known(True, "studies.chest", origin)
    receptor = {s.modality for s in imaging.performed}.intersection(SSTR_MODALITIES)
    if receptor:
        yield "sstr_imaging_done", Known(True, "studies.sstr", origin)
    if receptor == {"SRS"} and "sstr_tracer" not in record.answers:
        # Scintigraphy alone: without its tracer it would count as the PET/CT it is not.
        yield "sstr_tracer", Known("In111_pentetreotide", "studies.srs", origin)
    dates = [study.performed_on for study in imaging.performed if study.performed_on]
    if dates:
        yield "last_imaging_date", Known(max(dates).isoformat(), "studies.last", origin)


def _study(study: Study, result: Result | None) -> dict[str, Any]:
    record = {
        "modality": study.modality,
        "date": _iso(study.performed_on),
        "outcome": result.outcome if result else None,
    }
    return {name: value for name, value in record.items() if value is not None}


def _order(record: _Record) -> Iterator[tuple[str, Known]]:
    """The newest study as the order under review."""
    study = record.imaging.current
    if study is None or not study.procedure:
        yield "ordered_procedure", Known("none", "study.none", "No coded order is open")
        return
    origin = f"From the {study.get_modality_display()} of {_words(study.date)}"
    yield "ordered_procedure", Known(study.procedure, "study.procedure", origin)
    for fact, column in ORDER_FACTS.items():
        value = getattr(study, column)
        if value not in (None, ""):
            yield fact, Known(value, f"study.{column}", origin)


def _result(record: _Record) -> Iterator[tuple[str, Known]]:
    """The result in play."""
    study, result = record.imaging.current, record.imaging.result
    if study is None or result is None:
        return
    origin = f"From the result of the {study.get_modality_display()} of {_words(study.date)}"
    yield "study_outcome", Known(result.outcome, "result.outcome", origin)
    yield "study_modality", Known(study.modality, "study.modality", origin)
    for fact in RESULT_FACTS:
        value = getattr(result, fact)
        if value not in (None, ""):
            yield fact, Known(value, f"result.{fact}", origin)


def _suspected_recurrence(record: _Record) -> Iterator[tuple[str, Known]]:
    """A positive surveillance study makes a recurrence suspected from the next study on.

    Specification 5.2, after B-03-POS (001 L48). No later study clears the suspicion: a person
    does, by answering after the positive result was entered. What was done before the resection
    was no surveillance.
    """
    resected = _answer_to(record, "resection_status")
    status = record.answers.get("recurrence_status")
    if resected != "complete" or (status and status.value not in ("none", UNKNOWN)):
        return
    since = _answer_to(record, "resection_date") or ""
    for study in reversed(record.imaging.earlier):
        result = record.imaging.results.get(study.id)
        if (
            result is not None
            and result.outcome == Outcome.POSITIVE
            and (_iso(study.date) or "") > since
            and (status is None or status.answered_at < result.entered_at)
        ):
            origin = f"From the positive {study.get_modality_display()} of {_words(study.date)}"
            yield "recurrence_status", Known("suspected", "result.positive_surveillance", origin)
            return


def _answer_to(record: _Record, fact: str) -> Any:
    """What was answered to `fact`; None where it was not asked or is not known."""
    answer = record.answers.get(fact)
    return None if answer is None or answer.value == UNKNOWN else answer.value


RULES: tuple[Rule, ...] = (
    _settings,
    _patient,
    _treatments,
    _history,
    _order,
    _result,
    _suspected_recurrence,
)


def _iso(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None


def _words(date: datetime.date | None) -> str:
    return f"{date:%-d %b %Y}" if date else "unknown date"
