"""Codes, amounts and what is absent, as the clinical resources write them.

A concept of ours is a path, `fact/pathologist_grade/G2`: its first part names our code system
(`cases.fhir.vocabulary.address_of`), the rest is the code in it. The codes of the standards come
from `cases.terminology` alone and stand before ours, so a reader without our codes meets a standard
one first, and nothing that a row says is lost where a standard has none.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cases.fhir.resources.record_codes import RecordCode
from cases.fhir.vocabulary import address_of
from cases.terminology import codes, ucum
from cases.terminology.codes import Coding

UCUM = "http://unitsofmeasure.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SNOMED = "http://snomed.info/sct"

Json = dict[str, Any]


def own(path: str, words: str) -> Json:
    """The code of one of our own concepts."""
    kind, _, code = path.partition("/")
    return {"system": address_of(kind), "code": code, "display": words}


def concept(
    path: str,
    words: str,
    *,
    unit: str = "",
    fits: Callable[[Coding], bool] = lambda coding: True,
    first: Json | None = None,
    text: str = "",
) -> Json:
    """A CodeableConcept of one of our concepts.

    Args:
        unit: of a laboratory value, as we write it; its LOINC code must fit it.
        fits: which of the standards' codes may stand at this place; a procedure is no medication.
        first: a code that a profile fixes.
        text: what was said in words; the words of the concept where nothing was.
    """
    standard = [each for each in codes.codings_of(path, unit=unit) if fits(each)]
    given = [first] if first else []
    rest = [
        each._asdict()
        for each in standard
        if not any(each.system == one["system"] and each.code == one["code"] for one in given)
    ]
    return {"coding": [*given, *rest, own(path, words)], "text": text or words}


def recorded(code: RecordCode) -> Json:
    """A CodeableConcept of what only our rows have a word for."""
    return concept(code.path, str(code.label))


def quantity(value: Any, unit: str, *, comparator: str = "") -> Json:
    """An amount; the unit's UCUM code where we know one, else its words alone."""
    code = ucum.code_of(unit) if unit else None
    found: Json = {"value": number(value)}
    if comparator:
        found["comparator"] = comparator
    if unit:
        found["unit"] = unit
    if code:
        found |= {"system": UCUM, "code": code}
    return found


def number(value: Any) -> Decimal | int:
    """A number without the zeros that the width of a column adds: 345.0000 is 345."""
    if isinstance(value, int):
        return value
    plain = Decimal(str(value))
    return int(plain) if plain == plain.to_integral_value() else plain.normalize()


def absent(why: str) -> Json:
    """Why a value is not there, as `dataAbsentReason` has it: "unknown", "asked-unknown"."""
    return {"coding": [{"system": ABSENT, "code": why}]}


def unknown_element() -> Json:
    """What stands for an element that must be there and that nobody knows."""
    return {"extension": [{"url": ABSENT_EXTENSION, "valueCode": "unknown"}]}


def is_procedure(coding: Coding) -> bool:
    """Whether a code is one of something done, by the name that its system gives it."""
    return coding.display.endswith("(procedure)")


def category(system: str, code: str) -> Json:
    """A CodeableConcept of one code of HL7's."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}
