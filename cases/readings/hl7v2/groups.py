"""Which segments of a message belong together: one examination with what was observed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cases.readings.hl7v2.segments import Segment


@dataclass
class Group:
    """An order (ORC, OBR) with its observations, notes, specimens and imaging procedure."""

    order: Segment | None = None
    request: Segment | None = None
    #: Each OBX with the notes that follow it.
    observations: list[tuple[Segment, list[Segment]]] = field(default_factory=list)
    notes: list[Segment] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)
    imaging: list[Segment] = field(default_factory=list)


@dataclass
class Person:
    """PID with everything that follows until the next one."""

    patient: Segment | None = None
    merges: list[Segment] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    #: Segments that nobody reads.
    rest: list[Segment] = field(default_factory=list)


#: Segments about the message itself.
QUIET = frozenset({"MSH", "SFT", "UAC", "EVN"})


def people(segments: Iterable[Segment]) -> Iterator[Person]:
    """Everybody whom a message is about, in order."""
    person = Person()
    for segment in segments:
        if segment.name == "PID":
            # What stands before a patient is not about that patient.
            if person.patient is not None or person.groups or person.merges:
                yield person
                person = Person()
            person.patient = segment
        elif segment.name == "MRG":
            person.merges.append(segment)
        elif segment.name not in QUIET:
            _place(segment, person)
    yield person


def _place(segment: Segment, person: Person) -> None:
    """Put a segment where it belongs."""
    name, groups = segment.name, person.groups
    # An order begins with ORC, or with OBR where there is none; TQ1 and others may stand between.
    if name == "ORC":
        groups.append(Group(order=segment))
    elif name == "OBR":
        if not groups or groups[-1].request is not None:
            groups.append(Group())
        groups[-1].request = segment
    elif not groups:
        person.rest.append(segment)
    elif name == "OBX":
        groups[-1].observations.append((segment, []))
    elif name == "NTE" and groups[-1].observations:
        groups[-1].observations[-1][1].append(segment)
    elif name == "NTE":
        groups[-1].notes.append(segment)
    elif name == "SPM":
        groups[-1].specimens.append(segment)
    elif name in ("IPC", "ZDS"):
        groups[-1].imaging.append(segment)
    else:
        person.rest.append(segment)
