"""A log never quotes what was typed."""

import importlib
import json
import logging
import sys
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import resolve
from django.utils.functional import SimpleLazyObject

import tumorboard.asgi  # noqa: F401 - it quiets the server's own loggers
from tumorboard.accounts.secret import new_secret
from tumorboard.log_context import logged, request_fields
from tumorboard.logs import JsonFormatter, PlainFormatter


def formatted(error_of) -> str:
    try:
        error_of()
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
        return PlainFormatter("%(levelname)s %(message)s").format(record)
    raise AssertionError("nothing was raised")


def chained() -> None:
    try:
        int("Canary")
    except ValueError as error:
        raise LookupError("Canary") from error


def hidden() -> None:
    try:
        int("Canary")
    except ValueError:
        raise LookupError("Canary") from None


def test_an_error_is_logged_by_type_and_place():
    """ASVS v5.0.0-16.2.5: an error's own words may quote a patient, so they stay out."""
    text = formatted(chained)
    assert text.startswith("ERROR failed\nbuiltins.ValueError at\n")
    assert "builtins.LookupError at" in text
    assert "in chained" in text
    assert "Canary" not in text


def test_a_cause_that_was_put_aside_is_not_logged():
    assert "ValueError" not in formatted(hidden)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/lib/reader.py:7: UserWarning: Canary 1967-05-12\n  warn(Canary)\n", "UserWarning at "),
        ("Canary\nUserWarning: Canary", "warning"),
    ],
)
def test_a_warning_is_logged_by_kind_and_place(words, said):
    """ASVS v5.0.0-16.2.5: what a library warns of quotes what it read, so the words stay out."""
    record = logging.LogRecord("py.warnings", logging.WARNING, "", 1, "%s", (words,), None)
    text = PlainFormatter("%(message)s").format(record)
    assert text.startswith(said)
    assert "Canary" not in text


@pytest.mark.parametrize(
    "address",
    [
        "/i/north/calendar/{secret}.ics",
        "/i/north/invitation/{secret}/",
        "/accounts/password/reset/key/4-{secret}/",
    ],
)
def test_a_secret_in_an_address_is_not_logged(address):
    """ASVS v5.0.0-16.2.5: whoever reads a log cannot come in by it."""
    secret = new_secret()
    address = address.format(secret=secret)
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Not Found: %s", (address,), None)

    text = PlainFormatter("%(message)s").format(record)

    assert secret not in text
    assert text.startswith(f"Not Found: {address.split(secret)[0].removesuffix('4-')}")


def test_the_server_writes_no_lines_of_its_own():
    """ASVS v5.0.0-16.2.5: it would log every address, query and all, and the words of errors."""
    logging.getLogger("uvicorn.access").disabled = False  # as the server leaves it
    importlib.reload(importlib.import_module("tumorboard.asgi"))
    assert logging.getLogger("uvicorn.access").disabled
    assert logging.getLogger("uvicorn.error").handlers == []


def line(record: logging.LogRecord) -> dict:
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def record_of(error_of=chained, name="x", message="failed", *args) -> logging.LogRecord:
    try:
        error_of()
    except Exception:
        return logging.LogRecord(name, logging.ERROR, "", 1, message, args, sys.exc_info())
    raise AssertionError("nothing was raised")


def test_a_machine_reads_one_line_of_json():
    """ASVS v5.0.0-16.2.4: a common format, with a time that names its zone (16.2.2)."""
    said = line(record_of(chained, "cases", "failed\nfor %s", 7))
    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "cases", "failed\nfor 7")
    assert said["time"].endswith("+00:00")
    assert [error["type"] for error in said["errors"]] == [
        "builtins.ValueError",
        "builtins.LookupError",
    ]
    assert any(place.endswith("in chained") for place in said["errors"][1]["at"])
    assert "Canary" not in str(said)


def test_fields_that_are_known_stand_beside_the_message():
    """ASVS v5.0.0-16.2.1: who, where and what; whatever else a library attaches stays out."""
    record = logging.LogRecord("x", logging.INFO, "", 1, "request", None, None)
    record.event, record.status, record.data = "access.refused", 403, {"exc": "Canary"}
    with logged(request_id="1", task="sweep"):
        said = line(record)
    assert (said["event"], said["status"], said["request_id"]) == ("access.refused", 403, "1")
    assert said["task"] == "sweep"
    assert "Canary" not in str(said)
    assert "request_id" not in line(record)


@pytest.mark.parametrize("formatter", [PlainFormatter("%(message)s"), JsonFormatter()])
@pytest.mark.parametrize(
    ("name", "message", "args"),
    [
        ("psycopg.pool", "error connecting: %s", (ValueError("Canary"),)),
        ("x", "%(what)s", ({"what": ValueError("Canary")},)),
        ("x", ValueError("Canary"), ()),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'canary'. Canary", ()),
        ("asyncio", "never retrieved\nfuture: <Task exception=ValueError('Canary')>", ()),
        (
            "celery.app.trace",
            "Task %(name)s raised: %(exc)s\n%(traceback)s",
            ({"name": "a", "description": "raised", "exc": "Canary", "traceback": "Canary"},),
        ),
    ],
)
def test_no_line_repeats_the_words_of_an_error(formatter, name, message, args):
    """ASVS v5.0.0-16.2.5: whoever logs an error, its own words stay out."""
    text = formatter.format(record_of(chained, name, message, *args))
    assert "canary" not in text.lower()
    assert "ValueError" in text


def test_a_request_is_told_by_its_route():
    request = RequestFactory().get("/i/north/Canary/")
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", ("/Canary",), None)
    record.request, record.status_code = request, 404
    assert line(record)["message"] == "answered 404 at no route"
    request.resolver_match = resolve("/i/north/cases/")
    assert line(record)["message"].startswith("answered 404 at case")


def test_who_asks_is_told_by_id_and_only_if_it_is_known_already():
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("asked the database"))
    assert request_fields(request) == {}
    request.user = SimpleNamespace(pk=7, name="Canary")
    assert request_fields(request) == {"person": "7"}
