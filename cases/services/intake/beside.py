"""What a proposal would write, beside what the record says now, in words."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Model

from cases.models import (
    InboxMessage,
    InboxProposal,
    LabResult,
    Patient,
    Procedure,
    Result,
    Specimen,
    Study,
    Treatment,
)
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind, Reading
from cases.selectors.analytes import catalogue
from cases.selectors.inbox_contents import readings_of
from cases.selectors.words import fact_words
from cases.services.intake.writing import Write
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import value_words
from tumorboard.formats import day

MODELS: Mapping[Kind, type[Model]] = {
    Kind.PATIENT: Patient,
    Kind.LAB_RESULT: LabResult,
    Kind.STUDY: Study,
    Kind.RESULT: Result,
    Kind.SPECIMEN: Specimen,
    Kind.PROCEDURE: Procedure,
    Kind.TREATMENT: Treatment,
}
TITLES: Mapping[Kind, str] = {
    Kind.PATIENT: "Patient",
    Kind.DIAGNOSIS: "Diagnosis",
    Kind.FACT: "Fact",
    Kind.LAB_RESULT: "Laboratory value",
    Kind.STUDY: "Study",
    Kind.RESULT: "Report of a study",
    Kind.SPECIMEN: "Specimen",
    Kind.PROCEDURE: "Procedure",
    Kind.TREATMENT: "Treatment",
    Kind.MERGE: "Two records become one",
}
NOTHING = "not in the record"
UNKNOWN = "unknown"


class Line(NamedTuple):
    """One thing that a proposal says, and what the record says of it now."""

    what: str
    proposed: str
    now: str

    @property
    def is_new(self) -> bool:
        """Whether the record says otherwise, or nothing."""
        return self.proposed != self.now


class Beside(NamedTuple):
    """A proposal as its page shows it."""

    proposal: InboxProposal
    title: str
    origin: str
    lines: list[Line]

    @property
    def is_open(self) -> bool:
        """Whether somebody can decide."""
        return self.proposal.state == ProposalState.OPEN

    @property
    def asks_outcome(self) -> bool:
        """Whether a person may say what the study showed, which the message does not."""
        return self.proposal.kind == Kind.RESULT and all(
            line.what != "Outcome" for line in self.lines
        )


def beside(message: InboxMessage, proposals: list[InboxProposal]) -> list[Beside]:
    """Every proposal of a message beside the record as it stands."""
    readings = readings_of(message.content)
    found = []
    for proposal in proposals:
        reading = readings[proposal.number]
        lines = list(_lines(message, reading))
        found.append(Beside(proposal, TITLES[reading.kind], reading.origin, lines))
    return found


def _lines(message: InboxMessage, reading: Reading) -> Iterator[Line]:
    if reading.kind in (Kind.FACT, Kind.DIAGNOSIS):
        yield from _fact_lines(message, reading)
    elif reading.kind is Kind.MERGE:
        yield from _merge_lines(message, reading)
    else:
        model = MODELS[reading.kind]
        there = _row(message, reading)
        for name, value in reading.values.items():
            # Of a row that is added, what the message leaves open is not worth a line.
            if there is not None or value not in (None, ""):
                yield _line(model, there, name, value)


def _fact_lines(message: InboxMessage, reading: Reading) -> Iterator[Line]:
    case, values = message.case, reading.values
    if values.get("title"):
        yield Line("Diagnosis", values["title"], case.title if case else NOTHING)
    facts = values.get("facts") or ({values["fact"]: values["value"]} if "fact" in values else {})
    known = case.assessment.facts if case and case.assessment else {}
    for name, value in facts.items():
        fact = DICTIONARY[name]
        added = " (added to the list)" if reading.adds else ""
        now = fact_words(fact, known) if case else NOTHING
        yield Line(fact.label, f"{value_words(fact, value)}{added}", now)


def _merge_lines(message: InboxMessage, reading: Reading) -> Iterator[Line]:
    here = Write(message, reading, by=None, more={}).both()
    for label, name, patient in zip(
        ("Record that goes", "Record that stays"), ("prior", "surviving"), here, strict=True
    ):
        numbers = ", ".join(f"{one.value} ({one.system})" for one in reading.values.get(name, ()))
        now = f"{patient.name}, {patient.record_number}" if patient else NOTHING
        yield Line(label, numbers, now)


def _row(message: InboxMessage, reading: Reading) -> Model | None:
    """The row that would be changed; None where one is added."""
    if reading.kind is Kind.PATIENT:
        return message.patient
    if message.case is None:
        return None
    write = Write(message, reading, by=None, more={})
    if reading.kind in (Kind.STUDY, Kind.RESULT):
        study = write.known_study()
        if reading.kind is Kind.STUDY or study is None:
            return study
        return Result.objects.filter(study=study).first()
    return write.known_specimen() if reading.kind is Kind.SPECIMEN else None


def _line(model: type[Model], there: Model | None, name: str, value: Any) -> Line:
    holder = Study if model is Result and name in ("report", "reported_on") else model
    field: Any = holder._meta.get_field(name)
    label = str(field.verbose_name)
    label = label[:1].upper() + label[1:]
    if isinstance(there, Result) and holder is Study:
        there = there.study
    now = _words(getattr(there, name), field) if there is not None else NOTHING
    return Line(label, _words(value, field), now)


def _words(value: Any, field: Any) -> str:
    """A value of a column for a reader."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.name == "analyte" and value in catalogue().analytes:
        return catalogue().analytes[value].name
    if isinstance(value, datetime.date):
        return day(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "none"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(dict(field.flatchoices).get(value, value))
