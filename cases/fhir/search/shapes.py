"""Parts of resources: `_summary` and `_elements`."""

from typing import Any

from cases.fhir.search.definitions import outlines

Json = dict[str, Any]
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}
ALWAYS = frozenset({"resourceType", "id", "meta"})
TEXT = "text"


def shaped(resource: Json, *, summary: str = "", elements: tuple[str, ...] = ()) -> Json:
    """A resource, or a part of it that is marked as one.

    Args:
        summary: as `_summary` says; empty for the whole.
        elements: as `_elements` names them; what must be there is there too.
    """
    outline = outlines().get(resource["resourceType"])
    if outline is None or (summary in ("", "false") and not elements):
        return resource
    if summary == "data":
        return _part(resource, {_plain(name) for name in resource} - {TEXT})
    wanted = set(outline.required)
    if summary == "true":
        wanted |= outline.summary
    elif summary == "text":
        wanted |= {TEXT}
    wanted |= set(elements)
    return _part(resource, wanted)


def _part(resource: Json, wanted: set[str]) -> Json:
    choices = [name.removesuffix("[x]") for name in wanted if name.endswith("[x]")]
    part = {
        name: value
        for name, value in resource.items()
        if _plain(name) in ALWAYS
        or _plain(name) in wanted
        or any(_is_choice(_plain(name), choice) for choice in choices)
    }
    meta = dict(part.get("meta", {}))
    meta["tag"] = [*meta.get("tag", ()), SUBSETTED]
    return {**part, "meta": meta}


def _plain(name: str) -> str:
    """The element that `_birthDate` extends."""
    return name.removeprefix("_")


def _is_choice(name: str, choice: str) -> bool:
    return name.startswith(choice) and name[len(choice) : len(choice) + 1].isupper()
