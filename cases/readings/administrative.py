"""What of a message runs a hospital and says nothing of a disease."""

import re

from cases.readings import fhir, hl7v2
from cases.readings.fhir import part
from cases.readings.hl7v2 import segments
from cases.readings.reading import Unread

#: That something has no place here is no loss where it is administrative.
REASONS = frozenset({part.NO_PLACE, segments.NO_PLACE, fhir.NOT_READ, hl7v2.NOT_READ})
#: Segments on people, visits, insurance and the message itself.
SEGMENTS = frozenset(
    {"PID", "PD1", "NK1", "PV1", "PV2", "ROL", "PRT", "ARV", "MRG"}
    | {"IN1", "IN2", "IN3", "GT1", "ORC", "TQ1", "TQ2", "FT1", "DSC"}
)
#: Fields on who did, ordered and paid for an examination, and where.
FIELDS = {
    "OBR": frozenset({1, 2, 10, 14, 16, 17, 19, 20, 21, 23, 28, 30, 32, 33, 34, 35}),
    "OBX": frozenset({1, 16, 18, 23, 24, 25}),
    "SPM": frozenset({1}),
    "NTE": frozenset({1}),
}
#: Of these segments, what is not: when somebody died, and whether.
NOT_ADMINISTRATIVE = {"PID": frozenset({29, 30})}
_HL7 = re.compile(r"(?P<name>[A-Z][A-Z0-9]{2})\[\d+\](-(?P<field>\d+))?", re.ASCII)
#: Resources on people, places, visits and the exchange itself.
RESOURCES = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService"}
    | {"RelatedPerson", "Encounter", "EpisodeOfCare", "Appointment", "Schedule", "Slot"}
    | {"Coverage", "Account", "Claim", "MessageHeader", "Endpoint", "Provenance", "AuditEvent"}
)
#: Elements on who did and wrote something, and how people are reached.
ELEMENTS = frozenset(
    {"meta", "language", "text", "identifier", "active", "telecom", "address", "contact"}
    | {"communication", "maritalStatus", "photo", "generalPractitioner", "managingOrganization"}
    | {"encounter", "performer", "requester", "recorder", "asserter", "informationSource"}
    | {"resultsInterpreter", "issued", "basedOn", "location", "endpoint", "referrer", "interpreter"}
)


def is_administrative(unread: Unread) -> bool:
    """Whether what has no place here is about people, places and orders, and not about a disease.

    A code that nobody knows, a value that could not be read and an extension never are.
    """
    if unread.code or unread.reason not in REASONS:
        return False
    if found := _HL7.fullmatch(unread.path):
        name, field = found["name"], int(found["field"] or 0)
        if name in SEGMENTS:
            return field not in NOT_ADMINISTRATIVE.get(name, ())
        return field in FIELDS.get(name, ())
    kind, _, rest = unread.path.partition(".")
    return kind in RESOURCES or rest.partition(".")[0].partition("[")[0] in ELEMENTS
