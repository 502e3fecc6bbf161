"""What the status of a result or an order lets its reader take from it."""

from cases.readings.hl7v2.segments import Segment
from cases.readings.notebook import Notebook

#: OBX-11 (table 0085) and OBR-25 (table 0123): statuses under which nothing is said.
SILENT = {
    "D": "It was deleted.",
    "W": "It was wrong: it belongs to another patient or specimen.",
    "X": "There is no result; it could not be obtained.",
    "I": "The specimen is there, and there is no result yet.",
    "N": "It was not asked for.",
    "O": "It is ordered, and there is no result yet.",
    "Y": "There is no order for it.",
    "Z": "There is no record of this patient.",
}
#: Statuses under which it is read, and which is told.
UNSURE = {
    "P": "This is preliminary.",
    "R": "This is not verified yet.",
    "S": "This is a part; more will follow.",
    "A": "This is a part; more will follow.",
    "B": "This is a part; more will follow.",
}


def is_said(segment: Segment, number: int, notebook: Notebook) -> bool:
    """Whether what a segment says holds; what its status says against it is told."""
    status = segment.text(number)
    path = segment.at(number)
    if status in SILENT:
        notebook.tell(path, SILENT[status])
        return False
    if status in UNSURE:
        notebook.tell(path, UNSURE[status])
    return True
