"""What a signature covers, as one hash.

Each scheme names its columns once and for all: what was signed by it keeps the hash that it has,
whatever columns come later. A new column goes into a new scheme.
"""

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from cases.models import Assessment, Decision, Participant, Recommendation

#: The scheme of what is signed now.
SCHEME = 3

#: What scheme 2 covers of a decision: everything but the hash itself and its place in the chain,
#: which `services.chains` ties to the hash. Never to be changed.
SCHEME_2_COLUMNS = (
    "id",
    "institution_id",
    "agenda_item_id",
    "case_id",
    "version",
    "assessment_id",
    "board_id",
    "question",
    "track",
    "standard_name",
    "standard_source",
    "outcome",
    "no_recommendation_reason",
    "no_recommendation_text",
    "rationale",
    "concordance",
    "deviation_reason",
    "deviation_text",
    "confidence",
    "stage_discussed",
    "guideline_discussed",
    "is_prospective",
    "amendment_reason",
    "quoted",
    "accepted",
    "opinions",
    "signed_by_id",
    "signer_name",
    "signer_role",
    "signed_at",
    "meaning",
    "hash_scheme",
)
#: What scheme 3 covers: also what the assessment held, which board decided and in which meeting.
DECISION_COLUMNS = (*SCHEME_2_COLUMNS, "assessment_hash", "board_name", "meeting_starts_at")
#: What a record quotes of its assessment; `assessment_id` names the row itself.
ASSESSMENT_COLUMNS = (
    "evaluated_on",
    "edition_version",
    "edition_hash",
    "engine",
    "facts",
    "origins",
    "answer",
    "scenario",
    "branch",
    "board_level",
)
RECOMMENDATION_COLUMNS = (
    "position",
    "kind",
    "code",
    "text",
    "intent",
    "alternative_to",
    "due_on",
    "owner_id",
)
PARTICIPANT_COLUMNS = ("name", "specialty", "specialty_code", "dissent")
#: The columns of a decision by scheme; scheme 1 named none.
COLUMNS_OF = {2: SCHEME_2_COLUMNS, 3: DECISION_COLUMNS}
#: From which scheme on the hash of the assessment is kept.
SEEN_SINCE = 3


def content_hash(
    decision: Decision,
    recommendations: Sequence[Recommendation],
    participants: Sequence[Participant],
) -> str:
    """SHA-256, in hexadecimal, of everything that a signature covers, by the decision's scheme.

    Raises:
        ValueError: there is no such scheme.
    """
    if decision.hash_scheme == 1:
        return sha256(_scheme_1(decision, recommendations, participants))
    if decision.hash_scheme in COLUMNS_OF:
        return sha256(_columned(decision, recommendations, participants))
    message = f"There is no hash scheme {decision.hash_scheme}."
    raise ValueError(message)


def sha256(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of JSON-able values; the order of keys does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def assessment_hash(assessment: Assessment) -> str:
    """SHA-256, in hexadecimal, of what an assessment holds, as it is read from the database."""
    return sha256(_columns(assessment, ASSESSMENT_COLUMNS))


def is_as_seen(decision: Decision) -> bool:
    """Whether the assessment of a signed decision still is what the board saw.

    Schemes 1 and 2 kept nothing by which to tell.
    """
    if decision.hash_scheme < SEEN_SINCE:
        return True
    try:
        return assessment_hash(decision.assessment) == decision.assessment_hash
    except Assessment.DoesNotExist:
        return False


def is_intact(decision: Decision) -> bool:
    """Whether a signed decision still is what its hash says."""
    asked, present = list(decision.recommendations.all()), list(decision.participants.all())
    try:
        return content_hash(decision, asked, present) == decision.content_hash
    except ValueError:
        return False


def _scheme_1(
    decision: Decision,
    recommendations: Iterable[Recommendation],
    participants: Iterable[Participant],
) -> dict[str, Any]:
    """What was covered before decisions had a coded conclusion; never to be changed."""
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
    return content


def _columned(
    decision: Decision,
    recommendations: Iterable[Recommendation],
    participants: Iterable[Participant],
) -> dict[str, Any]:
    """What schemes 2 and 3 cover, by the columns that each names."""
    present = [_columns(each, PARTICIPANT_COLUMNS) for each in participants]
    return {
        "decision": _columns(decision, COLUMNS_OF[decision.hash_scheme]),
        "recommendations": [_columns(each, RECOMMENDATION_COLUMNS) for each in recommendations],
        # Two may have one name: the order must not hang on how the database breaks the tie.
        "participants": sorted(present, key=lambda row: json.dumps(row, sort_keys=True)),
    }


def _columns(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: _as_json(getattr(row, name)) for name in names}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
