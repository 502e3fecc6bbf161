"""Writing one reading into the record, through the services that people write by."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cases.models import (
    Case,
    FactAnswer,
    InboxMessage,
    InboxProposal,
    Patient,
    Result,
    Specimen,
    Study,
)
from cases.models.fact_answer import UNKNOWN
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Kind, Reading
from cases.selectors.inbox_contents import readings_of
from cases.services import (
    cases,
    facts,
    lab_results,
    patients,
    procedures,
    results,
    specimens,
    studies,
    treatments,
)
from cases.services.errors import Refused
from cases.services.intake.matching import merged, merged_number
from tumorboard.formats import day

NO_PATIENT = "Say first whom the message is about."
NO_CASE = "Say first to which case it belongs."
NO_STUDY = (
    "The study that it belongs to is not in the record. Accept the study first, or give the study "
    "its accession number."
)
BOTH_HERE = (
    "Both records are here: {prior} and {surviving}. Records of two patients are not joined by "
    "this system, since nothing could take them apart again. Enter into the record that stays what "
    "is missing there, have the other one erased, and reject this."
)
NEWER_NUMBER = (
    "A newer message gave this record the number that it has. This older one is kept, and not "
    "written over it."
)
NO_SURVIVOR = "The message does not say which record stays by a number that is known here as ours."
STUDY_NUMBERS = ("study_uid", "accession_number")
#: What a report says of its study, and not of its result.
OF_STUDY = ("report", "reported_on")


def both_here(prior: Patient, surviving: Patient) -> str:
    """Why two records are not joined, and what can be done."""
    return BOTH_HERE.format(prior=prior.record_number, surviving=surviving.record_number)


class Write:
    """One reading on its way into a record."""

    def __init__(
        self, message: InboxMessage, reading: Reading, *, by: Any, more: Mapping[str, Any]
    ) -> None:
        self.message = message
        self.reading = reading
        self.values: dict[str, Any] = dict(reading.values)
        self.by = by
        #: What a person adds that the message cannot say: the outcome of a study.
        self.more = dict(more)

    def write(self) -> UUID | None:
        """Write; the row that was written, where it is one.

        Raises:
            Invalid, Refused: as the services do.
        """
        return WRITERS[self.reading.kind](self)

    @property
    def patient(self) -> Patient:
        """Whom the message is about.

        Raises:
            Refused: nobody has said so yet.
        """
        if self.message.patient is None:
            raise Refused(NO_PATIENT)
        return self.message.patient

    @property
    def case(self) -> Case:
        """The case that takes it.

        Raises:
            Refused: nobody has said so yet.
        """
        if self.message.case is None:
            raise Refused(NO_CASE)
        return self.message.case

    @property
    def source(self) -> str:
        """Where an answer comes from, in words."""
        message = self.message
        return f"{message.kind} of {message.source}, {day(message.said_at)}"[:200]

    def person(self) -> None:
        """Who somebody is; the record number is changed by a merge alone."""
        said = {name: value for name, value in self.values.items() if name != "record_number"}
        new = {n: v for n, v in said.items() if getattr(self.patient, n) != v}
        if new:
            patients.change(patient=self.patient, by=self.by, **new)

    def diagnosis(self) -> None:
        """What a diagnosis is called, and what its codes say."""
        if title := self.values.get("title"):
            cases.change(case=self.case, by=self.by, title=title)
        said = self.values.get("facts") or {}
        facts.answer(case=self.case, answers=said, source=self.source, by=self.by)

    def fact(self) -> None:
        """One fact; what names only a part of a list is added to it."""
        name, value = self.values["fact"], self.values["value"]
        if self.reading.adds and isinstance(value, list):
            row = FactAnswer.objects.filter(case=self.case, fact=name).first()
            known = row.value if row is not None and row.value != UNKNOWN else []
            value = [*dict.fromkeys([*known, *value])]
        facts.answer(case=self.case, answers={name: value}, source=self.source, by=self.by)

    def lab_result(self) -> UUID:
        """A laboratory value."""
        return lab_results.add(case=self.case, by=self.by, **self.values).pk

    def study(self) -> UUID:
        """A study: the one that is known by its numbers, or a new one."""
        known = self.known_study()
        if known is None:
            return studies.add(case=self.case, by=self.by, **self.values).pk
        return studies.change(study=known, by=self.by, **self.values).pk

    def result(self) -> UUID:
        """The report of a study; what it showed only where a person says so."""
        study = self.known_study()
        if study is None:
            raise Refused(NO_STUDY)
        report = {name: self.values.pop(name) for name in OF_STUDY if name in self.values}
        if report:
            studies.change(study=study, by=self.by, **report)
        said = {**self.values, **self.more}
        there = Result.objects.filter(study=study).first()
        if there is not None and said:
            results.change(result=there, by=self.by, **said)
        elif "outcome" in said:
            results.enter(study=study, by=self.by, **said)
        return study.pk

    def specimen(self) -> UUID:
        """A specimen: the one of its number, or a new one."""
        known = self.known_specimen()
        if known is None:
            return specimens.add(case=self.case, by=self.by, **self.values).pk
        return specimens.change(specimen=known, by=self.by, **self.values).pk

    def procedure(self) -> UUID:
        """A procedure."""
        return procedures.add(case=self.case, by=self.by, **self.values).pk

    def treatment(self) -> UUID:
        """A treatment."""
        return treatments.add(case=self.case, by=self.by, **self.values).pk

    def merge(self) -> UUID | None:
        """One person's two numbers: the record that is here gets the number that stays."""
        prior, surviving = merged(self.reading, self.message.source)
        if prior is not None and surviving is not None and prior.pk != surviving.pk:
            raise Refused(both_here(prior, surviving))
        number = merged_number(self.reading, "surviving", self.message.source)
        if not number:
            raise Refused(NO_SURVIVOR)
        if prior is None or surviving is not None:
            return None
        if self._was_renumbered(prior):
            raise Refused(NEWER_NUMBER)
        return patients.change(patient=prior, by=self.by, record_number=number).pk

    def _was_renumbered(self, patient: Patient) -> bool:
        """Whether a newer merge gave the record its number: merges can go in a circle."""
        return InboxProposal.objects.filter(
            kind=Kind.MERGE,
            state=ProposalState.ACCEPTED,
            written_id=patient.pk,
            said_at__gt=self.message.said_at,
        ).exists()

    def known_study(self) -> Study | None:
        """The study that is meant: by its numbers, else the one that this message brought."""
        mine = Study.objects.filter(case=self.case)
        numbers = {
            name: value
            for name in ("study_uid", "accession_number")
            if (value := self.values.get(name))
        }
        if self.reading.belongs_to:
            numbers.setdefault("accession_number", self.reading.belongs_to)
            numbers.setdefault("study_uid", self.reading.belongs_to)
        for name, value in numbers.items():
            found = list(mine.filter(**{name: value})[:2])
            if len(found) == 1:
                return found[0]
        return mine.filter(pk__in=self._written(Kind.STUDY)).first()

    def known_specimen(self) -> Specimen | None:
        mine = Specimen.objects.filter(case=self.case)
        number = self.values.get("report_number") or self.reading.belongs_to
        found = list(mine.filter(report_number=number)[:2]) if number else []
        if len(found) == 1:
            return found[0]
        return mine.filter(pk__in=self._written(Kind.SPECIMEN)).first()

    def _written(self, kind: Kind) -> list[UUID]:
        """What was written from this message's readings of the same part of it."""
        said = readings_of(self.message.content)
        rows = InboxProposal.objects.filter(
            message=self.message, kind=kind, state=ProposalState.ACCEPTED, written_id__isnull=False
        )
        return [row.written_id for row in rows if row.written_id and self._fits(said[row.number])]

    def _fits(self, other: Reading) -> bool:
        if other.kind is Kind.SPECIMEN:
            return bool(other.belongs_to) and other.belongs_to == self.reading.belongs_to
        return self.reading.kind is not Kind.STUDY and other.origin == self.reading.origin


WRITERS: Mapping[Kind, Callable[[Write], UUID | None]] = {
    Kind.PATIENT: Write.person,
    Kind.DIAGNOSIS: Write.diagnosis,
    Kind.FACT: Write.fact,
    Kind.LAB_RESULT: Write.lab_result,
    Kind.STUDY: Write.study,
    Kind.RESULT: Write.result,
    Kind.SPECIMEN: Write.specimen,
    Kind.PROCEDURE: Write.procedure,
    Kind.TREATMENT: Write.treatment,
    Kind.MERGE: Write.merge,
}
