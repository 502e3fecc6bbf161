"""A log never quotes what was typed."""

import logging
import sys

import pytest

import tumorboard.asgi  # noqa: F401 - it puts the filter onto the server's logger
from tumorboard.accounts.secret import new_secret
from tumorboard.logs import PlainFormatter, WithoutSecrets


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
    text = formatted(chained)
    assert text.startswith("ERROR failed\nbuiltins.ValueError at\n")
    assert "builtins.LookupError at" in text
    assert "in chained" in text
    assert "Canary" not in text


def test_a_cause_that_was_put_aside_is_not_logged():
    assert "ValueError" not in formatted(hidden)


@pytest.mark.parametrize(
    "address",
    [
        "/i/north/calendar/{secret}.ics",
        "/i/north/invitation/{secret}/",
        "/accounts/password/reset/key/4-{secret}/",
    ],
)
def test_a_secret_in_an_address_is_not_logged(address):
    secret = new_secret()
    address = address.format(secret=secret)
    record = logging.LogRecord("x", logging.WARNING, "", 1, "Not Found: %s", (address,), None)

    text = PlainFormatter("%(message)s").format(record)

    assert secret not in text
    assert text.startswith(f"Not Found: {address.split(secret)[0].removesuffix('4-')}")


def test_the_servers_own_lines_hold_no_secret(caplog):
    secret = new_secret()
    logger = logging.getLogger("uvicorn.access")
    parts = ("127.0.0.1:1", "GET", f"/i/north/calendar/{secret}.ics", "1.1", 200)
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, logger="uvicorn.access"):
            logger.info('%s - "%s %s HTTP/%s" %d', *parts)
    finally:
        logger.removeHandler(caplog.handler)

    assert '"GET /i/north/calendar/....ics HTTP/1.1" 200' in caplog.text
    assert secret not in caplog.text


def test_a_line_without_parts_is_let_through():
    record = logging.LogRecord("x", logging.INFO, "", 1, "%(what)s", ({"what": "Ready"},), None)

    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "Ready"
