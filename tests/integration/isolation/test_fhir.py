"""FHIR: another institution's rows are as good as missing, in every type and every address."""

import json
import uuid

import pytest

from cases.fhir.registry import types
from tests.integration.isolation.answers import CANARY
from tests.integration.isolation.world import EVERYTHING, MACHINE, THEIRS

WHO = (EVERYTHING, MACHINE)
#: The same in every institution.
PUBLIC = {"PlanDefinition", "ActivityDefinition", "CodeSystem", "Basic"}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("who", WHO)
def test_no_id_leads_across(world, undone, settings, who):
    """ASVS v5.0.0-8.2.2, ASVS v5.0.0-8.4.1, HIPAA 164.312(a)(1): real ids of every type."""
    settings.RATE_PERSONAL_TOKEN = 10_000_000
    client, theirs = world.visitor(who).script, world.visitor(THEIRS).script
    faults, tried = {}, set()
    for each in set(types()) - PUBLIC:
        listed = theirs.get(f"/fhir/south/{each}?_count=2").json().get("entry", [])
        keys = [entry["resource"]["id"] for entry in listed]
        for ending in ("", "/_history/1"):
            missing = client.get(f"/fhir/north/{each}/{uuid.uuid4()}{ending}")
            for key in keys:
                tried.add(each)
                answer = client.get(f"/fhir/north/{each}/{key}{ending}")
                if answer.status_code != 404 or answer.content != missing.content:
                    faults[each, ending] = answer.content[:300]
    assert len(tried) > 18, tried
    assert faults == {}


@pytest.mark.parametrize("who", WHO)
def test_no_list_shows_theirs(world, undone, settings, who):
    """ASVS v5.0.0-8.2.2: not by search, history, include, nor everything."""
    settings.RATE_PERSONAL_TOKEN = 10_000_000
    client = world.visitor(who).script
    asked = [f"{each}?_count=200" for each in types()]
    asked += [f"{each}/_history?_count=200" for each in types()]
    asked += ["_history?_count=200", f"Patient/{world.ours.patient_id}/$everything?_count=200"]
    asked += ["Patient?_revinclude=Observation:subject&_revinclude=Provenance:target&_include=*"]
    faults = {}
    for path in asked:
        answer = client.get(f"/fhir/north/{path}")
        is_fine = answer.status_code == 200
        if not is_fine or CANARY.lower() in answer.content.decode().lower():
            faults[path] = answer.content[:300]
    assert faults == {}


@pytest.mark.parametrize("who", WHO)
def test_no_search_finds_theirs(world, undone, who):
    """ASVS v5.0.0-8.2.2: by id, by number, by patient, along a chain."""
    client = world.visitor(who).script
    theirs = world.theirs
    asked = [
        ("Patient", f"_id={theirs.patient_id}"),
        ("Patient", f"identifier={CANARY.upper()}-1"),
        ("Patient", f"family={CANARY}"),
        ("Observation", f"patient={theirs.patient_id}"),
        ("Observation", f"patient.identifier={CANARY.upper()}-1"),
        ("ImagingStudy", f"subject=Patient/{theirs.patient_id}"),
        ("Provenance", f"target=Patient/{theirs.patient_id}"),
    ]
    for resource_type, body in asked:
        answer = client.post(f"/fhir/north/{resource_type}/_search", body, content_type=FORM)
        assert answer.status_code == 200, answer.content
        assert json.loads(answer.content).get("entry", []) == [], (resource_type, body)
