"""The order under review against the protocol of its study (X-07, specification 3.2)."""

from collections.abc import Mapping
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.logic import Truth, conjunction
from guidance.engine.ratings import Protocol

DWI = "dwi"

# A late arterial phase is what counts; the pancreatic phase is one, "arterial" alone is not
# [INT, N-12].
EQUIVALENTS: Mapping[str, frozenset[str]] = {
    "late_arterial": frozenset({"late_arterial", "pancreatic"})
}


def explain_order_check(
    reading: Mapping[str, Any], scenario: str, edition: Edition
) -> dict[str, Any] | None:
    """Return whether the ordered study meets its protocol, and which parts it lacks.

    `complete` is true, false, or None where the order does not say. None in place of the
    whole where nothing is ordered or the study has no protocol in this scenario.
    """
    protocol = edition.ratings.protocols.get((scenario, reading.get("ordered_procedure", "")))
    if protocol is None:
        return None
    lacking = _lacking(reading, protocol)
    return {
        "protocol": protocol.id,
        "text": protocol.text,
        "complete": False if lacking else _complete(reading, protocol),
        "lacking": lacking,
        "source": protocol.source,
    }


def _lacking(reading: Mapping[str, Any], protocol: Protocol) -> list[str]:
    ordered = reading.get("ordered_phases")
    lacking: list[str] = []
    if ordered is not None:
        lacking = [
            phase
            for phase in protocol.phases
            if EQUIVALENTS.get(phase, frozenset({phase})).isdisjoint(ordered)
        ]
    if protocol.dwi and reading.get("ordered_dwi") is False:
        lacking.append(DWI)
    return lacking


def _complete(reading: Mapping[str, Any], protocol: Protocol) -> Truth:
    phases: Truth = True
    if protocol.phases and reading.get("ordered_phases") is None:
        phases = reading.get("ordered_multiphasic")
    return conjunction([phases, reading.get("ordered_dwi") if protocol.dwi else True])
