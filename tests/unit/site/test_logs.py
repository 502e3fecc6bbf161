"""A log never quotes what was typed."""

import logging
import sys

from tumorboard.logs import PlainFormatter


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
