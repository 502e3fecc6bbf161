"""Entries of the audit as FHIR R4 AuditEvent, in the shapes of IHE BALP 1.1.3.

IHE's Basic Audit Log Patterns know a read, a query, and a create, update or delete, each with and
without a patient. One entry becomes one event for each patient that it is about: BALP asks for that
where a list shows several. Of a patient there is the reference by id and nothing else; what was
searched for is not in the audit, so a query names the criteria alone.

https://profiles.ihe.net/ITI/BALP/
"""

import base64
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from tumorboard.audit.kinds import Kind, Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.words import action_of

PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
HL7 = "http://terminology.hl7.org/CodeSystem/"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
PARTICIPATION = f"{HL7}v3-ParticipationType"
URI = "urn:ietf:rfc:3986"
#: What FHIR calls the letter of an action: the pattern, and the interaction.
PATTERNS = {
    "C": ("Create", "create"),
    "R": ("Read", "read"),
    "U": ("Update", "update"),
    "D": ("Delete", "delete"),
    "E": ("Query", "search"),
}
SOURCE, DESTINATION = (DICOM, "110153"), (DICOM, "110152")
#: How client and server are called: as the data flows; of a query, as the question does.
ENDS = {
    "C": (SOURCE, DESTINATION),
    "R": (DESTINATION, SOURCE),
    "U": (SOURCE, DESTINATION),
    "D": ((DICOM, "110150"), (f"{HL7}provenance-participant-type", "custodian")),
    "E": (SOURCE, DESTINATION),
}
#: FHIR's network types.
MACHINE_NAME, IP_ADDRESS = "1", "2"
#: FHIR's roles of objects.
PATIENT, REPORT, RESOURCE, QUERY = "1", "3", "4", "24"
CLIENTS = {
    Via.PAGE: "Web browser",
    Via.API: "API client",
    Via.FEED: "Calendar program",
    Via.JOB: "Background job",
    Via.COMMAND: "Command on the server",
}

Event = dict[str, Any]


class Site(NamedTuple):
    """Where the audit was kept: the institution's short name, and the server's host name."""

    institution: str
    host: str


def events_of(entry: AuditEntry, *, patients: Iterable[UUID], site: Site) -> Iterator[Event]:
    """The events of one entry: one for each of `patients`, one where it is about nobody.

    Args:
        entry: with its person.
        patients: the ids of all whom the entry is about.
    """
    for number, patient in enumerate(sorted(set(patients)) or [None]):
        # The first keeps the entry's id; the others have theirs from both, the same every time.
        key = entry.pk if number == 0 else uuid.uuid5(entry.pk, str(patient))
        yield _event(entry, key, patient, site)


def _event(entry: AuditEntry, key: UUID, patient: UUID | None, site: Site) -> Event:
    letter = action_of(entry.action).letter
    pattern, interaction = PATTERNS[letter]
    about = "" if patient is None else "Patient"
    return {
        "resourceType": "AuditEvent",
        "id": str(key),
        "meta": {"profile": [f"{PROFILES}{about}{pattern}"]},
        "type": _coding(f"{HL7}audit-event-type", "rest"),
        "subtype": [_coding("http://hl7.org/fhir/restful-interaction", interaction)],
        "action": letter,
        "recorded": entry.at.isoformat(),
        "outcome": "0",
        "agent": list(_agents(entry, letter, site)),
        "source": {
            "site": site.institution,
            "observer": {"display": site.host},
            "type": [_coding(f"{HL7}security-source-type", "4")],
        },
        "entity": [
            _query(entry) if letter == "E" else _data(entry),
            *([] if patient is None else [patient_entity(patient)]),
        ],
    }


def _agents(entry: AuditEntry, letter: str, site: Site) -> Iterator[Event]:
    client, server = ENDS[letter]
    from_where = entry.address or site.host
    yield {
        "type": {"coding": [_coding(*client)]},
        "who": {"display": CLIENTS.get(Via(entry.via), "") if entry.via else "Not noted"},
        "requestor": entry.person is None,
        "network": {
            "address": from_where,
            "type": IP_ADDRESS if entry.address else MACHINE_NAME,
        },
    }
    yield {
        "type": {"coding": [_coding(*server)]},
        "who": {"display": site.host},
        "requestor": False,
        "network": {"address": site.host, "type": MACHINE_NAME},
    }
    person: Any = entry.person
    if person is None:
        return
    does = "IRCP" if letter in "RE" else "AUT"
    user: Event = {
        "type": {"coding": [_coding(PARTICIPATION, does)]},
        "who": {"identifier": {"system": URI, "value": f"urn:uuid:{person.pk}"}},
        "name": person.name,
        "requestor": True,
    }
    if entry.reason:
        # Somebody was asked for a reason: that is breaking the glass.
        broke = _coding(f"{HL7}v3-ActReason", "BTG")
        user["purposeOfUse"] = [{"coding": [broke], "text": entry.reason}]
    yield user


def _data(entry: AuditEntry) -> Event:
    is_report = entry.kind in (Kind.PRINT, Kind.EXPORT)
    return {
        "what": {
            "identifier": {"system": URI, "value": f"urn:uuid:{entry.subject_id}"},
            "display": entry.subject_type,
        },
        "type": _coding(f"{HL7}audit-entity-type", "2"),
        "role": _coding(f"{HL7}object-role", REPORT if is_report else RESOURCE),
    }


def _query(entry: AuditEntry) -> Event:
    asked = f"{entry.action}?{'&'.join(entry.criteria.split())}"
    return {
        "type": _coding(f"{HL7}audit-entity-type", "2"),
        "role": _coding(f"{HL7}object-role", QUERY),
        "query": base64.b64encode(asked.encode()).decode(),
    }


def patient_entity(patient: UUID) -> Event:
    """A patient whom an event is about, by id and nothing else."""
    return {
        "what": {"reference": f"Patient/{patient}"},
        "type": _coding(f"{HL7}audit-entity-type", "1"),
        "role": _coding(f"{HL7}object-role", PATIENT),
    }


def _coding(system: str, code: str) -> Event:
    return {"system": system, "code": code}
