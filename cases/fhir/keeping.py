"""What goes out of a resource that came in: as it came, as far as the row still says so.

Plain Python. A resource has three sides: the document as it came in, what its row said right after
the write, and what the row says now. Element by element, at the top level: what the row says alike
goes out as it came, with its extensions, further codings and texts; what it says otherwise by now
is the row's; what the row has no word for is the document's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cases.r4.structures import definitions

Json = dict[str, Any]
#: What the server alone says of every resource.
OURS = ("id", "meta", "resourceType")
#: In words what the elements say: outdated as soon as one of them is.
NARRATIVE = "text"
#: What `meta` says that is the server's.
OF_VERSION = ("versionId", "lastUpdated")


def merged(now: Mapping[str, Any], *, said: Mapping[str, Any], document: Mapping[str, Any]) -> Json:
    """The resource to send.

    Args:
        now: what the row says now.
        said: what it said right after the document was written.
        document: as it came in; all three without regard to `id`.

    Returns:
        The resource, with what the document's `meta` says and is not the server's to say.
    """
    type_ = now.get("resourceType") or document["resourceType"]
    today, then, came = (_grouped(type_, each) for each in (now, said, document))
    found: Json = {"resourceType": type_}
    is_outdated = any(
        today.get(group) != then.get(group) for group in {**today, **then} if group != NARRATIVE
    )
    for group in {**came, **today}:
        is_alike = today.get(group) == then.get(group)
        found |= came[group] if group in came and is_alike else today.get(group, {})
    if is_outdated and NARRATIVE in came and NARRATIVE not in today:
        found.pop(NARRATIVE, None)
        found.pop(f"_{NARRATIVE}", None)
    meta = _meta(now.get("meta"), document.get("meta"))
    return {**found, "meta": meta} if meta else found


def bare(resource: Mapping[str, Any]) -> Json:
    """A resource without what the server says of it: what a document on its own goes out as."""
    found = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    meta = _meta(None, resource.get("meta"))
    return {**found, "meta": meta} if meta else found


def _grouped(type_: str, resource: Mapping[str, Any]) -> dict[str, Json]:
    """Elements by the name that they share: a choice's, and a primitive's with its extensions."""
    elements = definitions().structures[type_].elements
    found: dict[str, Json] = {}
    for name, value in _said(resource):
        plain = name.removeprefix("_")
        element = elements.get(plain)
        group = element.choice or plain if element else plain
        found.setdefault(group, {})[name] = value
    return found


def _said(resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in resource.items() if name not in OURS)


def _meta(ours: Any, came: Any) -> Json:
    """Profiles, labels and tags of both; of the version only the server speaks."""
    found: Json = {}
    for meta in (came or {}, ours or {}):
        for name, value in meta.items():
            if name in OF_VERSION:
                continue
            if isinstance(value, list):
                there = found.setdefault(name, [])
                there += [each for each in value if each not in there]
            else:
                found.setdefault(name, value)
    return found
