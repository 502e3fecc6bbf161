"""By which number a person is known here."""

from collections.abc import Sequence

from cases.readings.notebook import Unreadable
from cases.readings.reading import Identifier

#: The type of a medical record number in HL7's table 0203.
RECORD_NUMBER = "MR"
SEVERAL = "Several identifiers are given, and none is marked as the record number (type MR)."
NO_NUMBER = "There is no record number."


def record_number(identifiers: Sequence[Identifier]) -> str:
    """The number of the medical record: the one of type MR, else the only one.

    Raises:
        Unreadable: there is none, or it cannot be told which.
    """
    marked = [one for one in identifiers if one.type == RECORD_NUMBER] or list(identifiers)
    if len({one.value for one in marked}) != 1:
        raise Unreadable(SEVERAL if marked else NO_NUMBER)
    return marked[0].value


def subject_of(identifiers: Sequence[Identifier]) -> str:
    """How a message refers to a person whom it knows by numbers: "system|value"."""
    if not identifiers:
        return ""
    chosen = next((one for one in identifiers if one.type == RECORD_NUMBER), identifiers[0])
    return f"{chosen.system}|{chosen.value}"
