"""Entries as AuditEvent, held against what each IHE BALP pattern fixes."""

import base64
import datetime
import json
from uuid import UUID, uuid4

import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from tumorboard.accounts.models import User
from tumorboard.audit.balp import Site, events_of
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.words import ACTIONS, kind_of

SITE = Site("north", "board.north.example")
PATIENT, OTHER = uuid4(), uuid4()
PERSON = User(email="cora@north.example", name="Cora Coordinator")
REST = "http://hl7.org/fhir/restful-interaction"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
#: By letter: the pattern, its interaction, the codes of client and server, that of the user.
FIXED = {
    "C": ("Create", "create", "110153", "110152", "AUT"),
    "R": ("Read", "read", "110152", "110153", "IRCP"),
    "U": ("Update", "update", "110153", "110152", "AUT"),
    "D": ("Delete", "delete", "110150", "custodian", "AUT"),
    "E": ("Query", "search", "110153", "110152", "IRCP"),
}


def entry_of(action: str, **given) -> AuditEntry:
    values = {
        "institution_id": uuid4(),
        "at": datetime.datetime(2026, 11, 21, 14, 0, tzinfo=datetime.UTC),
        "person": PERSON,
        "kind": kind_of(action),
        "subject_type": "case",
        "subject_id": uuid4(),
        "via": Via.PAGE,
        "address": "192.0.2.7",
        **given,
    }
    return AuditEntry(action=action, **values)


def event_of(action: str, *patients: UUID, **given) -> dict:
    (event,) = events_of(entry_of(action, **given), patients=patients, site=SITE)
    # As FHIR R4B reads it, and back: what is not in the resource would be refused.
    return json.loads(AuditEvent.model_validate(event).model_dump_json())


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("patients", [(), (PATIENT,)], ids=["nobody", "patient"])
def test_every_action_has_the_shape_of_its_pattern(action, patients):
    """HIPAA 164.312(b): the record of activity can be examined by others' systems (IHE BALP)."""
    event = event_of(action, *patients)
    letter = ACTIONS[action].letter
    pattern, interaction, client, server, user = FIXED[letter]
    whose = "Patient" if patients else ""
    profile = (
        f"https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.{whose}{pattern}"
    )
    assert event["meta"]["profile"] == [profile]
    assert event["type"]["code"] == "rest"
    assert event["subtype"] == [{"system": REST, "code": interaction}]
    assert (event["action"], event["outcome"]) == (letter, "0")
    codes = [agent["type"]["coding"][0]["code"] for agent in event["agent"]]
    assert codes == [client, server, user]
    assert [agent["requestor"] for agent in event["agent"]] == [False, False, True]
    assert ["network" in agent for agent in event["agent"]] == [True, True, False]
    assert all(agent["who"] for agent in event["agent"])
    first, *rest = event["entity"]
    assert first["type"]["code"] == "2"
    if letter == "E":
        assert (first["role"]["code"], "what" in first) == ("24", False)
        assert first["query"]
    else:
        assert first["role"]["code"] in {"3", "4"}
        assert first["what"]
    assert [(x["what"]["reference"], x["type"]["code"], x["role"]["code"]) for x in rest] == [
        (f"Patient/{patient}", "1", "1") for patient in patients
    ]


def test_a_list_of_several_patients_becomes_an_event_for_each():
    entry = entry_of("queue.read")
    events = list(events_of(entry, patients=[PATIENT, OTHER, PATIENT], site=SITE))
    assert len(events) == 2
    assert {e["entity"][1]["what"]["reference"] for e in events} == {
        f"Patient/{PATIENT}",
        f"Patient/{OTHER}",
    }
    assert str(entry.pk) in {e["id"] for e in events}
    again = events_of(entry, patients=[OTHER, PATIENT], site=SITE)
    assert [e["id"] for e in events] == [e["id"] for e in again]


def test_a_search_names_its_criteria_and_never_the_words():
    event = event_of("case.searched", criteria="text scenario")
    asked = base64.b64decode(event["entity"][0]["query"]).decode()
    assert asked == "case.searched?text&scenario"


def test_where_from_and_what_the_system_does_by_itself():
    event = event_of("case.relisted", PATIENT, person=None, via=Via.JOB, address="")
    client, server = event["agent"]
    assert client["requestor"] is True
    assert client["who"]["display"] == "Background job"
    assert client["network"] == {"address": "board.north.example", "type": "1"}
    assert server["network"] == client["network"]
    asked = event_of("case.read", PATIENT)["agent"][0]
    assert asked["network"] == {"address": "192.0.2.7", "type": "2"}
    assert event_of("case.read", PATIENT, via="")["agent"][0]["who"]["display"] == "Not noted"


def test_a_reason_is_breaking_the_glass():
    user = event_of("case.read", PATIENT, reason="Emergency")["agent"][2]
    (purpose,) = user["purposeOfUse"]
    assert (purpose["coding"][0]["code"], purpose["text"]) == ("BTG", "Emergency")


def test_who_keeps_it():
    source = event_of("case.read")["source"]
    assert (source["site"], source["observer"]["display"]) == ("north", "board.north.example")
