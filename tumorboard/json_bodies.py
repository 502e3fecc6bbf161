"""JSON that comes in from others, judged before anybody works with it."""

import json
import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

BEYOND = "The body holds a number beyond all that can be kept."


class BadJson(ValueError):
    """What came is no JSON that is taken; the message never quotes it."""


def read_json(raw: bytes, *, deepest: int, number: Callable[[str], Any] = float) -> Any:
    """JSON in UTF-8 (RFC 8259) as Python's values, each name once in its object.

    Args:
        raw: what came, of a length that the caller has judged.
        deepest: how deep objects and lists may be nested.
        number: what a number with a fraction or an exponent becomes.

    Raises:
        BadJson: it is not such JSON.
    """
    try:
        data = json.loads(
            raw.decode(),
            parse_constant=_refuse_constant,
            parse_float=number,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise BadJson(_too_deep(deepest)) from None
    except UnicodeError:
        message = "The body is not text in UTF-8."
        raise BadJson(message) from None
    except json.JSONDecodeError as error:
        message = f"The body is not JSON: {error.msg}, line {error.lineno}."
        raise BadJson(message) from None
    except BadJson:
        raise
    except ValueError:
        # A whole number of thousands of digits; Python's words are about Python.
        raise BadJson(BEYOND) from None
    _check(data, deepest)
    return data


def bounded(text: str) -> float:
    """A number that is one: 1e400 would become infinity, which no column and no answer holds.

    Raises:
        BadJson: it is beyond all numbers.
    """
    found = float(text)
    if math.isinf(found):
        raise BadJson(BEYOND)
    return found


def exact(text: str) -> Decimal:
    """A number just as it was written, within the same bounds.

    Raises:
        BadJson: it is beyond all numbers.
    """
    bounded(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        message = "The body holds a number that is finer than any that can be kept."
        raise BadJson(message) from None


def _too_deep(deepest: int) -> str:
    return f"The body is nested more than {deepest} deep."


def _refuse_constant(name: str) -> NoReturn:
    message = f"The body is not JSON: {name} is not a number."
    raise BadJson(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "The body gives a name twice in one object."
        raise BadJson(message)
    return found


def _check(data: Any, deepest: int) -> None:
    """Judge the depth, and that every text is text: half of a surrogate pair can be escaped."""
    level = [data]
    for _ in range(deepest):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                _check_text(value)
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, str):
                _check_text([value])
        if not inner:
            return
        level = inner
    raise BadJson(_too_deep(deepest))


def _check_text(texts: Any) -> None:
    try:
        for text in texts:
            text.encode()
    except UnicodeError:
        message = "The body is not text in UTF-8."
        raise BadJson(message) from None
