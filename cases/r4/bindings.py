"""Whether codes are of the value sets to which R4 binds them (strength `required`)."""

from collections.abc import Mapping
from typing import Any

from cases.r4.structures import definitions


def fault(value_set: str, type_: str, value: Any) -> str:
    """Why the code, Coding or CodeableConcept is not of the value set; empty where it is.

    A concept needs one coding of the set; others may stand beside it.
    """
    systems = definitions().codes[value_set]
    if type_ == "code":
        is_of_it = any(value in listed for listed in systems.values())
    elif type_ == "Coding":
        is_of_it = _has(systems, value)
    else:
        codings = value.get("coding") if isinstance(value, dict) else None
        is_of_it = isinstance(codings, list) and any(_has(systems, each) for each in codings)
    return "" if is_of_it else f"R4 wants a code of {value_set} here{_examples(systems)}."


def _has(systems: Mapping[str, frozenset[str]], coding: Any) -> bool:
    if not isinstance(coding, dict):
        return False
    system, code = coding.get("system"), coding.get("code")
    return isinstance(code, str) and isinstance(system, str) and code in systems.get(system, ())


def _examples(systems: Mapping[str, frozenset[str]]) -> str:
    listed = sorted(code for codes in systems.values() for code in codes)
    return f": {', '.join(listed)}" if len(listed) <= 12 else ""
