"""What a proposal would write, beside what the record says now, in words."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
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
from cases.selectors.history_words import FieldWords, label_of
from cases.selectors.inbox_contents import readings_of
from cases.selectors.words import fact_words
from cases.services.intake.deciding import stands_beside_another
from cases.services.intake.matching import merged, merged_number
from cases.services.intake.writing import NO_SURVIVOR, Write, both_here
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import value_words

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
NONE = "none"
ONE_HERE = (
    "Accepting gives the record {prior} the number {surviving}. Nothing else of it changes. Should "
    "that be wrong, change the number back in the record."
)
ANOTHER_VALUE = (
    "Another value of this day was taken over from the same source. Accepting adds this one beside "
    "it. If it corrects the other one, take that one back in the record."
)
STAYS_HERE = (
    "The record that stays is here and the one that goes is not: there is nothing to change. "
    "Accepting notes that it was seen."
)
NONE_HERE = "Neither record is here: there is nothing to change. Accepting notes that it was seen."


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

    #: What accepting it would do where that is not plain; empty where it is.
    note: str = ""
    #: Whether the record could take it at all.
    is_possible: bool = True

    @property
    def is_open(self) -> bool:
        """Whether somebody can decide."""
        return self.proposal.state == ProposalState.OPEN

    @property
    def is_reopened(self) -> bool:
        """Whether a newer message had superseded it, which is about somebody else."""
        return self.is_open and self.proposal.superseding_id is not None

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
        shown = Beside(proposal, TITLES[reading.kind], reading.origin, lines)
        shown = shown._replace(is_possible=_has_place(message, reading))
        if reading.kind is Kind.MERGE and shown.is_open:
            note, is_possible = _what_merging_does(message, reading)
            shown = shown._replace(note=note, is_possible=is_possible)
        elif shown.is_open and stands_beside_another(proposal):
            shown = shown._replace(note=ANOTHER_VALUE)
        found.append(shown)
    return found


def _has_place(message: InboxMessage, reading: Reading) -> bool:
    """Whether somebody has said into which record it would come; a merge says so itself."""
    if reading.kind is Kind.MERGE:
        return True
    return message.patient is not None and (
        reading.kind is Kind.PATIENT or message.case is not None
    )


def _what_merging_does(message: InboxMessage, reading: Reading) -> tuple[str, bool]:
    """What is offered for two records of one person, and whether anything is."""
    prior, surviving = merged(reading, message.source)
    number = merged_number(reading, "surviving", message.source)
    if not number:
        return NO_SURVIVOR, False
    if prior is not None and surviving is not None and prior.pk != surviving.pk:
        return both_here(prior, surviving), False
    if prior is not None and surviving is None:
        return ONE_HERE.format(prior=prior.record_number, surviving=number), True
    return (STAYS_HERE if surviving is not None else NONE_HERE), True


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
    here = merged(reading, message.source)
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
    if isinstance(there, Result) and holder is Study:
        there = there.study
    now = _words(holder, field, getattr(there, name)) if there is not None else NOTHING
    return Line(label_of(field), _words(holder, field, value), now)


def _words(model: type[Model], field: Any, value: Any) -> str:
    """A value of a column for a reader, codes by their names."""
    if value is None or value == "":
        return UNKNOWN
    if value == []:
        return NONE
    return FieldWords({}).of(model, field, SimpleNamespace(**{field.attname: value}))
