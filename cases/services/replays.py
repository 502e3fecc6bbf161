"""Computing stored assessments again, to prove that they say what their facts and edition say."""

import json
from enum import StrEnum
from typing import Any

from cases.models import Assessment
from guidance.editions import shelf
from guidance.engine.assess import assess
from guidance.engine.facts import parse_facts
from guidance.engine.fingerprint import engine_fingerprint


class Verdict(StrEnum):
    """What a replay found."""

    SAME = "same"
    #: The same facts, content and engine give another answer: what is stored was tampered with.
    ALTERED = "not what its facts, edition and engine say"
    #: The content is the same, the software that reads it is not, and it answers otherwise.
    ENGINE = "answered otherwise by this version of the engine"
    #: This version of the engine cannot read the facts by the edition, or fails on them.
    UNREADABLE = "not readable by this version of the engine"
    #: The edition is not loaded, or what is loaded under its version has other content.
    NO_EDITION = "edition not loaded"


def replay(assessment: Assessment) -> Verdict:
    """Assess the stored facts by the stored edition again and compare byte for byte.

    The edition comes from the database, with its own dictionary, whatever the software brings.
    """
    is_same_engine = assessment.engine == engine_fingerprint()
    try:
        edition = shelf.edition(assessment.edition_version)
        if edition.hash != assessment.edition_hash:
            return Verdict.NO_EDITION
        answer = assess(parse_facts(assessment.facts, edition.dictionary), edition)
    except shelf.NoEdition:
        return Verdict.NO_EDITION
    except (ValueError, LookupError, TypeError, AttributeError):
        return Verdict.ALTERED if is_same_engine else Verdict.UNREADABLE
    if canonical(answer) == canonical(assessment.answer):
        return Verdict.SAME
    return Verdict.ALTERED if is_same_engine else Verdict.ENGINE


def canonical(answer: dict[str, Any]) -> bytes:
    """An answer as bytes, whatever order a database keeps its keys in."""
    return json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
