"""The case as Facts: what the record says, by named rules, and what was answered directly.

A fact that the record can derive comes from the record; a direct answer stands in where the
record says nothing. Each fact carries where it came from.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cases.models import Case, FactAnswer, Result, Study, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.models.result import Outcome
from cases.selectors.imaging import Imaging, imaging_of
from cases.selectors.provenance import (
    Provenance,
    against,
    of_answer,
    of_result,
    of_studies,
    of_study,
    of_treatments,
)
from guidance.editions import local_policy
from guidance.editions.local_policy import LocalPolicy
from tumorboard.formats import day

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

#: Rules whose word stands until the fact is answered for the patient, or answered again.
UNTIL_ANSWERED = frozenset({"result.positive_surveillance", "policy.followup", "policy.study"})

FOLLOW_UP_MODALITIES = ("CT", "MRI", "PET_SSTR", "PET_FDG", "SRS", "US")
CHEST_PROCEDURES = ("CT_CAP_W", "CT_CHEST_WO")
SSTR_MODALITIES = ("PET_SSTR", "SRS")


@dataclass(frozen=True)
class Known:
    """A value with where it came from: the rule's name, in words for a reader, and by ids."""

    value: Any
    rule: str
    origin: str
    provenance: Provenance = field(default_factory=dict)

    def as_origin(self, answer: FactAnswer | None) -> dict[str, Any]:
        """Where it came from, as an assessment keeps it.

        Args:
            answer: what was answered to the same fact.
        """
        said = {"rule": self.rule, "text": self.origin, **self.provenance}
        return said if self.rule == "answer" else said | against(answer, self.value)


@dataclass(frozen=True)
class CaseFacts:
    """All known facts of a case on one date.

    `values` is what `guidance.engine.facts.parse_facts` takes; `origins` has, for each fact in
    it and for each explicit "unknown", the `rule` and in `text` the words for where it came from,
    and as far as there are such: the ids of its `study`, `result`, `studies`, `treatments`; `by`
    whom (id) and `at` what time it was entered; and the direct `answer` that it stands against.
    """

    values: dict[str, Any]
    origins: dict[str, dict[str, Any]]


Rule = Callable[["_Record"], Iterator[tuple[str, Known]]]


@dataclass(frozen=True)
class _Record:
    case: Case
    date: datetime.date
    imaging: Imaging
    treatments: list[Treatment]
    answers: dict[str, FactAnswer]
    policy: LocalPolicy


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


def policy() -> LocalPolicy:
    """The institution's policy; the choices of the guidance where it has made none."""
    return local_policy.in_force()


def facts_of_new(
    case: Case, *, answers: Iterable[FactAnswer], policy: LocalPolicy, on: datetime.date
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
        origins={n: fact.as_origin(record.answers.get(n)) for n, fact in known.items()},
    )


def _answered(answer: FactAnswer) -> Known:
    words = f"Answered on {answer.answered_at:%-d %b %Y}"
    if answer.source:
        words += f", from {answer.source}"
    return Known(answer.value, "answer", words, of_answer(answer))


def _settings(record: _Record) -> Iterator[tuple[str, Known]]:
    """The day, and the institution's choices."""
    yield "evaluated_on", Known(record.date.isoformat(), "day", "The day of the assessment")
    choices = record.policy.choices
    for name in ("who_version", "tnm_system"):
        yield name, Known(getattr(choices, name), "policy", "Chosen by the institution")


def _local_policy(record: _Record) -> Iterator[tuple[str, Known]]:
    """The follow-up policy, and what cannot be had, as far as nobody answered for the patient.

    An explicit "unknown" is an answer: then the question stays open for this patient.
    """
    followup = record.policy.choices.followup_policy
    if followup and "followup_policy" not in record.answers:
        yield (
            "followup_policy",
            Known(followup, "policy.followup", "Chosen by the institution"),
        )
    for fact, study in record.policy.unavailable.items():
        if fact not in record.answers:
            said = f"{study.by.name} on {day(study.at)}: {study.reason}"
            entered = {"by": str(study.by_id), "at": study.at.isoformat()}
            origin = f"Local policy: not available ({said})"
            yield fact, Known(False, "policy.study", origin, entered)


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
        yield "treatments", Known(given, "treatments", origin, of_treatments(record.treatments))
    if any(treatment["type"] == "PRRT" for treatment in given):
        prrt = of_treatments(row for row in record.treatments if row.type == "PRRT")
        yield "prior_prrt", Known(True, "treatments.prrt", origin, prrt)


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
        yield "studies", Known(studies, "studies", origin, of_studies(imaging.performed))
    before = [study for study in imaging.performed if study is not imaging.current]
    followed = [study for study in before if study.modality in FOLLOW_UP_MODALITIES]
    modalities = [m for m in FOLLOW_UP_MODALITIES if any(s.modality == m for s in followed)]
    if modalities:
        known = Known(modalities, "studies.modalities", origin, of_studies(followed))
        yield "prior_followup_modalities", known
    chest = [study for study in imaging.performed if study.procedure in CHEST_PROCEDURES]
    if chest:
        yield "chest_imaging_done", Known(True, "studies.chest", origin, of_studies(chest))
    receptor = [study for study in imaging.performed if study.modality in SSTR_MODALITIES]
    if receptor:
        yield "sstr_imaging_done", Known(True, "studies.sstr", origin, of_studies(receptor))
    if {study.modality for study in receptor} == {"SRS"} and "sstr_tracer" not in record.answers:
        # Scintigraphy alone: without its tracer it would count as the PET/CT it is not.
        known = Known("In111_pentetreotide", "studies.srs", origin, of_studies(receptor))
        yield "sstr_tracer", known
    last = max((s.performed_on for s in imaging.performed if s.performed_on), default=None)
    if last:
        then = of_studies(s for s in imaging.performed if s.performed_on == last)
        yield "last_imaging_date", Known(last.isoformat(), "studies.last", origin, then)


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
    shown = of_study(study)
    yield "ordered_procedure", Known(study.procedure, "study.procedure", origin, shown)
    for fact, column in ORDER_FACTS.items():
        value = getattr(study, column)
        if value not in (None, ""):
            yield fact, Known(value, f"study.{column}", origin, shown)


def _result(record: _Record) -> Iterator[tuple[str, Known]]:
    """The result in play."""
    study, result = record.imaging.current, record.imaging.result
    if study is None or result is None:
        return
    origin = f"From the result of the {study.get_modality_display()} of {_words(study.date)}"
    shown = of_result(study, result)
    yield "study_outcome", Known(result.outcome, "result.outcome", origin, shown)
    yield "study_modality", Known(study.modality, "study.modality", origin, shown)
    for fact in RESULT_FACTS:
        value = getattr(result, fact)
        if value not in (None, ""):
            yield fact, Known(value, f"result.{fact}", origin, shown)


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
            rule, shown = "result.positive_surveillance", of_result(study, result)
            yield "recurrence_status", Known("suspected", rule, origin, shown)
            return


def _answer_to(record: _Record, fact: str) -> Any:
    """What was answered to `fact`; None where it was not asked or is not known."""
    answer = record.answers.get(fact)
    return None if answer is None or answer.value == UNKNOWN else answer.value


RULES: tuple[Rule, ...] = (
    _settings,
    _local_policy,
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
