"""PID and MRG: who a message is about, and which of two records goes."""

from typing import Any

from cases.readings.days import day_of_hl7
from cases.readings.hl7v2.segments import Segment
from cases.readings.notebook import Notebook, Unreadable
from cases.readings.people import record_number, subject_of
from cases.readings.reading import Identifier, Kind, Reading

NUMBERS, NAME, BIRTH, SEX = 3, 5, 7, 8
PRIOR = 1
#: Names by their kind in table 0200, the legal one first; a maiden name or an alias is none.
NAME_KINDS = ("L", "D", "U", "")
SEXES = {"F": "female", "M": "male", "O": "unspecified", "U": "", "": ""}
OID = "ISO"
OTHER_NAME = "Another name is taken."
NO_PRIOR = "The prior record is not named, so nothing can be merged."
NO_SURVIVOR = "The surviving record is not named, so nothing can be merged."
#: Fields of PID that are read or that say nothing of the person.
READ = frozenset({1, NUMBERS, NAME, BIRTH, SEX})


def read(segment: Segment, notebook: Notebook) -> tuple[Identifier, ...]:
    """Write down who PID says somebody is; returns their identifiers."""
    identifiers = identifiers_in(segment, NUMBERS)
    values = {
        "record_number": _number(segment, identifiers, notebook),
        **_name(segment, notebook),
        "birth_date": _birth(segment, notebook),
        "sex": _sex(segment, notebook),
    }
    known = {name: value for name, value in values.items() if value not in (None, "")}
    subject = subject_of(identifiers)
    notebook.say(Reading(Kind.PATIENT, known, segment.path, subject, identifiers=identifiers))
    segment.tell_rest(READ, notebook)
    return identifiers


def read_merge(segment: Segment, surviving: tuple[Identifier, ...], notebook: Notebook) -> None:
    """Write down that the record of MRG goes into that of PID."""
    prior = identifiers_in(segment, PRIOR)
    if not prior or not surviving:
        notebook.tell(segment.path, NO_SURVIVOR if prior else NO_PRIOR)
        return
    values = {"prior": prior, "surviving": surviving}
    notebook.say(Reading(Kind.MERGE, values, segment.path, subject_of(surviving)))


def identifiers_in(segment: Segment, number: int) -> tuple[Identifier, ...]:
    """The identifiers (CX) of a field, each with who gave it and of what type it is."""
    return tuple(
        Identifier(_authority(segment, one), value, segment.part(one, 5))
        for one in segment.repetitions(number)
        if (value := segment.part(one, 1))
    )


def _authority(segment: Segment, repetition: str) -> str:
    """Who gave a number: its OID where there is one, else the name of the authority."""
    oid = segment.part(repetition, 4, 2)
    if oid and segment.part(repetition, 4, 3) == OID:
        return f"urn:oid:{oid}"
    return segment.part(repetition, 4, 1) or oid


def _number(segment: Segment, identifiers: tuple[Identifier, ...], notebook: Notebook) -> str:
    try:
        return record_number(identifiers)
    except Unreadable as reason:
        notebook.tell(segment.at(NUMBERS), str(reason))
        return ""


def _name(segment: Segment, notebook: Notebook) -> dict[str, str]:
    names = segment.repetitions(NAME)
    by_kind = {segment.part(name, 7): name for name in reversed(names)}
    chosen = next((by_kind[kind] for kind in NAME_KINDS if kind in by_kind), None)
    if len(names) > 1:
        notebook.tell(segment.at(NAME), OTHER_NAME)
    if chosen is None:
        return {}
    given = [segment.part(chosen, 2), segment.part(chosen, 3)]
    return {
        "family_name": segment.part(chosen, 1),
        "given_name": " ".join(part for part in given if part),
    }


def _birth(segment: Segment, notebook: Notebook) -> Any:
    written = segment.text(BIRTH)
    if not written:
        return None
    try:
        return day_of_hl7(written)
    except Unreadable as reason:
        notebook.tell(segment.at(BIRTH), str(reason))
        return None


def _sex(segment: Segment, notebook: Notebook) -> str:
    written = segment.text(SEX)
    if written not in SEXES:
        notebook.tell(segment.at(SEX), "This code of sex is not known here.")
    return SEXES.get(written, "")
