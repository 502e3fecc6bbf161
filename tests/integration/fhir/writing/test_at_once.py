"""Writers at the same moment: real threads, each with a connection of its own, as interfaces are.

Conditional creates are in `test_conditional`.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from cases.models import FhirDocument, Patient
from tests.factories.people import add_member, make_institution
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import Server, server_of
from tests.integration.fhir.writing.test_bundles import ADA, FIRST, SECOND, bundle, entry, story
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
MANY = 8


@pytest.fixture
def server():
    institution = make_institution(slug="north", name="North Hospital")
    return server_of(
        institution, add_member(institution, "COORDINATOR", email="c@north.example", name="Cora")
    )


def at_once(server, send):
    """What so many are answered who send at the same moment, each its own number."""
    start = threading.Barrier(MANY)

    def one(number):
        mine = Server(server.institution, server.token, Client(raise_request_exception=False))
        try:
            start.wait(timeout=60)
            return send(mine, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_of_those_who_saw_one_version_one_updates_it(server):
    made = server.made(samples.patient())
    path, tag = f"/Patient/{made['id']}", f'W/"{made["meta"]["versionId"]}"'

    def update(mine, number):
        sent = {**made, "name": [{"family": "Lovelace", "given": [f"Ada {number}"]}]}
        return mine.put(path, sent, if_match=tag)

    answers = at_once(server, update)
    assert sorted(each.status_code for each in answers) == [200] + [412] * (MANY - 1)
    (winner,) = [each.json() for each in answers if each.status_code == 200]
    assert server.get(path).json() == winner


def test_transactions_that_name_one_patient_make_one(server):
    """Each brings two values that refer to one another and to the patient, who is new to all."""

    def send(mine, number):
        one = samples.pain(ADA, hasMember=[{"reference": SECOND}], valueInteger=number)
        two = samples.pain(ADA, derivedFrom=[{"reference": FIRST}])
        entries = [entry("POST", "Observation", one, FIRST), story()[2]]
        return mine.post("", bundle(*entries, entry("POST", "Observation", two, SECOND)))

    answers = at_once(server, send)
    assert [each.status_code for each in answers] == [200] * MANY
    made = [each.json()["entry"][1]["response"]["status"] for each in answers]
    assert sorted(made) == ["200 OK"] * (MANY - 1) + ["201 Created"]
    with institution_scope(server.institution):
        patient = Patient.objects.get()
        assert FhirDocument.objects.filter(resource_type="Observation").count() == 2 * MANY
    found = server.get(f"/Observation?patient={patient.pk}&_count=50").json()["entry"]
    values = {each["resource"]["id"]: each["resource"] for each in found}
    assert len(values) == 2 * MANY
    for value in values.values():
        (other,) = value.get("hasMember") or value["derivedFrom"]
        assert other["reference"].partition("/")[2] in values
