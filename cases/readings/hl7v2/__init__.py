"""What messages of HL7 v2 say, in our words."""

from collections.abc import Mapping

from cases.readings.hl7v2 import orders, people
from cases.readings.hl7v2.errors import Fault, Malformed
from cases.readings.hl7v2.groups import Group, Person
from cases.readings.hl7v2.groups import people as everybody
from cases.readings.hl7v2.message import TYPE, Message, header_of, parse
from cases.readings.hl7v2.results import Examination
from cases.readings.notebook import Notebook
from cases.readings.people import subject_of
from cases.readings.reading import Read
from cases.terminology.codes import NO_LOCAL_CODES, LocalCodes

__all__ = ["TAKEN", "Malformed", "Message", "check_taken", "header_of", "parse", "read"]

#: The messages that are taken: type -> events.
TAKEN: Mapping[str, frozenset[str]] = {
    "ADT": frozenset({"A01", "A08", "A40"}),
    "ORU": frozenset({"R01"}),
    "ORM": frozenset({"O01"}),
    "OMI": frozenset({"O23"}),
}
ORDERS = frozenset({"ORM", "OMI"})
NOT_READ = "Segments of this kind are not read."
NO_PATIENT = "PID is missing, so nobody knows whom the message is about."
NO_MERGE = "MRG is missing, so nothing can be merged."
UNEXPECTED_MERGE = "Only ADT^A40 merges records."


def check_taken(message: Message) -> None:
    """Whether a message of this type and event is taken here, and names a patient.

    Raises:
        Malformed: it is not.
    """
    events = TAKEN.get(message.type)
    if events is None:
        reason = f"Messages of type {message.type[:10]} are not taken; {', '.join(TAKEN)} are."
        raise Malformed(reason, fault=Fault.MESSAGE_TYPE, segment="MSH", field=TYPE)
    if message.event not in events:
        known = ", ".join(sorted(events))
        reason = f"{message.type} is not taken for the event {message.event[:10]}; for {known}."
        raise Malformed(reason, fault=Fault.EVENT, segment="MSH", field=TYPE)
    if not any(segment.name == "PID" for segment in message.segments):
        raise Malformed(NO_PATIENT, segment="PID")


def read(message: Message, *, local: LocalCodes = NO_LOCAL_CODES) -> Read:
    """What a message says. Never raises, whatever its segments hold.

    Args:
        message: as `parse` has taken it apart, of a type that `check_taken` lets pass.
        local: what the institution's own codes stand for.
    """
    notebook = Notebook(message.origin)
    for person in everybody(message.segments):
        _read_person(person, message, local=local, notebook=notebook)
    return notebook.read()


def _read_person(
    person: Person, message: Message, *, local: LocalCodes, notebook: Notebook
) -> None:
    if person.patient is None:
        notebook.tell("PID", NO_PATIENT)
        return
    identifiers = people.read(person.patient, notebook)
    is_merge = message.event == "A40"
    for segment in person.merges:
        if is_merge:
            people.read_merge(segment, identifiers, notebook)
        else:
            notebook.tell(segment.path, UNEXPECTED_MERGE)
    if is_merge and not person.merges:
        notebook.tell(person.patient.path, NO_MERGE)
    for group in person.groups:
        _read_group(group, message, subject_of(identifiers), local=local, notebook=notebook)
    for segment in person.rest:
        notebook.tell(segment.path, NOT_READ)


def _read_group(
    group: Group, message: Message, subject: str, *, local: LocalCodes, notebook: Notebook
) -> None:
    if message.type in ORDERS:
        orders.read(group, subject=subject, local=local, notebook=notebook)
        return
    Examination(group, subject=subject, local=local, notebook=notebook).read()
