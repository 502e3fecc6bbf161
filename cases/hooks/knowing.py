"""What is known of a patient: our record, and beside it what the EHR sends. Nothing is written."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cases.hooks.asked import resources_in
from cases.hooks.catalogue import PREFETCH
from cases.hooks.coded import codings, concepts
from cases.hooks.fetching import Had
from cases.hooks.orders import Draft, drafts_of
from cases.hooks.rows import facts_in, with_readings
from cases.models import Case, Patient
from cases.readings.fhir import read_all
from cases.readings.reading import Kind, Reading
from cases.selectors.cases import cases_of, one, patient_by_record_number
from cases.selectors.code_maps import local_codes
from cases.selectors.facts import Record, facts_from, policy, record_of
from cases.selectors.imaging import NO_IMAGING
from cases.services.assessments import facts_for
from cases.terminology.codes import LocalCodes
from guidance.editions import shelf
from guidance.engine.assess import assess
from guidance.engine.edition import Edition

#: Codes of a diagnosis that speak of a neuroendocrine tumor.
TUMORS = frozenset(
    {
        "condition/pancreatic_nen",
        "condition/pancreatic_nen_benign",
        "condition/neuroendocrine_tumor",
        "condition/poorly_differentiated_nec",
    }
)
#: The day for which is judged what is early or late.
EVALUATED_ON = "evaluated_on"
#: Facts that only such a tumor has.
TELLING = frozenset({"histology_subtype", "functional_subtype"})


@dataclass(frozen=True)
class Knowledge:
    """What is known before any order."""

    #: Ours; None where there is none that the caller may see.
    case: Case | None
    record: Record
    readings: Sequence[Reading]
    #: Whether anything speaks of a neuroendocrine tumor at all.
    is_relevant: bool
    edition: Edition
    drafts: Sequence[Draft]
    #: Studies that other draft orders ask for already, by procedure code.
    beside: frozenset[str]
    #: Keys of templates that could not be had, and of those that were had in part.
    lacking: Sequence[str]
    partial: Sequence[str]

    def answer(self, draft: Draft | None) -> dict[str, Any]:
        """What the guidance says, with one order under review.

        Whether a study is early or late is judged for the day on which it is wanted.

        Raises:
            Invalid: a value that the data dictionary does not allow.
        """
        study = draft.study if draft else None
        record = with_readings(self.record, self.readings, draft=study)
        values = {**facts_from(record).values}
        for name, value in self._person(record.date):
            values.setdefault(name, value)
        found = assess(facts_for(values, self.edition), self.edition)
        planned_on = draft.planned_on if draft else None
        # What contradicts itself today is told; on a later day a date of the future would not.
        if planned_on is None or planned_on <= record.date or found["contradictions"]:
            return found
        values[EVALUATED_ON] = planned_on.isoformat()
        return assess(facts_for(values, self.edition), self.edition)

    def _person(self, on: datetime.date) -> Iterable[tuple[str, Any]]:
        """Age and sex as the EHR has them, where we do not know them."""
        for reading in self.readings:
            if reading.kind is Kind.PATIENT:
                known = Patient(birth_date=reading.values.get("birth_date"))
                if (age := known.age_on(on)) is not None and age >= 0:
                    yield "age_years", age
                if sex := reading.values.get("sex"):
                    yield "sex", sex


def know(
    had: Had,
    orders: Sequence[dict[str, Any]],
    *,
    beside: Sequence[dict[str, Any]] = (),
    on: datetime.date,
) -> Knowledge:
    """Read our record and what the EHR sends, inside the institution's scope.

    Args:
        orders: the draft orders that are judged.
        beside: those that are not, and still will be carried out.
    """
    local = local_codes()
    resources = [
        one
        for value in had.values.values()
        if isinstance(value, dict)
        for one in resources_in(value) or ()
    ]
    readings = read_all(resources, local=local).readings
    case = _case_of(readings)
    record = record_of(case, on=on) if case is not None else _empty(on)
    drafts = drafts_of(orders, case=record.case, on=on, local=local)
    others = drafts_of(beside, case=record.case, on=on, local=local)
    return Knowledge(
        case=case,
        record=record,
        readings=readings,
        is_relevant=case is not None or _speaks_of_tumor(resources, readings, local),
        edition=shelf.adopted(),
        drafts=drafts,
        beside=frozenset(one.study.procedure for one in (*drafts, *others) if one.study),
        lacking=[key for key in PREFETCH if key not in had.values],
        partial=had.partial,
    )


def _case_of(readings: Iterable[Reading]) -> Case | None:
    """The newest case that the caller may see, of the patient with the record number."""
    for reading in readings:
        number = reading.values.get("record_number") if reading.kind is Kind.PATIENT else ""
        patient = patient_by_record_number(number) if number else None
        found = cases_of(patient) if patient is not None else []
        if found:
            return one(found[0].pk)
    return None


def _empty(on: datetime.date) -> Record:
    """The record of somebody who has none."""
    return Record(
        case=Case(patient=Patient()),
        date=on,
        imaging=NO_IMAGING,
        answers={},
        policy=policy(),
    )


def _speaks_of_tumor(
    resources: Iterable[dict[str, Any]], readings: Sequence[Reading], local: LocalCodes
) -> bool:
    """Whether a diagnosis that holds, or a fact of pathology, is of a neuroendocrine tumor.

    A cancer of the pancreas by itself is not: most are no such tumors, and a card beside each of
    their orders would teach everybody to look away.
    """
    if any(name in TELLING for name, *_ in facts_in(readings)):
        return True
    said = {reading.origin for reading in readings if reading.kind is Kind.DIAGNOSIS}
    return any(
        f"Condition/{resource.get('id', '')}".rstrip("/") in said and _is_tumor(resource, local)
        for resource in resources
        if resource.get("resourceType") == "Condition"
    )


def _is_tumor(resource: dict[str, Any], local: LocalCodes) -> bool:
    said = concepts(codings(resource.get("code")), local=local, within="condition")
    return any(concept in TUMORS for concept in said)
