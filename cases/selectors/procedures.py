"""The procedures of a case, and which of them stand in the way of liver-directed therapy."""

import datetime
from collections.abc import Iterable

from cases.models import Case, Procedure
from cases.models.procedure import BILIARY
from cases.selectors.finding import CAUTION, Finding
from guidance.engine.checks import Check

#: The check of the guidance that these procedures raise.
GATE = "W-BILIOENTERIC"


def procedures_of(case: Case) -> list[Procedure]:
    """The procedures of a case, newest first, those of unknown date last; in one query."""
    return sorted(Procedure.objects.filter(case=case), key=_age, reverse=True)


def _age(procedure: Procedure) -> tuple[datetime.date, str]:
    return procedure.done_on or datetime.date.min, str(procedure.id)


def is_gating(procedure: Procedure) -> bool:
    """Whether it is a bilioenteric anastomosis or a biliary device that is still there.

    Those contraindicate most liver-directed therapies (004 L749-L752); of a drain or a stent that
    was removed nothing is left.
    """
    return procedure.kind in BILIARY and procedure.removed_on is None


def gating(procedures: Iterable[Procedure]) -> list[Procedure]:
    """Those that stand in the way of liver-directed therapy."""
    return [procedure for procedure in procedures if is_gating(procedure)]


def gate_of(procedures: Iterable[Procedure], checks: Iterable[Check]) -> Finding | None:
    """What stands in the way of liver-directed therapy, in the words of the guidance.

    Args:
        checks: of the guidance, among them W-BILIOENTERIC.
    """
    there = gating(procedures)
    found = [check for check in checks if check.code == GATE]
    if not there or not found:
        return None
    names = ", ".join(procedure.get_kind_display() for procedure in there)
    return Finding(GATE, CAUTION, f"{names}: {found[0].text}", found[0].source)
