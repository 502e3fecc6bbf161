"""References: by id, by type and id, by address, or by what the other side calls it."""

import re
from typing import Any, NamedTuple

from cases.fhir.search.strings import unescaped
from cases.fhir.search.tokens import Token, matches_token

FORM = re.compile(r"\A(?:(?P<type>[A-Z][A-Za-z]+)/)?(?P<id>[A-Za-z0-9.-]{1,64})\Z")
#: The end of the address of a resource, here or elsewhere; a version may stand behind.
END = re.compile(r"(?:\A|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?\Z")


class Target(NamedTuple):
    """What is referred to: a resource here, of any type where that is empty, or an address."""

    type: str
    id: str
    address: str = ""


def read_target(text: str, *, base: str, type_wanted: str = "") -> Target:
    """`id`, `Type/id`, or an address.

    Args:
        base: this server's own address, under which an address means a resource of ours.
        type_wanted: the type that a modifier names.

    Raises:
        ValueError: it is none of these.
    """
    plain = unescaped(text)
    if plain.startswith(f"{base}/"):
        plain = plain.removeprefix(f"{base}/")
    if (found := FORM.match(plain)) is not None:
        named = found["type"] or ""
        if type_wanted and named not in ("", type_wanted):
            message = f"This is no {type_wanted}."
            raise ValueError(message)
        return Target(named or type_wanted, found["id"])
    if ":" in plain and plain.isprintable():
        return Target("", "", plain)
    message = "Give an id, Type/id, or an address."
    raise ValueError(message)


def matches_target(value: Any, wanted: Target, *, base: str) -> bool:
    """Whether a Reference, or a canonical address, leads there."""
    said = value.get("reference") if isinstance(value, dict) else value
    if not isinstance(said, str):
        return False
    if wanted.address:
        return said == wanted.address or said.partition("|")[0] == wanted.address
    found = local(said, base=base)
    return found is not None and found[1] == wanted.id and wanted.type in ("", found[0])


def matches_identifier(value: Any, wanted: Token) -> bool:
    """`:identifier`: whether a Reference names its target by this identifier."""
    return isinstance(value, dict) and matches_token(value.get("identifier"), wanted)


def local(said: str, *, base: str) -> tuple[str, str] | None:
    """Type and id of a resource of this server that a reference leads to; None for any other."""
    if ":" in said and not said.startswith(f"{base}/"):
        return None
    found = END.search(said)
    return (found[1], found[2]) if found else None
