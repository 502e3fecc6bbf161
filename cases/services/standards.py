"""The standards of care by which a board settles cases without discussing them.

What such a standard says is the board's own: the product knows only where it is written, and for
which scenario and branch of the guidance it is.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Board, Standard
from cases.models.case import BoardLevel
from cases.services.checks import field_errors, stripped
from cases.services.errors import Invalid, Refused
from guidance.editions import shelf
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: What a person says of a standard.
FIELDS = ("name", "source", "scenario", "branch", "audit_percent")
#: No board can leave its standards unaudited [INT].
LEAST_PERCENT, MOST_PERCENT = 1, 100
PERCENT = f"Enter a whole number from {LEAST_PERCENT} to {MOST_PERCENT}."
NAMED = "The board has a standard with this name."
CONFIRM = "Confirm that the board settles it without discussion all the same."
THERE = "The board has a standard in use for this scenario and result already. Retire that one."


@transaction.atomic
def add(*, board: Board, by: User, despite_guidance: bool = False, **fields: Any) -> Standard:
    """Add a standard to `board`.

    Args:
        despite_guidance: whether it is confirmed that the board settles without discussion what
            the guidance sends to it; needed for a branch that is itself a reason for the board.
        fields: name; source, where it is written; scenario and branch, codes of the edition
            adopted, the branch empty for before any result; audit_percent.

    Raises:
        Invalid: a field cannot be accepted, the name is taken, or another standard in use is for
            the same scenario and branch; or the guidance asks for the board and nobody confirmed.
    """
    # Under the board's lock, nobody adds another one for the same meanwhile.
    board = Board.objects.select_for_update().get(pk=board.pk)
    row = Standard(board=board, **stripped(fields))
    return _saved(row, "board.standard.added", by, despite_guidance=despite_guidance)


@transaction.atomic
def change(
    *, standard: Standard, by: User, despite_guidance: bool = False, **fields: Any
) -> Standard:
    """Change a standard; signed decisions keep its name and source as they were.

    An item that is not signed yet is judged again when it is.

    Args:
        despite_guidance: as for `add`; confirmed anew with every change.
        fields: those of `add`.

    Raises:
        Invalid: as for `add`.
        Refused: it is retired.
    """
    row = _locked(standard)
    for name, value in stripped(fields).items():
        setattr(row, name, value)
    return _saved(row, "board.standard.changed", by, despite_guidance=despite_guidance)


@transaction.atomic
def retire(*, standard: Standard, by: User) -> Standard:
    """Use a standard no longer; nothing more can be signed by it.

    Raises:
        Refused: it is retired already.
    """
    row = _locked(standard)
    row.is_active = False
    row.save()
    record(action="board.standard.retired", subject=row, by=by)
    return row


def _locked(standard: Standard) -> Standard:
    Board.objects.select_for_update().get(pk=standard.board_id)
    row = Standard.objects.select_related("board").get(pk=standard.pk)
    if not row.is_active:
        message = "This standard is no longer in use. Add a new one."
        raise Refused(message)
    return row


def _saved(row: Standard, action: str, by: User, *, despite_guidance: bool) -> Standard:
    row.entered_by, row.entered_at = by, timezone.now()
    errors = _faults(row)
    asked = "" if errors else board_reason(row.branch)
    if asked and not despite_guidance:
        errors["despite_guidance"] = [f"The guidance asks for the board: {asked} {CONFIRM}"]
    if errors:
        raise Invalid(errors)
    row.save()
    record(action=action, subject=row, by=by)
    if asked:
        record(action="board.standard.confirmed_despite_guidance", subject=row, by=by)
    return row


def _faults(row: Standard) -> dict[str, list[str]]:
    edition = shelf.adopted()
    errors: dict[str, list[str]] = {}
    if not row.name:
        errors["name"] = ["Enter the name of the standard."]
    if not row.source:
        errors["source"] = ["Say where the standard is written."]
    if row.scenario not in edition.catalogue.scenarios:
        errors["scenario"] = ["Choose a scenario of the guidance."]
    elif row.branch and row.branch not in branches_of(row.scenario):
        errors["branch"] = ["This result does not belong to the scenario."]
    if not _is_share(row.audit_percent):
        errors["audit_percent"] = [PERCENT]
    errors = {**field_errors(row, names=FIELDS), **errors}
    others = Standard.objects.filter(board=row.board).exclude(pk=row.pk)
    if not errors and others.filter(name=row.name).exists():
        errors["name"] = [NAMED]
    if others.filter(scenario=row.scenario, branch=row.branch, is_active=True).exists():
        errors.setdefault("scenario", []).append(THERE)
    return errors


def _is_share(percent: Any) -> bool:
    return isinstance(percent, int) and LEAST_PERCENT <= percent <= MOST_PERCENT


def branches_of(scenario: str) -> dict[str, str]:
    """The branches that a scenario of the edition adopted can come to, by id, in words."""
    table = shelf.adopted().branches
    found = {b.id: b.trigger for (of, _), b in table.by_result.items() if of == scenario}
    hold = table.hold
    if hold.held in found:
        # Progression may wait for a second reading: a branch without a result of its own.
        found[hold.review] = table.branches[hold.review].trigger
    return found


def board_reason(branch: str) -> str:
    """Why the guidance sends every case of a branch to the board, in words; empty where not."""
    edition = shelf.adopted()
    found = edition.branches.branches.get(branch)
    for rule in edition.board.escalations:
        if found and rule.code == found.escalation and rule.level == BoardLevel.YES:
            return rule.text
    return ""
