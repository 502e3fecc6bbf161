"""How large what comes of a patch may be: no larger, and no deeper, than what is sent whole.

A few bytes of a JSON Patch copy a long text a hundred times, and a list into itself. Copies share
their texts, so this looks before anybody writes them out.
"""

from collections.abc import Iterable
from typing import Any

from cases.fhir.formats import DEEPEST, LONGEST
from cases.fhir.outcome import Unprocessable
from cases.r4.issue import Code

TOO_LONG = f"What comes of the patch is longer than {LONGEST:,} bytes."
TOO_DEEP = f"What comes of the patch is nested more than {DEEPEST} deep."


def check_bounds(resource: Any) -> None:
    """Refuse what nobody could have sent whole.

    Raises:
        Unprocessable: it is longer than a body may be, or nested deeper.
    """
    level, length = [resource], 0
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            for text in _texts(value):
                length += len(text.encode())
                if length > LONGEST:
                    raise Unprocessable(TOO_LONG, code=Code.TOO_LONG)
            inner.extend(_parts(value))
        if not inner:
            return
        level = inner
    raise too_deep()


def too_deep() -> Unprocessable:
    """What is said of a resource that is nested deeper than a body may be."""
    return Unprocessable(TOO_DEEP, code=Code.STRUCTURE)


def _texts(value: Any) -> Iterable[str]:
    """What a value itself takes of the length: its names, or what it says."""
    if isinstance(value, dict):
        return value
    return () if isinstance(value, list) else (str(value),)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
