"""FHIR's data types as what they say: codes, numbers, days, references."""

import datetime

from cases.readings.amounts import COMPARATORS, in_words
from cases.readings.answer import Amount, Answer, Code, Coded, Day, Share, Span, Truth
from cases.readings.days import day_of
from cases.readings.fhir.part import Part
from cases.readings.notebook import Unreadable
from cases.readings.numbers import number_of
from cases.readings.units import named

#: The kinds of value that an observation may have.
VALUES = (
    "valueQuantity",
    "valueCodeableConcept",
    "valueString",
    "valueBoolean",
    "valueInteger",
    "valueRange",
    "valueRatio",
    "valueSampledData",
    "valueTime",
    "valueDateTime",
    "valuePeriod",
)


def coded(part: Part) -> Coded:
    """A CodeableConcept."""
    codes = tuple(coding(one) for one in part.each("coding"))
    return Coded(part.path, tuple(code for code in codes if code.code), part.text("text"))


def coding(part: Part) -> Code:
    """A Coding; its version and whether a person chose it say nothing more."""
    part.at("version"), part.at("userSelected")
    return Code(part.path, part.text("system"), part.text("code"), part.text("display"))


def codes_in(parts: list[Part], path: str) -> Coded:
    """Several CodeableConcepts as one, where any of them may say it."""
    each = [coded(part) for part in parts]
    text = next((one.text for one in each if one.text), "")
    return Coded(path, tuple(code for one in each for code in one.codes), text)


def amount(part: Part) -> Amount | None:
    """A Quantity; None where it is none, which is told."""
    given = part.at("value")
    if not given:
        part.tell("It has no number.")
        return None
    comparator = part.text("comparator")
    if comparator and comparator not in COMPARATORS:
        part.at("comparator").tell("This comparator is not known.")
        return None
    try:
        unit = named(part.text("unit"), code=part.text("code"), system=part.text("system"))
        return Amount(part.path, number_of(given.value), unit, comparator)
    except Unreadable as reason:
        part.tell(str(reason))
        return None


def day(part: Part | None) -> datetime.date | None:
    """A date, dateTime or instant as a day; None where it is none, which is told."""
    if part is None or not part:
        return None
    if not isinstance(part.value, str):
        part.tell("This must be a date.")
        return None
    try:
        return day_of(part.value)
    except Unreadable as reason:
        part.tell(str(reason))
        return None


def period(part: Part) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day of a Period."""
    return day(part.at("start")), day(part.at("end"))


def reference(part: Part) -> str:
    """Whom or what a Reference names: its address, else its identifier; empty where neither."""
    address = part.text("reference")
    part.at("type"), part.at("display")
    if address:
        part.at("identifier")
        return address
    given = part.at("identifier")
    system, value = given.text("system"), given.text("value")
    return f"{system}|{value}" if value else ""


def reference_to(parts: list[Part], *types: str) -> str:
    """The first reference to a resource of these types; empty where there is none."""
    for part in parts:
        address = reference(part)
        kind = part.text("type") or address.rpartition("/")[0].rpartition("/")[2]
        if address and kind in types:
            return address
    return ""


def value(part: Part) -> Answer | None:
    """What stands in the `value[x]` of an observation or a component; None where nothing does.

    A value that cannot be read is told.
    """
    given = part.one_of(*VALUES)
    if given is None:
        return None
    kind = given.path.rpartition(".value")[2]
    if kind == "Quantity":
        return amount(given)
    if kind == "CodeableConcept":
        return coded(given)
    if kind == "Ratio":
        return _share(given)
    if kind == "Range":
        given.at("low"), given.at("high")
        return Span(given.path)
    return _primitive(given, kind)


def _share(part: Part) -> Share | None:
    one, other = amount(part.at("numerator")), amount(part.at("denominator"))
    return Share(part.path, one, other) if one and other else None


def _primitive(part: Part, kind: str) -> Answer | None:
    if kind == "Boolean" and isinstance(part.value, bool):
        return Truth(part.path, part.value)
    if kind == "String" and isinstance(part.value, str):
        return in_words(part.path, part.value)
    if kind == "DateTime":
        known = day(part)
        return Day(part.path, known) if known else None
    if kind == "Integer":
        try:
            return Amount(part.path, number_of(part.value))
        except Unreadable as reason:
            part.tell(str(reason))
            return None
    part.tell("A value of this kind is not read here.")
    return None
