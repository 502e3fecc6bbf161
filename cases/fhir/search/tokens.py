"""Tokens: a code with or without its system."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cases.fhir.search.strings import unescaped
from cases.models.search_key import search_key

#: What stands between system and code: a bar without a backslash before it.
BAR = re.compile(r"(?<!\\)\|")
#: What the system of a ContactPoint may be: a kind, not an address.
CONTACTS = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})


class Token(NamedTuple):
    """What is asked for. A system of None is any, an empty one none; an empty code is any."""

    system: str | None
    code: str


def read_token(text: str) -> Token:
    """`code`, `system|code`, `|code` or `system|`, with bars that are escaped as text.

    Raises:
        ValueError: neither a system nor a code.
    """
    parts = [unescaped(part) for part in BAR.split(text, maxsplit=1)]
    if not any(parts):
        message = "Give a code, or system|code."
        raise ValueError(message)
    return Token(None, parts[0]) if len(parts) == 1 else Token(*parts)


def matches_token(value: Any, wanted: Token) -> bool:
    """Whether any coding in `value` is the one that is asked for; case does not count."""
    return any(
        (wanted.system is None or system is None or system == wanted.system)
        and (not wanted.code or code.casefold() == wanted.code.casefold())
        for system, code in _codings(value)
    )


def matches_text(value: Any, wanted: str) -> bool:
    """`:text`: whether the words of the code begin so."""
    return any(search_key(words).startswith(search_key(wanted)) for words in _words(value))


def _codings(value: Any) -> Iterator[tuple[str | None, str]]:
    """System and code of all that a token may look at: codes, codings, identifiers, contacts.

    A system of None is one that the element's definition names and the resource does not.
    """
    if isinstance(value, bool):
        yield None, "true" if value else "false"
    elif isinstance(value, str):
        yield None, value
    elif isinstance(value, dict):
        if isinstance(value.get("coding"), list):
            for inner in value["coding"]:
                yield from _codings(inner)
        elif "code" in value:
            yield str(value.get("system", "")), str(value["code"])
        elif "value" in value:
            system = str(value.get("system", ""))
            yield None if system in CONTACTS else system, str(value["value"])


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in ("text", "display"):
            if isinstance(value.get(name), str):
                yield value[name]
        for inner in value.get("coding", ()) if isinstance(value.get("coding"), list) else ():
            yield from _words(inner)
        kind = value.get("type")
        if isinstance(kind, dict) and isinstance(kind.get("text"), str):
            yield kind["text"]
