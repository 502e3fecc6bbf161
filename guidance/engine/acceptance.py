"""Whether someone has to accept a study by name before its result books an interval (X-09)."""

from collections.abc import Iterable, Mapping
from typing import Any

from guidance.engine.checks import RaisedCheck
from guidance.engine.edition import Edition

ROUTINE_PROTOCOL = "W-GENERIC-PROTOCOL"
SIZE_ONLY = "W-RECIST-ONLY"


def explain_acceptance(
    reading: Mapping[str, Any], warnings: Iterable[RaisedCheck], edition: Edition
) -> dict[str, Any]:
    """Return whether the result needs a named acceptance, and because of which checks.

    It does after a routine protocol, and where only size was read and sites outside the
    liver were not looked at [000 L60-L62]. The branch keeps its interval: it waits.
    """
    because = []
    if reading["@result"]:
        codes = {warning.code for warning in warnings}
        if ROUTINE_PROTOCOL in codes:
            because.append(ROUTINE_PROTOCOL)
        if SIZE_ONLY in codes and reading.get("extrahepatic_sites_reviewed") is False:
            because.append(SIZE_ONLY)
    words = edition.explanations["acceptance"] if because else {"text": None, "source": None}
    return {
        "needed": bool(because),
        "because": because,
        "text": words["text"],
        "source": words["source"],
    }


def mark_intervals(branch: dict[str, Any] | None, acceptance: Mapping[str, Any]) -> None:
    """Mark each interval of an explained branch with whether it waits for an acceptance."""
    for interval in branch["interval"] if branch else ():
        interval["awaits_acceptance"] = acceptance["needed"]
