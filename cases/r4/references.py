"""What a Reference says: a resource here, one inside, one of another system."""

import re
from typing import NamedTuple

ID = r"[A-Za-z0-9.-]{1,64}"
LOCAL = re.compile(rf"(?P<type>[A-Z][A-Za-z]+)/(?P<id>{ID})(/_history/(?P<version>{ID}))?")
REMOTE = re.compile(
    rf"(?P<base>https?://[^\s?#]+)/(?P<type>[A-Z][A-Za-z]+)/(?P<id>{ID})(/_history/(?P<version>{ID}))?"
)
CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<criteria>\S+)")
INSIDE = re.compile(rf"#({ID})?")
OTHER = re.compile(r"(https?://|urn:uuid:|urn:oid:)\S+")


class Target(NamedTuple):
    """What a reference of the form Type/id leads to; `base` is empty where that is here."""

    type: str
    id: str
    version: str = ""
    base: str = ""


def target(reference: str) -> Target | None:
    """What a reference leads to; None where it has no such form."""
    found = LOCAL.fullmatch(reference) or REMOTE.fullmatch(reference)
    if found is None:
        return None
    said = found.groupdict()
    return Target(said["type"], said["id"], said["version"] or "", said.get("base") or "")


def condition(reference: str) -> tuple[str, str] | None:
    """Type and criteria of a reference by a search, as transactions may have; else None."""
    found = CONDITIONAL.fullmatch(reference)
    return (found["type"], found["criteria"]) if found else None


def is_formed(reference: str) -> bool:
    """Whether a text has one of the forms of a reference."""
    forms = (LOCAL, INSIDE, OTHER, CONDITIONAL)
    return any(form.fullmatch(reference) for form in forms)
