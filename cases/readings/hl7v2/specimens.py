"""SPM: what was taken, when and from where."""

from cases.readings import naming
from cases.readings.answer import Coded
from cases.readings.hl7v2 import examinations as about
from cases.readings.hl7v2.groups import Group
from cases.readings.hl7v2.segments import Segment
from cases.readings.notebook import Notebook
from cases.readings.reading import Kind, Reading
from cases.readings.specimens import INCOMPLETE, NEEDED, NUMBER_LETTERS, kind_of
from cases.terminology.codes import LocalCodes

ID, TYPE, METHOD, SITE, COLLECTED = 2, 4, 7, 8, 17


def specimen_number(group: Group) -> str:
    """How a message refers to the specimen: the laboratory's number, else that of the order."""
    for segment in group.specimens:
        number = segment.text(ID, 2) or segment.text(ID, 1)
        if number:
            return number
    return about.filler(group)


def read_specimen(
    segment: Segment,
    number: str,
    *,
    subject: str,
    local: LocalCodes,
    notebook: Notebook,
) -> None:
    """Write down a specimen, as far as SPM says how, when and from where it was taken."""
    taken = about.day(segment, COLLECTED, notebook)
    how = Coded(segment.path, (*segment.coded(METHOD).codes, *segment.coded(TYPE).codes))
    kind = kind_of(how, local=local)
    if not kind:
        naming.tell(how, local=local, notebook=notebook)
    where = segment.coded(SITE)
    site = naming.find_or_tell(where, "site", local=local, notebook=notebook)
    fits = len(number) <= NUMBER_LETTERS
    values = about.known(
        {
            "taken_on": taken,
            "kind": kind,
            "site": site.last if site else "",
            "report_number": number if fits else "",
        }
    )
    missing = [words for name, words in NEEDED.items() if name not in values]
    if missing:
        notebook.tell(segment.path, INCOMPLETE.format(", ".join(missing)))
    notebook.say(
        Reading(
            Kind.SPECIMEN,
            values,
            segment.path,
            subject,
            belongs_to=number or segment.path,
            on=taken,
        )
    )
