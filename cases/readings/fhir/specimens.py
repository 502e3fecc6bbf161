"""Specimens: what was taken from the tumor, when and where."""

from cases.readings.fhir.datatypes import coded, codes_in, day, period
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said
from cases.readings.reading import Kind
from cases.readings.specimens import INCOMPLETE, NEEDED, NUMBER_LETTERS, kind_of


def read(resource: Resource) -> None:
    """Write down a specimen; what pathology said of it stands in observations and reports."""
    root = resource.root
    if not is_said(resource):
        return
    collection = root.at("collection")
    given = collection.one_of("collectedDateTime", "collectedPeriod")
    taken = None
    if given is not None:
        taken = period(given)[0] if given.path.endswith("Period") else day(given)
    values = {
        "taken_on": taken,
        "kind": _kind(resource),
        "site": _site(resource),
        "report_number": _number(resource),
    }
    missing = [name for name in NEEDED if not values[name]]
    if missing:
        resource.root.tell(INCOMPLETE.format(", ".join(NEEDED[name] for name in missing)))
    if values["kind"] or values["site"]:
        # What a row needs and the message lacks, a person adds: until then it is a part.
        belongs_to = resource.origin if missing else ""
        resource.say(Kind.SPECIMEN, values, on=taken, belongs_to=belongs_to)


def _kind(resource: Resource) -> str:
    root = resource.root
    method, type_ = root.at("collection").at("method"), root.at("type")
    given = codes_in([part for part in (method, type_) if part], type_.path)
    kind = kind_of(given, local=resource.local)
    if not kind:
        resource.tell_codes(given)
    return kind


def _site(resource: Resource) -> str:
    part = resource.root.at("collection").at("bodySite")
    if not part:
        return ""
    named = resource.find_or_tell(coded(part), "site")
    return named.last if named is not None else ""


def _number(resource: Resource) -> str:
    """The number under which the laboratory keeps it."""
    part = resource.root.at("accessionIdentifier")
    number = part.text("value")
    part.at("system"), part.at("type"), part.at("use")
    if len(number) > NUMBER_LETTERS:
        part.tell(f"It has more than {NUMBER_LETTERS} letters.")
        return ""
    return number
