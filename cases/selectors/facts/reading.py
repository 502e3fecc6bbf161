"""Reading the facts of a case: the record by its rules, beside what was answered directly."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cases.models import Case, FactAnswer
from cases.selectors.facts import (
    institution,
    order,
    parts,
    patient,
    recurrence,
    studies,
    treatments,
)
from cases.selectors.facts.record import Record
from cases.selectors.feasibility import allergies_of, devices_of
from cases.selectors.history_facts import history_of
from cases.selectors.imaging import NO_IMAGING, imaging_of
from cases.selectors.known import Known
from cases.selectors.lab_results import results_of
from cases.selectors.lesions import lesions_beside
from cases.selectors.pathology_facts import specimens_in
from cases.selectors.provenance import of_answer
from guidance.editions import local_policy
from guidance.editions.local_policy import LocalPolicy

Rule = Callable[[Record], Iterator[tuple[str, Known]]]

#: In this order; what a later rule says of a fact goes before what an earlier one says.
RULES: tuple[Rule, ...] = (
    institution.choices,
    institution.local_policy,
    patient.patient,
    treatments.treatments,
    parts.history,
    parts.pathology,
    parts.laboratory,
    parts.obstacles,
    parts.lesions,
    studies.history,
    studies.imaged,
    studies.receptors,
    studies.glucose,
    order.order,
    order.result,
    recurrence.suspected_recurrence,
)


@dataclass(frozen=True)
class CaseFacts:
    """All known facts of a case on one date.

    `values` is what `guidance.engine.facts.parse_facts` takes; `origins` has, for each fact in
    it and for each explicit "unknown", the `rule` and in `text` the words for where it came from,
    and as far as there are such: the ids of the rows behind it, `by` whom (id) and `at` what time
    it was entered; and the other side of a contradiction, the direct `answer` that the record
    stands against, or what the `record` says although an answer stands.
    """

    values: dict[str, Any]
    origins: dict[str, dict[str, Any]]


def facts_of(case: Case, *, on: datetime.date) -> CaseFacts:
    """Everything that is known of `case` on the date `on`."""
    return facts_from(record_of(case, on=on))


def record_of(case: Case, *, on: datetime.date) -> Record:
    """What the rules read of `case`, as it stands on the date `on`."""
    answers = _answers_of(case)
    history = history_of(case)
    untreated = "treatments" in answers and answers["treatments"].value == []
    return Record(
        case=case,
        date=on,
        imaging=imaging_of(case),
        answers=answers,
        policy=policy(),
        history=history,
        specimens=specimens_in(case),
        lab_results=results_of(case),
        devices=devices_of(case.patient),
        allergies=allergies_of(case.patient),
        lesions=lesions_beside(case, treatments=history.treatments, none_given=untreated),
    )


def record_of_opened(case: Case, *, on: datetime.date) -> Record:
    """The same for a case that was just opened: only answers, and what was the patient's before."""
    return Record(
        case=case,
        date=on,
        imaging=NO_IMAGING,
        answers=_answers_of(case),
        policy=policy(),
        devices=devices_of(case.patient),
        allergies=allergies_of(case.patient),
    )


def _answers_of(case: Case) -> dict[str, FactAnswer]:
    return {answer.fact: answer for answer in FactAnswer.objects.filter(case=case)}


def policy() -> LocalPolicy:
    """The institution's policy; the choices of the guidance where it has made none."""
    return local_policy.in_force()


def facts_of_new(
    case: Case, *, answers: Iterable[FactAnswer], policy: LocalPolicy, on: datetime.date
) -> CaseFacts:
    """The same for a case that was just opened and has nothing but `answers`, saved or not yet.

    Asks the database for nothing.
    """
    return facts_from(
        Record(
            case=case,
            date=on,
            imaging=NO_IMAGING,
            answers={answer.fact: answer for answer in answers},
            policy=policy,
        )
    )


def facts_from(record: Record) -> CaseFacts:
    """What the rules say of a record, whose rows may never have been saved."""
    said: dict[str, Known] = {}
    for rule in RULES:
        said |= {name: known.before(said.get(name)) for name, known in rule(record)}
    values: dict[str, Any] = {}
    origins: dict[str, dict[str, Any]] = {}
    for name, answer in record.answers.items():
        known = said.get(name)
        if known is None or known.yields_to(answer):
            values[name] = answer.value
            origins[name] = _answered(answer) | (known.beside(answer) if known else {})
    for name, known in said.items():
        if name not in values:
            values[name], origins[name] = known.value, known.as_origin(record.answers.get(name))
    return CaseFacts(values=values, origins=origins)


def _answered(answer: FactAnswer) -> dict[str, Any]:
    words = f"Answered on {answer.answered_at:%-d %b %Y}"
    if answer.source:
        words += f", from {answer.source}"
    return {"rule": "answer", "text": words, **of_answer(answer)}
