"""What a study showed, as RECIST or a status of the disease says it."""

from collections.abc import Mapping

from cases.readings.answer import Coded
from cases.readings.naming import find
from cases.terminology.codes import LocalCodes

PLACES = ("fact/study_outcome", "target_response", "response")
#: What the categories of RECIST are as outcomes of a study (fact 101).
BY_RESPONSE: Mapping[str, str] = {
    "CR": "response",
    "PR": "response",
    "SD": "stable",
    "PD": "progression",
}


def outcome_of(coded: Coded, *, local: LocalCodes) -> str:
    """The outcome of a study that codes name; empty where none does."""
    named = find(coded, *PLACES, local=local)
    if named is None:
        return ""
    return named.last if named.kind == "fact" else BY_RESPONSE.get(named.last, "")
