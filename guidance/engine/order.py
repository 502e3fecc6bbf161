"""The order under review, or the study that was made, against its protocol (X-07)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from guidance.engine.edition import Edition
from guidance.engine.logic import Truth, conjunction
from guidance.engine.ratings import Protocol

DWI = "dwi"

# A late arterial phase is what counts; the pancreatic phase is one, "arterial" alone is not
# [INT, N-12]. The other names are those of free text.
EQUIVALENTS: Mapping[str, frozenset[str]] = {
    "late_arterial": frozenset({"late_arterial", "pancreatic"}),
    "unenhanced": frozenset({"unenhanced", "precontrast", "pre_contrast", "non_contrast"}),
    "portal_venous": frozenset({"portal_venous", "portal", "venous"}),
}


def explain_order_check(
    reading: Mapping[str, Any], scenario: str, edition: Edition
) -> dict[str, Any] | None:
    """Return whether the study meets its protocol, and which phases and sequences it lacks.

    `basis` is "acquired" where the study behind the result says what was made, else
    "ordered". `complete` is true, false, or None where that is not told. None in place of
    the whole where nothing is ordered or the study has no protocol in this scenario.
    """
    made = _made_phases(reading)
    ordered = reading.get("ordered_procedure", "none")
    protocol = edition.ratings.protocols.get((scenario, ordered))
    if made is not None:
        modality = reading["study_modality"]
        if protocol is None or edition.ratings.procedures[ordered].modality != modality:
            protocol = _protocol_of_modality(modality, scenario, edition)
    if protocol is None:
        return None
    phases = reading.get("ordered_phases") if made is None else made
    dwi = True if made is not None and DWI in made else reading.get("ordered_dwi")
    lacking = _lacking(phases, dwi, protocol)
    return {
        "protocol": protocol.id,
        "text": protocol.text,
        "basis": "ordered" if made is None else "acquired",
        "complete": False if lacking else _complete(reading, phases, dwi, protocol),
        "lacking": lacking,
        "source": protocol.source,
    }


def _made_phases(reading: Mapping[str, Any]) -> Collection[str] | None:
    """Return the phases and sequences of the study behind the result, None where untold.

    It is the newest of its modality in the list of studies.
    """
    if not reading["@result"]:
        return None
    told = [
        study
        for study in reading.get("studies", ())
        if study["modality"] == reading.get("study_modality") and "phases" in study
    ]
    if not told:
        return None
    newest = max(told, key=lambda study: study.get("date", date.min))
    return {name.casefold().replace(" ", "_").replace("-", "_") for name in newest["phases"]}


def _protocol_of_modality(modality: str, scenario: str, edition: Edition) -> Protocol | None:
    """Return the protocol of the first study of a modality in rank order."""
    for rating in edition.ratings.by_scenario.get(scenario, ()):
        protocol = edition.ratings.protocols.get((scenario, rating.procedure.code))
        if rating.procedure.modality == modality and protocol is not None:
            return protocol
    return None


def _lacking(phases: Collection[str] | None, dwi: Truth, protocol: Protocol) -> list[str]:
    lacking: list[str] = []
    if phases is not None:
        lacking = [
            phase
            for phase in protocol.phases
            if EQUIVALENTS.get(phase, frozenset({phase})).isdisjoint(phases)
        ]
    if protocol.dwi and dwi is False:
        lacking.append(DWI)
    return lacking


def _complete(
    reading: Mapping[str, Any], phases: Collection[str] | None, dwi: Truth, protocol: Protocol
) -> Truth:
    told: Truth = True
    if protocol.phases and phases is None:
        told = reading.get("ordered_multiphasic")
    return conjunction([told, dwi if protocol.dwi else True])
