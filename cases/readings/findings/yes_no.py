"""Yes and no, positive and negative, present and absent, in codes and words."""

from collections.abc import Mapping

from cases.readings.answer import Answer, Coded, Truth, Words
from cases.terminology import codes

_SCT = "http://snomed.info/sct"
_LOINC = "http://loinc.org"
_V2_YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

#: As hl7.fhir.r4.examples 4.0.1 and hl7.fhir.us.mcode 4.0.0 have them.
CODES: Mapping[tuple[str, str], bool] = {
    (_SCT, "373066001"): True,
    (_SCT, "373067005"): False,
    (_SCT, "10828004"): True,
    (_SCT, "260385009"): False,
    (_SCT, "52101004"): True,
    (_SCT, "2667000"): False,
    (_LOINC, "LA33-6"): True,
    (_LOINC, "LA32-8"): False,
    (_LOINC, "LA6576-8"): True,
    (_LOINC, "LA6577-6"): False,
    (_LOINC, "LA9633-4"): True,
    (_LOINC, "LA9634-2"): False,
    (_V2_YES_NO, "Y"): True,
    (_V2_YES_NO, "N"): False,
    ("HL70136", "Y"): True,
    ("HL70136", "N"): False,
    (_INTERPRETATION, "POS"): True,
    (_INTERPRETATION, "NEG"): False,
}
WORDS: Mapping[str, bool] = {
    "yes": True,
    "true": True,
    "positive": True,
    "present": True,
    "no": False,
    "false": False,
    "negative": False,
    "absent": False,
}


def truth_of(answer: Answer | None) -> bool | None:
    """Whether it is affirmed or denied; None where it is neither."""
    if isinstance(answer, Truth):
        return answer.holds
    if isinstance(answer, Words):
        return WORDS.get(answer.text.casefold())
    if isinstance(answer, Coded):
        said = {CODES.get((codes.canonical(code.system), code.code)) for code in answer.codes}
        said.discard(None)
        if len(said) == 1:
            return said.pop()
        if not answer.codes:
            return WORDS.get(answer.text.casefold())
    return None
