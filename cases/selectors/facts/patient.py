"""Facts from the patient."""

from collections.abc import Iterator

from cases.selectors.facts.record import Record
from cases.selectors.known import Known


def patient(record: Record) -> Iterator[tuple[str, Known]]:
    """Age from the date of birth, and sex."""
    person = record.case.patient
    age = person.age_on(record.date)
    if age is not None:
        yield "age_years", Known(age, "patient.birth_date", "From the date of birth")
    if person.sex:
        yield "sex", Known(person.sex, "patient.sex", "From the patient")
