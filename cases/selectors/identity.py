"""Whether a patient named elsewhere is the patient of a case."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Patient
from cases.models.search_key import search_key
from tumorboard.formats import day


@dataclass(frozen=True)
class Difference:
    """One thing that two places say otherwise about a person, in words."""

    what: str
    theirs: str
    ours: str


def differences(
    patient: Patient,
    *,
    record_number: str,
    family_name: str,
    given_name: str,
    birth_date: datetime.date | None,
) -> list[Difference]:
    """What another place says otherwise than the record of `patient`.

    Upper and lower case and accents are no difference; what one of the two does not know is none
    either, except the record number.
    """
    found = []
    if record_number.strip() != patient.record_number.strip():
        theirs = record_number.strip() or "not given"
        found.append(Difference("Record number", theirs, patient.record_number))
    names = (
        ("Family name", family_name, patient.family_name),
        ("Given name", given_name, patient.given_name),
    )
    found += [
        Difference(what, theirs, ours)
        for what, theirs, ours in names
        if theirs and ours and search_key(theirs) != search_key(ours)
    ]
    ours = patient.birth_date
    if birth_date and ours and birth_date != ours:
        found.append(Difference("Date of birth", day(birth_date), day(ours)))
    return found


def header_differences(patient: Patient, identity: Mapping[str, str]) -> list[Difference]:
    """What a DICOM header says otherwise than the record of `patient`.

    Args:
        identity: as in `cases.dicom.inspection.Inspection`; of a file without a header empty, and
            then there is no difference.
    """
    if not identity:
        return []
    family_name, given_name = _names(identity["name"])
    born = identity["birth_date"]
    return differences(
        patient,
        record_number=identity["patient_id"],
        family_name=family_name,
        given_name=given_name,
        birth_date=datetime.date.fromisoformat(born) if born else None,
    )


def _names(person_name: str) -> tuple[str, str]:
    """Family name and given names of a DICOM person name (PS3.5 6.2.1.2)."""
    alphabetic, *_ = person_name.split("=")
    family, given, middle, *_ = [*alphabetic.split("^"), "", "", ""]
    return family.strip(), " ".join(f"{given} {middle}".split())
