"""The database gives up in time on what a person waits for, and the person is told so."""

import logging

import pytest
from django.conf import settings
from django.core.checks import ERROR
from django.db import OperationalError, connection, transaction
from django.db.backends.signals import connection_created
from django.test import Client
from psycopg.errors import QueryCanceled

from cases.models import Patient
from tests.integration.api.conftest import problem, script_of
from tumorboard.operations import role_checks, time_limits
from tumorboard.operations.role_checks import role_has_limits
from tumorboard.overload import OverloadMiddleware
from tumorboard.tenancy.scope import institution_scope

NAMES = tuple(settings.DATABASE_LIMITS)


def in_force() -> list[int]:
    """The limits of the next statement, in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM current_setting(name)::interval)::int"
            " FROM unnest(%s::text[]) AS name",
            [list(NAMES)],
        )
        return [seconds for (seconds,) in cursor.fetchall()]


def slow(*_args: object, **_kwargs: object) -> None:
    """A statement that takes far longer than it may."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(60)")


@pytest.fixture
def lifted():
    """This process as one that nobody waits for."""
    time_limits.lift()
    connection.close()
    yield
    connection_created.disconnect(dispatch_uid=time_limits.__name__)
    connection.execute_wrappers.remove(time_limits._begin)
    connection.close()


@pytest.mark.django_db
def test_the_role_that_serves_has_limits_of_its_own():
    """ASVS v5.0.0-15.2.2: no request holds the database for longer than it may."""
    assert in_force() == list(settings.DATABASE_LIMITS.values()) == [15, 10, 180]


@pytest.mark.django_db
def test_a_role_without_limits_is_told(monkeypatch):
    assert role_has_limits(None) == []
    assert role_has_limits(None, databases=["default"]) == []
    monkeypatch.setattr(role_checks, "LIMIT", "SELECT current_setting('log_temp_files') <> '-1'")
    (warning,) = role_has_limits(None, databases=["default"])
    assert (warning.id, warning.is_serious(ERROR)) == ("operations.W002", False)
    monkeypatch.setattr(role_checks, "LIMIT", "nonsense")
    assert role_has_limits(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lifted")
def test_what_nobody_waits_for_has_more_time_in_each_of_its_transactions():
    for _ in range(2):
        with transaction.atomic():
            assert in_force() == list(time_limits.UNATTENDED.values())
            with transaction.atomic():
                assert in_force() == list(time_limits.UNATTENDED.values())
        # Nothing of it stays on a connection that a pooler gives to the web next.
        assert in_force() == list(settings.DATABASE_LIMITS.values())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lifted")
def test_a_transaction_may_still_choose_its_isolation():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)


@pytest.mark.django_db
def test_a_page_that_takes_too_long_says_so(institution, coordinator, monkeypatch, caplog):
    """ASVS v5.0.0-16.5.2: where the database gives up, a page says so and nothing is half done."""
    monkeypatch.setattr("cases.web.case_list.render", slow)
    browser = Client(raise_request_exception=False)
    browser.force_login(coordinator)
    with caplog.at_level(logging.ERROR):
        answer = browser.get("/i/north/cases/")
    assert answer.status_code == 503
    assert "Wait half a minute" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
    assert answer["Cache-Control"] == "no-store"
    assert "QueryCanceled" in caplog.text


@pytest.mark.django_db
def test_an_endpoint_that_takes_too_long_says_so(institution, coordinator, monkeypatch):
    """ASVS v5.0.0-16.5.2: and so does the API, having undone what it began."""
    script = script_of(institution, coordinator)
    monkeypatch.setattr("cases.services.patients.record", slow)
    answer = script.post("patients/", {"record_number": "N-77"})
    assert answer.status_code == 503
    assert "not answer in time" in problem(answer)["detail"]
    assert int(answer["Retry-After"]) > 0
    with institution_scope(institution):
        assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/fhir/north/Patient", "application/fhir+json"),
        ("/intake/north/fhir", "application/fhir+json"),
        ("/intake/north/hl7v2", "text/plain; charset=utf-8"),
        ("/cds-services/north/pnet-imaging-select", "application/problem+json"),
    ],
)
def test_every_door_of_programs_says_so_in_its_own_format(path, kind, rf):
    error = OperationalError()
    error.__cause__ = QueryCanceled()
    answer = OverloadMiddleware(lambda _: None).process_exception(rf.post(path), error)
    assert (answer.status_code, answer["Content-Type"]) == (503, kind)
    assert "not answer in time" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db
def test_other_errors_of_the_database_stay_errors(institution, coordinator, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr("cases.web.case_list.render", broken)
    browser = Client(raise_request_exception=False)
    browser.force_login(coordinator)
    assert browser.get("/i/north/cases/").status_code == 500
