"""Conditions of the content as FHIR expressions: exact for a machine, readable for a person."""

import json
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.wording import sentence

#: The conditions of the content schema, as JSON. No registered expression language has
#: three-valued `unless`, which holds while a fact is unknown.
LANGUAGE = "application/vnd.tumorboard.condition+json"


def applicable(raw: Any, edition: Edition, words: str = "") -> dict[str, Any]:
    """Return a condition under which an action applies; `words` stand before its own."""
    own = sentence(raw, edition)
    return {
        "kind": "applicability",
        "expression": {
            "description": f"{words} ({own})" if words else own,
            "language": LANGUAGE,
            "expression": json.dumps(
                raw, sort_keys=True, ensure_ascii=False, separators=(",", ":")
            ),
        },
    }


def text_literal(words: str) -> dict[str, str]:
    """Return words as an expression that yields them."""
    escaped = words.replace("\\", "\\\\").replace("'", "\\'")
    return {"language": "text/fhirpath", "expression": f"'{escaped}'"}
