"""Medication that was taken, given or ordered."""

from typing import Any

from cases.readings.answer import Coded
from cases.readings.fhir import courses, orders
from cases.readings.fhir.datatypes import coded, day, period, reference
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said
from cases.readings.reading import Kind

NOTE_LETTERS = 500
#: Orders by which a treatment is still meant.
MEANT = frozenset({"draft", "active", "on-hold", ""})
NOT_SAID = "It was ordered, and whether it was given is not said."
NO_MEDICATION = "The medication that it refers to is not in the message."


def read_statement(resource: Resource) -> None:
    """Write down the treatment that a MedicationStatement or -Administration tells of."""
    root = resource.root
    root.at("category")
    if not is_said(resource):
        return
    medication = _medication(resource)
    named = resource.find_or_tell(medication, "treatment")
    if named is None:
        return
    start, end = _days(root)
    values = {
        **courses.course(resource, named.last, has_ended=end is not None),
        "start": start,
        "end": end,
        "agent": courses.agent(medication, root),
        "note": courses.fitting(_note(root), NOTE_LETTERS, root.at("note")),
    }
    if named.last in courses.RADIONUCLIDE and _dose(root):
        values["activity_gbq"] = courses.activity(root.at("dosage").at("dose"))
    resource.say(Kind.TREATMENT, values, on=start)


def read_request(resource: Resource) -> None:
    """Write down the treatment that a MedicationRequest proposes."""
    root = resource.root
    root.at("category"), root.at("intent")
    if not is_said(resource):
        return
    named = resource.find_or_tell(_medication(resource), "treatment")
    if named is None:
        return
    if root.text("status") not in MEANT:
        root.at("status").tell(NOT_SAID)
        return
    orders.propose(resource, named.last)


def _medication(resource: Resource) -> Coded:
    """The medication, also where it stands in a resource of its own."""
    root = resource.root
    if root.at("medicationCodeableConcept"):
        return coded(root.at("medicationCodeableConcept"))
    part = root.at("medicationReference")
    address = reference(part)
    other = resource.others.get(address)
    if other is None:
        if address:
            part.tell(NO_MEDICATION)
        return Coded(root.path)
    return coded(Part(other, address, resource.notebook).at("code"))


def _days(root: Part) -> tuple[Any, Any]:
    given = root.one_of("effectiveDateTime", "effectivePeriod")
    if given is None:
        return None, None
    return period(given) if given.path.endswith("Period") else (day(given), None)


def _note(root: Part) -> str:
    return " ".join(note.text("text") for note in root.each("note")).strip()


def _dose(root: Part) -> bool:
    """Whether an administration says how much was given."""
    dosage = root.at("dosage")
    return isinstance(dosage.value, dict) and bool(dosage.at("dose"))
