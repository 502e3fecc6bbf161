"""Patients: who somebody is."""

from collections.abc import Mapping

from cases.readings.fhir.datatypes import coded, day, reference
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.notebook import Unreadable
from cases.readings.people import record_number
from cases.readings.reading import Identifier, Kind, Reading

#: Names by how they are used, the one to call a person by first; former ones are none.
USES = ("official", "usual", "")
SEXES: Mapping[str, str] = {"female": "female", "male": "male", "other": "unspecified"}
NO_NAME = "Family name and given name are not told apart."
#: Links by which one record stands for another.
REPLACED, REPLACES = "replaced-by", "replaces"


def read(resource: Resource) -> None:
    """Write down who a Patient is, and which record it replaces or is replaced by."""
    root = resource.root
    identifiers = tuple(one for part in root.each("identifier") if (one := _identifier(part)))
    values = {
        "record_number": _record_number(identifiers, root),
        **_name(root),
        "birth_date": day(root.at("birthDate")),
        "sex": _sex(root),
    }
    known = {name: value for name, value in values.items() if value not in (None, "")}
    origin = resource.origin
    resource.notebook.say(Reading(Kind.PATIENT, known, origin, origin, identifiers=identifiers))
    if root.at("active").value is False:
        root.at("active").tell("This record is no longer in use.")
    for link in root.each("link"):
        _read_link(link, identifiers, resource)


def _identifier(part: Part) -> Identifier | None:
    part.at("use")
    kinds = coded(part.at("type"))
    value = part.text("value")
    if not value:
        part.tell("It has no value.")
        return None
    kind = next((code.code for code in kinds.codes), "")
    return Identifier(part.text("system"), value, kind)


def _record_number(identifiers: tuple[Identifier, ...], root: Part) -> str:
    try:
        return record_number(identifiers)
    except Unreadable as reason:
        root.at("identifier").tell(str(reason))
        return ""


def _name(root: Part) -> dict[str, str]:
    names = root.each("name")
    by_use = {name.text("use"): name for name in reversed(names)}
    chosen = next((by_use[use] for use in USES if use in by_use), None)
    for name in names:
        if name is not chosen:
            name.tell("Another name is taken.")
            name.at("given"), name.at("family"), name.at("text"), name.at("period")
    if chosen is None:
        return {}
    given = [part.value for part in chosen.each("given") if isinstance(part.value, str)]
    family = chosen.text("family")
    text = chosen.text("text")
    if text and not family and not given:
        chosen.at("text").tell(NO_NAME)
    return {"family_name": family, "given_name": " ".join(given).strip()}


def _sex(root: Part) -> str:
    gender = root.text("gender")
    if gender and gender != "unknown" and gender not in SEXES:
        root.at("gender").tell("This is not a code of administrative gender.")
    return SEXES.get(gender, "")


def _read_link(link: Part, identifiers: tuple[Identifier, ...], resource: Resource) -> None:
    """A record that replaces another one is a merge of two."""
    kind = link.text("type")
    other = link.at("other")
    given = other.at("identifier")
    named = reference(other)
    number = given.text("value")
    there = (Identifier(given.text("system"), number) if number else Identifier("", named),)
    if kind not in (REPLACED, REPLACES) or not named or not identifiers:
        link.tell("A link to another record of this person; it merges nothing.")
        return
    prior, surviving = (identifiers, there) if kind == REPLACED else (there, identifiers)
    values = {"prior": prior, "surviving": surviving}
    resource.notebook.say(Reading(Kind.MERGE, values, resource.origin, resource.origin))
