"""What a program is told that is refused before its door has heard it, in that door's format.

A page of HTML tells an interface engine nothing; it would be noted as a broken server.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

PROBLEM, OUTCOME, HL7V2 = (
    "application/problem+json",
    "application/fhir+json",
    "application/hl7-v2",
)
#: What the door of HL7 v2 refuses unread is words: nothing was received that an acknowledgment
#: could name, and who reads HL7 v2 must not take them for a message.
WORDS = "text/plain; charset=utf-8"
#: Where only programs ask, and in which format; of several that fit, the first counts.
DOORS = (
    (re.compile(r"/(api|cds-services)/"), PROBLEM),
    (re.compile(r"/intake/[^/]*/hl7v2"), HL7V2),
    (re.compile(r"/(fhir|intake)/"), OUTCOME),
)


class Refusal(NamedTuple):
    """The body of an answer, and what it is."""

    content_type: str
    body: bytes


def format_at(path: str) -> str:
    """In which of these formats the door at a path answers; empty: people's browsers ask there."""
    return next((each for place, each in DOORS if place.match(path)), "")


def refusal(path: str, problem: Mapping[str, Any], *, issue: str) -> Refusal | None:
    """The answer at a path; None where people's browsers ask, who are shown a page.

    Args:
        problem: as RFC 9457 has it, with its `detail`.
        issue: FHIR's code of the kind of issue.
    """
    form, words = format_at(path), problem["detail"]
    if form == OUTCOME:
        said = {"severity": "error", "code": issue, "diagnostics": words}
        return Refusal(form, _json({"resourceType": "OperationOutcome", "issue": [said]}))
    if form == HL7V2:
        return Refusal(WORDS, words.encode())
    return Refusal(form, _json(problem)) if form else None


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode()
