"""Procedures: operations, treatments, and examinations that were done."""

from typing import Any

from cases.readings.fhir import courses
from cases.readings.fhir.datatypes import coded, day, period
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said
from cases.readings.naming import OTHER_MEANING, Named
from cases.readings.profile_codes import is_own
from cases.readings.reading import Kind
from cases.readings.studies import examination

PLACES = ("operation", "treatment", "procedure", "fact/study_modality")
NOTE_LETTERS = 300
NO_DAY = "The day of the study is not given, so no study is entered."


def read(resource: Resource) -> None:
    """Write down the operation, treatment or study that a Procedure is."""
    root = resource.root
    root.at("category")
    if not is_said(resource):
        return
    about = coded(root.at("code"))
    named = resource.find_or_tell(about, *PLACES)
    if named is None:
        return
    start, end = _days(resource)
    if named.kind == "operation":
        values: dict[str, Any] = {
            "kind": named.last,
            "done_on": start,
            "removed_on": _removed(root),
            "note": _note(resource),
        }
        resource.say(Kind.PROCEDURE, values, on=start)
    elif named.kind == "treatment":
        values = {
            **courses.course(resource, named.last, has_ended=end is not None),
            "start": start,
            "end": end,
            "agent": courses.agent(about, root.at("code")) if _is_named_by_us(named) else "",
            "target": courses.target(root),
            "margin": _margin(resource, named.last),
            "note": _note(resource),
        }
        resource.say(Kind.TREATMENT, values, on=start)
    else:
        known = examination(about, local=resource.local)
        if not known:
            resource.notebook.tell_code(named.code, OTHER_MEANING)
        elif start is None:
            root.tell(NO_DAY)
        else:
            resource.say(Kind.STUDY, {**known, "performed_on": start}, on=start)


def _is_named_by_us(named: Named) -> bool:
    """Whether our own code says which treatment it is: its words then name the agent."""
    return is_own(named.code.system)


def _margin(resource: Resource, kind: str) -> str:
    """What was left after a resection."""
    part = resource.root.at("outcome")
    if not part:
        return ""
    named = resource.find_or_tell(coded(part), "margin")
    if named is None or kind not in courses.SURGICAL:
        return ""
    return named.last


def _removed(root: Part) -> Any:
    extension = root.own_extension("removed-on")
    return day(extension.at("valueDate")) if extension is not None else None


def _days(resource: Resource) -> tuple[Any, Any]:
    given = resource.root.one_of("performedDateTime", "performedPeriod")
    if given is None:
        return None, None
    return period(given) if given.path.endswith("Period") else (day(given), None)


def _note(resource: Resource) -> str:
    notes = " ".join(note.text("text") for note in resource.root.each("note")).strip()
    if len(notes) > NOTE_LETTERS:
        resource.root.at("note").tell(f"The note has more than {NOTE_LETTERS} letters.")
        return ""
    return notes
