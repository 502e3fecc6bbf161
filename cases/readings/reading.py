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
    #: As `cases.services.results.enter` takes it, and of the study `report`, the text of the
    #: report, and `reported_on`. `belongs_to` is the study, its order or its report.
    RESULT = "result"
    #: As the services of the same name take them. A specimen with `belongs_to` is a part of what
    #: is said of that specimen: one value of it, or its report.
    SPECIMEN = "specimen"
    PROCEDURE = "procedure"
    TREATMENT = "treatment"
    #: Two records of one person: `prior`, whose record goes, and `surviving`, tuples of Identifier.
    MERGE = "merge"


class Unread(NamedTuple):
    """A part that has no place here, or that nobody could read."""

    #: Where it stands: "Observation.component[1].code" or "OBX[3]-3".
    path: str
    reason: str
    #: The code that has no meaning, where that is why.
    system: str = ""
    code: str = ""
    display: str = ""
    #: The resource or message in which it stands: "Observation/ki67".
    origin: str = ""


class Identifier(NamedTuple):
    """A number by which a hospital knows a person: who gave it, the number, what kind it is."""

    #: The address of the naming system, or the assigning authority as HL7 v2 names it.
    system: str
    value: str
    #: A code of HL7's table 0203: "MR" for the number of a medical record; empty where not said.
    type: str = ""


@dataclass(frozen=True)
class Reading:
    """One thing that a message says.

    `values` has what the message says and nothing else: what it leaves out is no key, so that an
    update does not empty a column. Numbers are Decimal for columns, int or float for facts.
    """

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
    #: Whether a fact's list names only what this message speaks of: it is added to the list of the
    #: record (metastases of the liver say nothing of those of the lung).
    adds: bool = False
    #: Of a patient: every identifier that the message gives.
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True)
class Read:
    """All that was read of one resource or message."""

    readings: tuple[Reading, ...] = ()
    unread: tuple[Unread, ...] = field(default=())

    def __add__(self, other: "Read") -> "Read":
        return Read(self.readings + other.readings, self.unread + other.unread)
