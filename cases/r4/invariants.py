"""The rules of R4 between elements that matter to who reads a resource; not all there are.

Those that keep a reader from being misled: a value beside a reason for its absence, a period that
ends before it begins, a reference to something inside that is not there.
"""

from collections.abc import Callable, Iterator
from typing import Any

from cases.r4.issue import Code, Issue

Rule = tuple[str, Callable[[dict[str, Any]], bool], str]


def broken(type_: str, value: dict[str, Any], path: str) -> Iterator[Issue]:
    """The rules of a type that `value` breaks, each by its key in R4."""
    for key, holds, words in RULES.get(type_, ()):
        try:
            fine = holds(value)
        except (AttributeError, TypeError):
            continue  # The structure is wrong, which is told.
        if not fine:
            yield Issue(Code.INVARIANT, f"{words} ({key})", (path,))
    if isinstance(value.get("contained"), list):
        yield from _contained(value, path)


def _has_value(value: dict[str, Any]) -> bool:
    return any(name.lstrip("_").startswith("value") for name in value)


def _in_order(period: dict[str, Any]) -> bool:
    """Compared as far as both say; times in different zones are left alone."""
    start, end = period.get("start"), period.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return True
    shorter = min(len(start), len(end), len("2026-11-21"))
    return start[:shorter] <= end[:shorter]


def _codes_of(concept: Any) -> set[str]:
    return {each["code"] for each in (concept or {}).get("coding", []) if "code" in each}


def _is_abated(condition: dict[str, Any]) -> bool:
    return any(name.lstrip("_").startswith("abatement") for name in condition)


OVER = frozenset({"inactive", "resolved", "remission"})
ERROR = "entered-in-error"

RULES: dict[str, tuple[Rule, ...]] = {
    "Extension": (
        (
            "ext-1",
            lambda v: _has_value(v) != ("extension" in v),
            "An extension has either a value or extensions.",
        ),
    ),
    "Period": (("per-1", _in_order, "A period ends after it begins."),),
    "Quantity": (
        ("qty-3", lambda v: "code" not in v or "system" in v, "A coded unit names its system."),
    ),
    "Attachment": (
        (
            "att-1",
            lambda v: "data" not in v or "contentType" in v,
            "An attachment with data names its media type.",
        ),
    ),
    "Observation": (
        (
            "obs-6",
            lambda v: "dataAbsentReason" not in v or not _has_value(v),
            "A value and a reason for its absence exclude each other.",
        ),
    ),
    "Observation.component": (
        (
            "obs-6",
            lambda v: "dataAbsentReason" not in v or not _has_value(v),
            "A value and a reason for its absence exclude each other.",
        ),
    ),
    "Observation.referenceRange": (
        (
            "obs-3",
            lambda v: bool({"low", "high", "text"} & set(v)),
            "A reference range has a low, a high or a text.",
        ),
    ),
    "Condition": (
        (
            "con-4",
            lambda v: (
                not _is_abated(v)
                or "clinicalStatus" not in v
                or bool(_codes_of(v["clinicalStatus"]) & OVER)
            ),
            "What is abated is inactive, resolved or in remission.",
        ),
        (
            "con-5",
            lambda v: (
                "clinicalStatus" not in v or ERROR not in _codes_of(v.get("verificationStatus"))
            ),
            "What was entered in error has no clinical status.",
        ),
    ),
    "Patient.contact": (
        (
            "pat-1",
            lambda v: bool({"name", "telecom", "address", "organization"} & set(v)),
            "A contact has a name, an address or an organization.",
        ),
    ),
}


def _contained(resource: dict[str, Any], path: str) -> Iterator[Issue]:
    """dom-2, dom-4, and that what is referred to inside is there."""
    inside = [each for each in resource["contained"] if isinstance(each, dict)]
    for number, each in enumerate(resource["contained"]):
        if not isinstance(each, dict):
            continue
        where = f"{path}.contained[{number}]"
        if "contained" in each:
            reason = "A contained resource contains no other (dom-2)."
            yield Issue(Code.INVARIANT, reason, (where,))
        meta = each.get("meta")
        if isinstance(meta, dict) and {"versionId", "lastUpdated"} & set(meta):
            reason = "A contained resource has no version (dom-4)."
            yield Issue(Code.INVARIANT, reason, (where,))
    ids = {each.get("id") for each in inside}
    for said in sorted(_referred(resource)):
        if said not in ids:
            reason = "A reference leads to a contained resource that is not there (ref-1)."
            yield Issue(Code.INVARIANT, reason, (path,))
            break


def _referred(value: Any) -> set[str]:
    """The ids of contained resources that are referred to; "#" alone is the whole itself."""
    if isinstance(value, list):
        return {each for inner in value for each in _referred(inner)}
    if not isinstance(value, dict):
        return set()
    found = {each for inner in value.values() for each in _referred(inner)}
    said = value.get("reference")
    if isinstance(said, str) and said.startswith("#") and len(said) > 1:
        found.add(said[1:])
    return found
