"""Strings and addresses: how texts are compared."""

import re
from collections.abc import Iterator
from typing import Any

from cases.models.search_key import search_key

#: The parts of a HumanName and of an Address that a string parameter looks into.
PARTS = (
    "family", "given", "prefix", "suffix", "text",
    "line", "city", "district", "state", "postalCode", "country",
)  # fmt: skip


ESCAPED = re.compile(r"\\([\\,$|])")
#: What stands between values any of which will do.
COMMA = re.compile(r"(?<!\\),")


def values_of(text: str) -> list[str]:
    """The values of one parameter, escapes still in them."""
    return COMMA.split(text)


def unescaped(text: str) -> str:
    """A value as it was meant: a comma, a bar, a dollar sign may stand behind a backslash."""
    return ESCAPED.sub(r"\1", text)


def matches_string(value: Any, wanted: str, modifier: str) -> bool:
    """Whether any text in `value` begins so, holds it (`contains`), or is just it (`exact`)."""
    for text in _texts(value):
        if modifier == "exact":
            if text == wanted:
                return True
        elif modifier == "contains":
            if search_key(wanted) in search_key(text):
                return True
        elif search_key(text).startswith(search_key(wanted)):
            return True
    return False


def matches_uri(value: Any, wanted: str, modifier: str) -> bool:
    """Whether `value` is the address, stands under it (`below`), or over it (`above`)."""
    if not isinstance(value, str):
        return False
    # A canonical address may name a version behind a bar; who asks without one means any.
    plain = value if "|" in wanted else value.partition("|")[0]
    if modifier == "below":
        return plain == wanted or plain.startswith(wanted.rstrip("/") + "/")
    if modifier == "above":
        return plain == wanted or wanted.startswith(plain.rstrip("/") + "/")
    return plain == wanted


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in PARTS:
            inner = value.get(name)
            yield from _texts(inner) if isinstance(inner, str) else ()
            if isinstance(inner, list):
                yield from (each for each in inner if isinstance(each, str))
