"""What was read, and what could not be."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What a reading is about; most are a kind of row of the record."""

    #: Who: record_number, family_name, given_name, birth_date, sex.
    PATIENT = "patient"
    #: A tumor's diagnosis: title, and `facts` that its codes say (histology, grade, primary site).
    DIAGNOSIS = "diagnosis"
    #: One fact of the data dictionary: `fact`, `value`.
    FACT = "fact"
    #: As `cases.services.lab_results.add` takes it.
    LAB_RESULT = "lab_result"
    #: As `cases.services.studies.add` takes it; what is only ordered has no `performed_on`.
    STUDY = "study"
    #: As `cases.services.results.enter` takes it, and `report`: the text of the report.
    RESULT = "result"
    #: As the services of the same name take them.
    SPECIMEN = "specimen"
    PROCEDURE = "procedure"
    TREATMENT = "treatment"


class Unread(NamedTuple):
    """A part that has no place here, or that nobody could read."""

    #: Where it stands: "Observation.component[1].code" or "OBX[3]-3".
    path: str
    reason: str
    #: The code that has no meaning, where that is why.
    system: str = ""
    code: str = ""
    display: str = ""


@dataclass(frozen=True)
class Reading:
    """One thing that a message says."""

    kind: Kind
    values: Mapping[str, Any]
    #: The resource or segment that says so: "Observation/ki67" or "OBX[3]".
    origin: str
    #: The patient, as the message refers to them; empty where it names nobody.
    subject: str = ""
    #: The study, specimen or report that it belongs to, as the message refers to it.
    belongs_to: str = ""
    #: When it held, which decides what the latest of several is.
    on: datetime.date | None = None


@dataclass(frozen=True)
class Read:
    """All that was read of one resource or message."""

    readings: tuple[Reading, ...] = ()
    unread: tuple[Unread, ...] = field(default=())

    def __add__(self, other: "Read") -> "Read":
        return Read(self.readings + other.readings, self.unread + other.unread)
