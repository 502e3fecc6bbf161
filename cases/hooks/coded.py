"""Codes in what an EHR sends, whatever else stands there."""

from collections.abc import Iterable, Iterator
from typing import Any

from cases.readings.profile_codes import concept_of
from cases.terminology.codes import LocalCodes


def codings(concept: Any) -> list[dict[str, Any]]:
    """The codings of a CodeableConcept, or of a list of them; none of what is neither."""
    each = concept if isinstance(concept, list) else [concept]
    return [
        coding
        for one in each
        if isinstance(one, dict) and isinstance(one.get("coding"), list)
        for coding in one["coding"]
        if isinstance(coding, dict)
    ]


def concepts(
    given: Iterable[dict[str, Any]], *, local: LocalCodes, within: str = ""
) -> Iterator[str]:
    """What these codings stand for here; what stands for nothing is passed over."""
    for coding in given:
        system, code = str(coding.get("system", "")), str(coding.get("code", ""))
        found = concept_of(system, code, within=within, local=local)
        if found is not None:
            yield found
