"""Whom a message is about: found by record number alone, never by name."""

from collections.abc import Iterable
from typing import NamedTuple

from cases.models import Case, IntakeSource, Patient
from cases.models.patient_token import record_token
from cases.readings.people import RECORD_NUMBER
from cases.readings.reading import Identifier, Kind, Reading
from cases.selectors.identity import Difference, differences
from cases.selectors.inbox_contents import identifiers_of
from guidance.engine.values import is_storable

#: Readings that are the patient's and of no case.
OF_PATIENT = frozenset({Kind.PATIENT, Kind.MERGE})


class Match(NamedTuple):
    """What was found; None where it was not, or not for sure."""

    patient: Patient | None = None
    case: Case | None = None


def match(readings: Iterable[Reading], source: IntakeSource) -> Match:
    """The patient of a message, and the case where it can only be one.

    A date of birth that is another one's finds nobody: the number may be mistyped, and a value in
    the wrong record is the worst that intake can do.
    """
    said = list(readings)
    patient = patient_of(identifiers_of(said), source)
    if patient is None or doubts(said, patient):
        return Match()
    cases = list(Case.objects.filter(patient=patient)[:2])
    return Match(patient, cases[0] if len(cases) == 1 else None)


def patient_of(identifiers: Iterable[Identifier], source: IntakeSource) -> Patient | None:
    """Who is known by one of `identifiers` of the source's authorities; None where not just one."""
    numbers = record_numbers(identifiers, source)
    if len(numbers) != 1 or not is_storable(number := numbers.pop()):
        return None
    found = Patient.objects.filter(record_blind=record_token(number)).first()
    return None if found is None or found.is_erased else found


def record_numbers(identifiers: Iterable[Identifier], source: IntakeSource) -> set[str]:
    """The record numbers among `identifiers`: of an authority that the source is known by."""
    ours = {name.casefold() for name in source.authorities}
    found = [one for one in identifiers if one.system.casefold() in ours and one.value.strip()]
    marked = [one for one in found if one.type == RECORD_NUMBER] or found
    return {one.value.strip() for one in marked}


def merged(reading: Reading, source: IntakeSource) -> tuple[Patient | None, Patient | None]:
    """The two records of a merge, that which goes and that which stays, as far as they are here."""
    numbers = (merged_number(reading, name, source) for name in ("prior", "surviving"))
    prior, surviving = (
        Patient.objects.filter(record_blind=record_token(number)).first() if number else None
        for number in numbers
    )
    return prior, surviving


def merged_number(reading: Reading, name: str, source: IntakeSource) -> str:
    """The record number on one side of a merge; empty where it is not just one that is ours."""
    given = [Identifier(*one) for one in reading.values.get(name, ())]
    numbers = record_numbers(given, source)
    number = numbers.pop() if len(numbers) == 1 else ""
    return number if is_storable(number) else ""


def doubts(readings: Iterable[Reading], patient: Patient) -> list[Difference]:
    """What a message says otherwise of who the patient is and that never changes."""
    return [
        one
        for reading in readings
        if reading.kind is Kind.PATIENT
        for one in differences(
            patient,
            record_number=patient.record_number,
            family_name="",
            given_name="",
            birth_date=reading.values.get("birth_date"),
        )
    ]


def needs_case(readings: Iterable[Reading]) -> bool:
    """Whether a message says anything that only a case can take."""
    return any(reading.kind not in OF_PATIENT for reading in readings)
