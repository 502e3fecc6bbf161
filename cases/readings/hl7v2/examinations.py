"""OBR, IPC, ZDS and ORC: which examination it is, by which numbers, and when."""

import datetime
from typing import Any

from cases.readings.answer import Coded
from cases.readings.days import day_of_hl7
from cases.readings.hl7v2.groups import Group
from cases.readings.hl7v2.segments import Segment
from cases.readings.notebook import Notebook, Unreadable

#: Fields of OBR.
FILLER, SERVICE, OBSERVED, ACCESSION = 3, 4, 7, 18
REPORTED, SECTION, STATUS, REASON = 22, 24, 25, 31
#: Of OBR and ORC those that are read, and numbers that say nothing of the patient.
READ_OF_OBR = frozenset(
    {1, 2, FILLER, SERVICE, OBSERVED, ACCESSION, REPORTED, SECTION, STATUS, REASON}
)
READ_OF_ORC = frozenset({1, 2, FILLER, 4, 9})
#: Fields of IPC (2.6): accession number and study instance UID; of IHE's ZDS: the UID.
IPC_ACCESSION, IPC_UID, ZDS_UID = 1, 3, 1
UID_LETTERS, NUMBER_LETTERS = 64, 60
TOO_LONG = "It has more than {} letters."


def service(group: Group) -> Coded:
    """What was asked for."""
    request = group.request
    return request.coded(SERVICE) if request else Coded("OBR")


def section(group: Group) -> str:
    """The diagnostic service, by table 0074."""
    return group.request.text(SECTION) if group.request else ""


def numbers(group: Group, notebook: Notebook) -> dict[str, str]:
    """`accession_number` and `study_uid`, as far as they are given."""
    found = {}
    for name, letters, places in (
        ("accession_number", NUMBER_LETTERS, [("IPC", IPC_ACCESSION)]),
        ("study_uid", UID_LETTERS, [("IPC", IPC_UID), ("ZDS", ZDS_UID)]),
    ):
        for segment in group.imaging:
            for kind, number in places:
                if segment.name == kind and segment.text(number):
                    found[name] = fitting(segment, number, letters, notebook)
    if "accession_number" not in found and group.request and group.request.text(ACCESSION):
        # IHE's Scheduled Workflow keeps it in OBR-18 where there is no IPC.
        found["accession_number"] = fitting(group.request, ACCESSION, NUMBER_LETTERS, notebook)
    return {name: value for name, value in found.items() if value}


def filler(group: Group) -> str:
    """The number under which whoever does it keeps it."""
    number = group.request.text(FILLER) if group.request else ""
    return number or (group.order.text(FILLER) if group.order else "")


def fitting(segment: Segment, number: int, letters: int, notebook: Notebook) -> str:
    """A number where it fits; too long a one is told."""
    text = segment.text(number)
    if len(text) <= letters:
        return text
    notebook.tell(segment.at(number), TOO_LONG.format(letters))
    return ""


def day(segment: Segment | None, number: int, notebook: Notebook) -> datetime.date | None:
    """A date or time of a segment as a day; None where it is none, which is told."""
    written = segment.text(number) if segment else ""
    if segment is None or not written:
        return None
    try:
        return day_of_hl7(written)
    except Unreadable as reason:
        notebook.tell(segment.at(number), str(reason))
        return None


def known(values: dict[str, Any]) -> dict[str, Any]:
    """The values of which something is known."""
    return {name: value for name, value in values.items() if value not in (None, "")}
