"""Whatever goes wrong, and wherever, a log never repeats what was typed."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from cases.models import Patient
from cases.services import patients
from tests.factories.cases import make_case
from tumorboard.accounts.models import User
from tumorboard.celery import app
from tumorboard.logs import JsonFormatter, PlainFormatter
from tumorboard.outbox import queue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

CANARY = "Canarysouth"


class Both(logging.Handler):
    """What both kinds of log would hold, and the events among it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.lines: list[dict] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = JsonFormatter().format(record)
        self.lines.append(json.loads(line))
        self.text += line + PlainFormatter("%(name)s %(message)s").format(record)

    def events(self) -> set[str]:
        return {line["event"] for line in self.lines if "event" in line}


@pytest.fixture
def log() -> Iterator[Both]:
    """Everything that is logged, down to the smallest line that production shows."""
    handler, root = Both(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def twice() -> None:
    User.objects.create(email=f"{CANARY}@north.example")
    User.objects.create(email=f"{CANARY}@north.example")


def too_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::date", [CANARY])


def in_a_template() -> None:
    class Broken:
        def __str__(self) -> str:
            raise ValueError(CANARY)

    Template("{{ patient }}").render(Context({"patient": Broken()}))


def invalid() -> None:
    Patient(record_number=CANARY, sex=CANARY).full_clean()


@pytest.mark.parametrize(
    ("goes_wrong", "kind"),
    [
        (twice, IntegrityError),
        (too_long, DataError),
        (in_a_template, ValueError),
        (invalid, ValidationError),
    ],
)
@pytest.mark.usefixtures("scope")
def test_an_error_in_the_code_is_logged_without_its_words(log, goes_wrong, kind):
    """ASVS v5.0.0-16.2.5: no patient's data reaches a log, whichever part quotes it."""
    with pytest.raises(kind) as caught, transaction.atomic():
        goes_wrong()
    error = caught.value
    logging.getLogger("anywhere").error("it went wrong: %s", error, exc_info=error)
    assert kind.__name__ in log.text
    assert CANARY not in log.text


def test_a_page_that_fails_is_logged_by_its_route(log, coordinator, institution, monkeypatch):
    """ASVS v5.0.0-16.5.4: the last handler logs what nobody caught, and 16.5.1: tells nobody."""
    with institution_scope(institution):
        case = make_case(by=coordinator)

    def fails(**_):
        raise ValueError(CANARY)

    monkeypatch.setattr(patients, "change", fails)
    browser = Client(raise_request_exception=False)
    browser.force_login(coordinator)
    address = reverse("patient_edit", args=["north", case.patient_id])
    form = {"family_name": CANARY, "record_number": CANARY}
    answer = browser.post(f"{address}?name={CANARY}", form)
    assert CANARY not in log.text
    (line,) = [line for line in log.lines if line["logger"] == "tumorboard.request_log"]
    assert line["route"] == "patient_edit"
    assert (line["institution"], line["person"]) == ("north", str(coordinator.pk))
    assert (line["method"], line["status"]) == ("POST", answer.status_code)
    assert line["request_id"] == answer["X-Request-ID"]
    assert coordinator.name not in log.text


def test_an_address_that_was_typed_is_not_logged(log, client, coordinator):
    client.force_login(coordinator)
    client.get(f"/i/{CANARY}/cases/")
    client.get(f"/{CANARY}/?q={CANARY}")
    client.generic(CANARY.upper(), "/")
    assert CANARY.lower() not in log.text.lower().replace(f'"institution": "{CANARY.lower()}"', "")


def test_a_host_that_was_typed_is_not_logged(log, client):
    client.get("/", headers={"host": f"{CANARY}.example"})
    assert CANARY.lower() not in log.text.lower()
    assert "refused: DisallowedHost" in log.text


def test_a_sign_in_that_fails_has_its_event_and_no_words(log, client, coordinator):
    """ASVS v5.0.0-16.3.1: sign-ins are logged, and what was typed at them is not."""
    client.post(reverse("account_login"), {"login": f"{CANARY}@x.example", "password": CANARY})
    client.post(reverse("account_login"), {"login": coordinator.email, "password": CANARY})
    assert {"sign_in.failed", "sign_in.password_wrong"} <= log.events()
    assert CANARY.lower() not in log.text.lower()
    assert coordinator.email not in log.text


def test_who_may_not_has_an_event(log, client, coordinator):
    """ASVS v5.0.0-16.3.2: a failed authorization is logged."""
    client.force_login(coordinator)
    assert client.get(reverse("people", args=["north"])).status_code == 403
    assert "access.refused" in log.events()


def test_a_job_that_fails_is_logged_without_its_words(log, institution, monkeypatch):
    """ASVS v5.0.0-16.2.5: neither a job's error nor what it was asked to do is in a log."""
    monkeypatch.setitem(queue._handlers, "test.fails", lambda _: User.objects.get(pk=CANARY))
    with institution_scope(institution):
        message = queue.enqueue("test.fails", {"who": CANARY})
    app.tasks["outbox.deliver"].apply(args=[str(message.pk)])

    @app.task(name="test.raises")
    def raises(_who: str) -> None:
        raise ValueError(CANARY)

    try:
        raises.apply(args=[CANARY])
    finally:
        app.tasks.unregister("test.raises")
    assert "task test.raises raised unexpected" in log.text
    assert CANARY not in log.text


def test_the_health_check_of_a_healthy_house_writes_no_line(log, client):
    client.get("/healthz")
    assert not [line for line in log.lines if line["logger"] == "tumorboard.request_log"]
