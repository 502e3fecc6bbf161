"""Whom and which case a resource is about."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from cases.models import Case, Patient
from cases.models.patient_token import record_token
from cases.r4.references import target

#: The element that says whom a resource is about, in this order.
SUBJECTS = ("subject", "patient")
#: More references to conditions than any resource has say nothing.
MOST = 50


class Belonging(NamedTuple):
    """The patient and the case; None where nobody here, or none that is told."""

    patient: Patient | None
    case: Case | None


def belonging_of(resource: Mapping[str, Any]) -> Belonging:
    """Whom and what a resource is about, by references to what is here.

    The case is the one whose Condition it names; where it names none, the patient's only one.

    Args:
        resource: with references that name our server in the form Type/id.
    """
    if resource["resourceType"] == "Patient":
        return Belonging(None, None)
    patient = _patient(resource)
    if patient is None:
        return Belonging(None, None)
    named = {key for type_, key in _named(resource) if type_ == "Condition"}
    cases = Case.objects.filter(patient=patient).select_related("patient").order_by("pk")
    mine = list(cases.filter(pk__in=list(named)[:MOST])) if named else []
    if not mine:
        mine = list(cases[:2])
    return Belonging(patient, mine[0] if len(mine) == 1 else None)


def _patient(resource: Mapping[str, Any]) -> Patient | None:
    for name in SUBJECTS:
        said = resource.get(name)
        if not isinstance(said, dict):
            continue
        key = key_of(said.get("reference", ""), "Patient")
        if key is not None:
            return Patient.objects.filter(pk=key).first()
        value = (said.get("identifier") or {}).get("value")
        if value and "reference" not in said:
            return Patient.objects.filter(record_blind=record_token(value)).first()
    return None


def key_of(reference: str, type_: str) -> UUID | None:
    """The row of this server that a reference names; None where it names none of the type."""
    found = target(reference)
    if found is None or found.base or found.type != type_:
        return None
    try:
        return UUID(found.id)
    except ValueError:
        return None


def _named(value: Any) -> Iterator[tuple[str, UUID]]:
    """The rows that references anywhere in it name."""
    if isinstance(value, list):
        for inner in value:
            yield from _named(inner)
    elif isinstance(value, dict):
        said = value.get("reference")
        if isinstance(said, str) and (found := target(said)):
            key = key_of(said, found.type)
            if key:
                yield found.type, key
        for inner in value.values():
            yield from _named(inner)
