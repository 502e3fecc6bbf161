"""Computing stored assessments again, to prove that they say what their facts and edition say."""

import json
from enum import StrEnum
from typing import Any

from cases.models import Assessment
from guidance.engine.assess import assess
from guidance.engine.content import ContentError
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts


class Verdict(StrEnum):
    """What a replay found."""

    SAME = "same"
    DIFFERENT = "different"
    #: The content of that edition is not on this machine, or is not what it was.
    NO_EDITION = "edition not at hand"


def replay(assessment: Assessment) -> Verdict:
    """Assess the stored facts by the stored edition again and compare byte for byte."""
    try:
        edition = load_edition(assessment.edition_version)
    except ContentError:
        return Verdict.NO_EDITION
    if edition.hash != assessment.edition_hash:
        return Verdict.NO_EDITION
    answer = assess(parse_facts(assessment.facts), edition)
    same = canonical(answer) == canonical(assessment.answer)
    return Verdict.SAME if same else Verdict.DIFFERENT


def canonical(answer: dict[str, Any]) -> bytes:
    """An answer as bytes, whatever order a database keeps its keys in."""
    return json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
