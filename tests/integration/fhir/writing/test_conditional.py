"""Writes on a condition."""

import threading

import pytest
from django.db import connection
from django.test import Client

from cases.models import FhirDocument, Patient
from tests.factories.people import add_member, make_institution
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import Server, issues, server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
ONCE = f"identifier={samples.NUMBERS}|H-100"
INSURED = "identifier=http://insurance.example|INS-H-100"
LAB = "identifier=http://lab.example|L-1"


@pytest.mark.parametrize("condition", [ONCE, INSURED])
def test_what_is_here_is_not_made_again(server, institution, condition):
    first = server.post("/Patient", samples.patient(), if_none_exist=condition)
    second = server.post("/Patient", samples.patient(), if_none_exist=condition)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    with institution_scope(institution):
        assert Patient.objects.count() == 1


def test_several_that_meet_it_are_refused(server, ada):
    for _ in range(2):
        server.made(samples.pain(ada))
    code = "code=http://loinc.org|72514-3"
    answer = server.post("/Observation", samples.pain(ada), if_none_exist=code)
    assert answer.status_code == 412
    assert issues(answer) == [("multiple-matches", "http.If-None-Exist")]


@pytest.mark.parametrize("condition", ["", "colour=red", "_sort=date", "subject.name=x"])
def test_a_condition_that_is_none_is_refused(server, institution, condition):
    answer = server.post("/Patient", samples.patient(), if_none_exist=condition)
    assert answer.status_code == 400, answer.content
    with institution_scope(institution):
        assert not Patient.objects.exists()


def test_an_update_on_a_condition_makes_or_updates(server, her_tumor):
    subject = her_tumor["subject"]["reference"]
    path = "/Observation?code=http://loinc.org|9811-1&date=2026-03-02"
    first = server.put(path, samples.chromogranin(subject))
    assert first.status_code == 201, first.content
    second = server.put(path, samples.chromogranin(subject, value=80))
    assert second.status_code == 200, second.content
    assert second.json()["id"] == first.json()["id"]
    assert second.json()["valueQuantity"]["value"] == 80
    assert server.put(path, {**samples.chromogranin(subject), "id": "x"}).status_code == 400


def test_what_says_who_somebody_is_stands_in_no_address(server, ada):
    answer = server.put(f"/Patient?{ONCE}", samples.patient())
    assert answer.status_code == 400
    assert issues(answer)[0][0] == "suppressed"


def test_a_delete_on_a_condition_takes_back_the_one(server, institution, ada):
    server.made(samples.pain(ada))
    path = "/Observation?code=http://loinc.org|72514-3"
    assert server.ask("DELETE", path).status_code == 204
    with institution_scope(institution):
        assert not FhirDocument.objects.filter(resource_type="Observation").exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_64_at_once_make_exactly_one():
    """Real threads, each with a connection of its own, as 64 interfaces would ask."""
    institution = make_institution(slug="north", name="North Hospital")
    person = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    server = server_of(institution, person)
    many, answers = 64, []
    start = threading.Barrier(many)

    def send() -> None:
        mine = Server(institution, server.token, Client(raise_request_exception=False))
        try:
            start.wait(timeout=60)
            answers.append(mine.post("/Patient", samples.patient(), if_none_exist=ONCE))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * (many - 1) + [201], codes
    assert len({answer.json()["id"] for answer in answers}) == 1
    with institution_scope(institution):
        assert Patient.objects.count() == 1
        assert FhirDocument.objects.count() == 1
