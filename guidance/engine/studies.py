"""The studies of a scenario as a person reads them: rank, rating, reason, order text."""

from collections.abc import Mapping
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.ratings import Procedure, Ranking, Rating, Substitution
from guidance.engine.reading import shows_liver

DOTATATE = "PET_DOTATATE"
IODINATED = "iodinated"
STAGING = "SC-01"
SURVEILLANCE = "SC-03"
LIVER_FOLLOWUP = "SC-05"


def explain_studies(
    reading: Mapping[str, Any], scenario: str, ranking: Ranking, edition: Edition
) -> list[dict[str, Any]]:
    """Return every procedure rated in the scenario, in rank order, with its standing."""
    removed = {rating.procedure.code: rule for rating, rule in ranking.removed}
    alternatives = {rating.procedure.code for rating in ranking.alternatives}
    confirm = ranking.confirm or {}
    rows = []
    for rating in edition.ratings.by_scenario.get(scenario, ()):
        procedure = rating.procedure
        rule = removed.get(procedure.code)
        is_top = ranking.top is rating
        reason = _reason(scenario, rating, rule, ranking, edition) if rule or is_top else None
        if is_top:
            standing = "top"
        elif rule:
            standing = "removed"
        elif procedure.code in alternatives:
            standing = "alternative"
        else:
            standing = "add-on" if rating.role == "add_on" else "not for this question"
        rows.append(
            {
                "procedure": procedure.code,
                "name": procedure.name,
                "rating": rating.code,
                "rating_label": rating.label,
                "rrl": rating.radiation,
                "standing": standing,
                "reason": reason["text"] if reason else None,
                "reason_source": reason["source"] if reason else None,
                "why": rating.why,
                "prefer_when": rating.prefer_when,
                "already_done": _is_done(reading, procedure),
                "confirm": list(confirm.get(procedure.code, ())),
                "source": rating.source,
            }
        )
    return rows


def _is_done(reading: Mapping[str, Any], procedure: Procedure) -> bool:
    return procedure.done is not None and procedure.done.test(reading) is True


def _is_recorded(reading: Mapping[str, Any], procedure: Procedure) -> bool:
    """Return whether the list of studies has one of this kind that shows the liver.

    Only before treatment: later the list holds the studies of years. A study without a
    region may be one of any place, and one without contrast is another study.
    """
    return any(
        study["modality"] == procedure.modality
        and shows_liver(study.get("region")) is True
        and study.get("contrast") is not False
        for study in reading.get("studies", ())
    )


def _reason(
    scenario: str, rating: Rating, rule: Substitution | None, ranking: Ranking, edition: Edition
) -> Mapping[str, str] | None:
    """Return why a study was taken away, or why one that usually is not first leads."""
    if rule is not None:
        return {"text": f"{rule.id}: {rule.text}", "source": rule.source}
    notes = edition.ratings.notes
    if rating.role == "fallback":
        return notes["fallback"]
    if ranking.combined:
        return notes["low_resolution" if scenario == LIVER_FOLLOWUP else "remaining"]
    contrast_ct_removed = any(gone.trait == IODINATED for _, gone in ranking.removed)
    if scenario == SURVEILLANCE and contrast_ct_removed:
        return notes["substitute"]
    return None


def explain_order(scenario: str, ranking: Ranking, edition: Edition) -> dict[str, Any] | None:
    """Return what to write on the order of the top study, None where no protocol is given."""
    if ranking.top is None:
        return None
    protocol = edition.ratings.protocols.get((scenario, ranking.top.procedure.code))
    if protocol is None:
        return None
    return {
        "text": protocol.text,
        "protocol": protocol.id,
        "phases": list(protocol.phases),
        "dwi": protocol.dwi,
        "coverage": protocol.coverage,
        "source": protocol.source,
    }


def explain_pair(
    reading: Mapping[str, Any], scenario: str, ranking: Ranking, edition: Edition
) -> dict[str, Any] | None:
    """Return the anatomical and the receptor study of staging as one pair (X-01) [002 L42, L80].

    `done` names which of the two the facts show as made already.
    """
    if scenario != STAGING or ranking.top is None or ranking.combined:
        return None
    codes = {rating.procedure.code for rating in ranking.feasible}
    if DOTATATE not in codes:
        return None
    procedures = [ranking.top.procedure, edition.ratings.procedures[DOTATATE]]
    text = edition.explanations["pair"]
    return {
        "procedures": [procedure.code for procedure in procedures],
        "done": [
            procedure.code
            for procedure in procedures
            if _is_done(reading, procedure) or _is_recorded(reading, procedure)
        ],
        "text": text["text"],
        "source": text["source"],
    }
