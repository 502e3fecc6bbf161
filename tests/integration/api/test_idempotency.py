"""POSTs that arrive twice act once: `Idempotency-Key`."""

import datetime
import threading

import pytest
from django.db import connection
from django.test import Client

from cases.models import Case, Erasure, IdempotencyKey, Patient
from cases.services import erasures, idempotency
from tests.factories.people import add_member, make_institution
from tests.factories.restrictions import restricted
from tests.integration.api.conftest import Script, faults, problem, script_of
from tests.integration.isolation.routes import all_routes
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

KEY = {"idempotency-key": "order-7"}
PATIENT = {"record_number": "SECRET-7", "family_name": "Secretname"}


def count(institution, model=Patient) -> int:
    with institution_scope(institution):
        return model.objects.count()


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(
    script, institution, audited
):
    first = script.post("patients/", PATIENT, headers=KEY)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    audited()
    again = script.post("patients/", dict(reversed(PATIENT.items())), headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert [action for action, _ in audited()] == ["request.replayed"]
    assert count(institution) == 1


def test_the_first_answer_stays_what_it_was(script):
    first = script.post("patients/", PATIENT, headers=KEY)
    path = f"patients/{first.json()['id']}/"
    script.ask("PATCH", path, {"family_name": "New"}, headers={"if-match": first["ETag"]})
    assert script.post("patients/", PATIENT, headers=KEY).content == first.content


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("patients/", {**PATIENT, "family_name": "Other"}),
        ("patients/search/", PATIENT),
        ("patients/search/", {"record_number": "SECRET-7"}),
    ],
)
def test_another_request_under_the_same_key_is_refused(script, institution, path, body):
    script.post("patients/", PATIENT, headers=KEY)
    other = script.post(path, body, headers=KEY)
    assert other.status_code == 422
    assert problem(other)["type"] == "urn:tumorboard:problem:idempotency-key-reused"
    assert b"Secretname" not in other.content
    assert count(institution) == 1


def test_what_was_refused_leaves_the_key_free(script, institution):
    """Nothing was written, so there is nothing to repeat."""
    assert script.post("patients/", {"record_number": ""}, headers=KEY).status_code == 422
    assert script.post("patients/", b"{", headers=KEY).status_code == 400
    assert script.post("patients/", PATIENT, headers=KEY).status_code == 201
    assert count(institution, IdempotencyKey) == 1


def test_another_version_leaves_the_key_free(script, rows):
    body = {"facts": {"ki67_percent": 25}}
    path = f"cases/{rows.case}/facts/"
    late = script.post(path, body, headers={**KEY, "if-match": '"x"'})
    assert late.status_code == 412
    assert script.post(path, body, headers=KEY).status_code == 200
    assert script.post(path, body, headers=KEY)["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "\x7f"])
def test_a_key_that_is_none_is_told_at_its_name(script, institution, key):
    wrong = script.post("patients/", PATIENT, headers={"idempotency-key": key})
    assert list(faults(wrong)) == ["Idempotency-Key"]
    assert count(institution) == 0


def test_everybody_has_keys_of_their_own(script, script_as, other_institution):
    """ASVS v5.0.0-8.2.2: a key opens no answer of somebody else."""
    first = script.post("patients/", PATIENT, headers=KEY)
    other = script_as("CLINICIAN").post("patients/", {"record_number": "N-2"}, headers=KEY)
    assert (other.status_code, other.json()["record_number"]) == (201, "N-2")
    by = add_member(other_institution, "COORDINATOR", email="s@south.example", name="S")
    south = script_of(other_institution, by).post("patients/", PATIENT, headers=KEY)
    assert south.status_code == 201
    assert south.json()["id"] != first.json()["id"]


def test_nothing_of_an_answer_or_a_key_lies_in_plain(script, institution):
    """ASVS v5.0.0-14.2.4: what is kept for a day is kept as everything else of a patient."""
    script.post("patients/", PATIENT, headers={"idempotency-key": "SECRET-7-key"})
    with institution_scope(institution), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_idempotencykey")
        row = cursor.fetchone()
    stored = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in row
    )
    assert b"patients" in stored
    assert b"SECRET" not in stored
    assert b"Secretname" not in stored


def test_a_key_is_kept_for_a_day(script, institution):
    script.post("patients/", PATIENT, headers=KEY)
    age(institution, hours=24)
    # The record number is taken: the request is a new one.
    assert list(faults(script.post("patients/", PATIENT, headers=KEY))) == ["record_number"]


def test_old_keys_are_swept(script, institution):
    script.post("patients/", PATIENT, headers=KEY)
    idempotency.sweep()
    assert count(institution, IdempotencyKey) == 1
    age(institution, hours=24)
    idempotency.sweep()
    assert count(institution, IdempotencyKey) == 0


def age(institution, *, hours: int) -> None:
    with institution_scope(institution):
        row = IdempotencyKey.objects.get()
        row.made_at -= datetime.timedelta(hours=hours)
        row.save(update_fields=["made_at"])


def test_an_answer_about_somebody_who_was_restricted_is_not_there(
    script, institution, rows, chair, coordinator
):
    """ASVS v5.0.0-8.2.2: not by repeating what one sent either."""
    body = {"facts": {"ki67_percent": 25}}
    assert script.post(f"cases/{rows.case}/facts/", body, headers=KEY).status_code == 200
    with institution_scope(institution):
        restricted(Case.objects.get(pk=rows.case), chair, by=chair)
    again = script.post(f"cases/{rows.case}/facts/", body, headers=KEY)
    assert again.status_code == 404


def test_an_answer_about_somebody_who_was_erased_is_gone(script, institution, coordinator):
    script.post("patients/", PATIENT, headers=KEY)
    with institution_scope(institution):
        patient = Patient.objects.get()
        erasure = erasures.erase(
            patient=patient, record_number="SECRET-7", reason="Asked for it.", by=coordinator
        )
        assert erasure.counts["kept_answers"] == 1
        assert not IdempotencyKey.objects.exists()
        assert erasures.faults_of(Erasure.objects.get(pk=erasure.pk)) == []


def test_every_post_acts_once():
    """So that a new endpoint cannot forget it."""
    views = {getattr(route.view, "cls", None) for route in all_routes()}
    posts = {
        view.__name__: view.post
        for view in views
        if view is not None and view.__module__.startswith("cases.api") and hasattr(view, "post")
    }
    assert len(posts) > 10
    assert [name for name, post in posts.items() if not getattr(post, "acts_once", False)] == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_twenty_at_the_same_moment_make_one_row():
    """Real threads, each with a connection of its own: one acts, the others wait and repeat."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    token = script_of(institution, by).token
    start = threading.Barrier(20)
    answers = []

    def send() -> None:
        script = Script(institution, token, Client(raise_request_exception=False))
        try:
            start.wait(timeout=60)
            answers.append(script.post("patients/", PATIENT, headers=KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 19
    assert count(institution) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_of_two_bodies_under_one_key_at_the_same_moment_one_is_written():
    """Real threads: whichever body comes first is repeated, the other one is refused."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    token = script_of(institution, by).token
    start = threading.Barrier(12)
    answers = []

    def send(number: int) -> None:
        script = Script(institution, token, Client(raise_request_exception=False))
        try:
            start.wait(timeout=60)
            body = {**PATIENT, "record_number": f"SECRET-{number % 2}"}
            answers.append(script.post("patients/", body, headers=KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [422] * 6
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 422:
            assert problem(answer)["type"] == "urn:tumorboard:problem:idempotency-key-reused"
    assert count(institution) == 1
