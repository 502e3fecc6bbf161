"""Facts that the answer still wants, in order of evaluation (Appendix A, required facts)."""

from collections.abc import Iterable, Mapping
from typing import Any

from guidance.calculators.grade import Grading
from guidance.engine.branches import Branch
from guidance.engine.scenario import Scenario, asked, holding

SURVEILLANCE_NEGATIVE = "B-03-NEG"
FULL = "FULL"

# Orders whose form must state phases and coverage (13.H) [000 L43, L60-L62; 002 L47, L92].
PROTOCOL_ORDERS = frozenset({"MRI_AP_WWO", "MRI_LIVER_HB", "CT_AP_W", "CT_AP_WWO", "CT_CAP_W"})
ORDER_FORM = ("ordered_multiphasic", "ordered_covers_pelvis")


def find_missing(
    reading: Mapping[str, Any], scenario: Scenario, branch: Branch | None, grading: Grading
) -> list[str]:
    """Return the unknown facts that a scenario and the branch of its result ask for."""
    wanted: list[str] = [*asked(holding(scenario.reserve, reading)), *scenario.ask]
    if branch is not None:
        if branch.id == SURVEILLANCE_NEGATIVE:
            wanted += _surveillance(reading, grading)
        wanted += branch.ask
    if reading["@result"]:
        wanted += scenario.ask_after_result
    return unknown(reading, wanted)


def unknown(reading: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Return those of the names that are unknown, each once."""
    return [name for name in dict.fromkeys(names) if reading.get(name) is None]


def _surveillance(reading: Mapping[str, Any], grading: Grading) -> list[str]:
    """Return what the surveillance interval needs: grade, then stage and time [001 L64].

    For G2 and G3 stage and time change nothing in FU-01 to FU-03.
    """
    wanted = ["ki67_percent"]
    if grading.grade is None and grading.in_gap:
        wanted.append("pathologist_grade")
    if grading.grade not in ("G2", "G3"):
        wanted += ["stage_class", "months_since_resection"]
    return wanted


def find_confirmations(
    reading: Mapping[str, Any], scenario: Scenario, feasibility: Iterable[str], asked: Iterable[str]
) -> list[str]:
    """Return the facts to confirm before an order: of feasibility, then of the order form.

    What is already asked for as missing is not listed again.
    """
    names = list(feasibility)
    if scenario.status == FULL and reading.get("ordered_procedure") in PROTOCOL_ORDERS:
        names += unknown(reading, ORDER_FORM)
    already = set(asked)
    return [name for name in names if name not in already]
