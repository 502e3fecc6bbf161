"""What a load balancer hears."""

import pytest
from django.db import DatabaseError, connection, connections
from django.test import RequestFactory

from tumorboard.operations import health as module
from tumorboard.operations.health import health


@pytest.mark.django_db
def test_a_sound_site_says_ok(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_only_reading_is_allowed(client):
    assert client.post("/healthz").status_code == 405


class Broken:
    """A database that does not answer."""

    def cursor(self):
        raise DatabaseError("host=secret")


def test_a_database_that_does_not_answer_is_said_without_details(monkeypatch, caplog):
    monkeypatch.setattr(module, "connection", Broken())
    answer = health(RequestFactory().get("/healthz"))
    assert (answer.status_code, answer.content) == (503, b"unavailable")
    assert "does not answer: DatabaseError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.django_db
def test_a_role_that_sees_all_institutions_must_not_serve(monkeypatch, caplog):
    monkeypatch.setattr(module, "BOUND", "SELECT false")
    assert health(RequestFactory().get("/healthz")).status_code == 503
    assert "not bound by row-level security" in caplog.text


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_question_tells_bound_roles_from_others():
    for database in (connection, connections["owner"]):
        with database.cursor() as cursor:
            cursor.execute(module.BOUND)
            assert cursor.fetchone() == (True,)
