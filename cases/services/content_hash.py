"""What a signature covers, as one hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cases.models import Decision, Participant, Recommendation


def content_hash(
    decision: Decision,
    recommendations: Sequence[Recommendation],
    participants: Sequence[Participant],
) -> str:
    """SHA-256, in hexadecimal, of everything that a signature covers."""
    content = {
        "institution": str(decision.institution_id),
        "agenda_item": str(decision.agenda_item_id),
        "case": str(decision.case_id),
        "version": decision.version,
        "assessment": str(decision.assessment_id),
        "question": decision.question,
        "rationale": decision.rationale,
        "recommendations": [[r.position, r.kind, r.code, r.text] for r in recommendations],
        "participants": [[p.name, p.specialty] for p in participants],
        "signed_by": str(decision.signed_by_id),
        "signer_name": decision.signer_name,
        "signer_role": decision.signer_role,
        "signed_at": decision.signed_at.isoformat(),
        "meaning": decision.meaning,
    }
    # What was signed before anything was quoted keeps the hash that it has.
    if decision.quoted is not None:
        content["quoted"] = decision.quoted
    return sha256(content)


def sha256(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of JSON-able values; the order of keys does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(decision: Decision) -> bool:
    """Whether a signed decision still is what its hash says."""
    asked, present = list(decision.recommendations.all()), list(decision.participants.all())
    return content_hash(decision, asked, present) == decision.content_hash
