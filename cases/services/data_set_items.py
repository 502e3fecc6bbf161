"""An institution's departures from the product's minimum data set.

After each write all cases are judged anew by a job.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Board, DataSetItem
from cases.services.checks import field_errors, stripped
from cases.services.completeness import TOPIC
from cases.services.errors import Invalid, Refused
from guidance.editions import shelf
from guidance.editions.minimum_dataset import minimum_dataset
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

#: Ten years; beyond that no limit is meant.
MOST_WEEKS = 520
THERE = "There is a choice for this scenario and board already. Change that one."


@transaction.atomic
def add(
    *, item: str, scenario: str = "", board: Board | None = None, by: User, **fields: Any
) -> DataSetItem:
    """Depart from the product's default in one item.

    Args:
        item: code of the product's minimum data set.
        scenario: the only scenario it holds for; empty for those the product names.
        board: the only board it holds for; None for all.
        fields: is_required; max_age_weeks, None for as old as it is; asked_of, code of a
            department, empty for the product's; reason, in words.

    Raises:
        Invalid: a field cannot be accepted, or there is a choice for this already.
    """
    row = DataSetItem(item=item, scenario=scenario, board=board, **stripped(fields))
    _check(row, by)
    if DataSetItem.objects.filter(item=item, scenario=scenario, board=board).exists():
        raise Invalid({"": [THERE]})
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # Somebody else made it since it was looked for.
        raise Invalid({"": [THERE]}) from error
    record(action="institution.data_set.chosen", subject=row, by=by)
    enqueue(TOPIC, {})
    return row


@transaction.atomic
def change(*, choice: DataSetItem, by: User, **fields: Any) -> DataSetItem:
    """Choose otherwise for the same item, scenario and board.

    Args:
        fields: those of `add`.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: somebody else went back to the default.
    """
    row = _locked(choice)
    for name, value in stripped(fields).items():
        setattr(row, name, value)
    _check(row, by)
    row.save()
    record(action="institution.data_set.chosen", subject=row, by=by)
    enqueue(TOPIC, {})
    return row


@transaction.atomic
def reset(*, choice: DataSetItem, reason: str, by: User) -> None:
    """Go back to the product's default; history keeps the choice, and why it was given up.

    Raises:
        Invalid: the reason is missing or cannot be kept.
        Refused: somebody else went back already.
    """
    row = _locked(choice)
    row.reason = reason.strip()
    _check(row, by)
    # Saved first, so that history says who went back and why.
    row.save()
    record(action="institution.data_set.reset", subject=row, by=by)
    row.delete()
    enqueue(TOPIC, {})


def _locked(choice: DataSetItem) -> DataSetItem:
    row = DataSetItem.objects.select_for_update().filter(pk=choice.pk).first()
    if row is None:
        message = "This choice was reset to the default meanwhile."
        raise Refused(message)
    return row


def _check(row: DataSetItem, by: User) -> None:
    row.entered_by, row.entered_at = by, timezone.now()
    known = minimum_dataset()
    errors: dict[str, list[str]] = {}
    if row.item not in known.items:
        errors["item"] = ["This is no item of the minimum data set."]
    if row.scenario and row.scenario not in shelf.adopted().catalogue.scenarios:
        errors["scenario"] = ["Choose a scenario of the guidance."]
    if row.asked_of and row.asked_of not in known.departments:
        errors["asked_of"] = ["Choose who is asked."]
    if row.max_age_weeks is not None and not 1 <= row.max_age_weeks <= MOST_WEEKS:
        errors["max_age_weeks"] = [f"Give 1 to {MOST_WEEKS} weeks, or nothing for no limit."]
    if not row.reason:
        errors["reason"] = ["Say why your institution departs from the default."]
    errors = {**field_errors(row), **errors}
    if errors:
        raise Invalid(errors)
