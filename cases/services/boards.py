"""Writing standing boards."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Board
from cases.selectors.rhythms import time_zones
from cases.services.checks import check
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

TAKEN = "A board with this name is already there."
#: How many years ago a rhythm may have begun, and how far ahead it may begin [INT].
YEARS_BACK = 20
YEARS_AHEAD = 2


@transaction.atomic
def add(*, name: str, place: str = "", by: User, **fields: Any) -> Board:
    """Add a standing board; without a time zone, in that of the installation.

    Args:
        fields: as for `change`.

    Raises:
        Invalid: a field cannot be accepted, or the name is taken.
    """
    board = Board(time_zone=settings.TIME_ZONE)
    _write(board, {"name": name, "place": place, **fields})
    record(action="board.added", subject=board, by=by)
    return board


@transaction.atomic
def change(*, board: Board, by: User, **fields: Any) -> Board:
    """Change a standing board; meetings that are planned already stay as they are.

    Args:
        fields: columns of `Board`: name, place, rhythm (a value of `Rhythm`), first_on,
            begins_at, time_zone (a name of the IANA database), minutes, cutoff_hours,
            required_specialties (values of `Specialty`), task_days.

    Raises:
        Invalid: a field cannot be accepted, or the name is taken.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    _write(board, fields)
    record(action="board.changed", subject=board, by=by)
    return board


def _write(board: Board, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(board, name, _tidy(value))
    check(board, also=_errors(board))
    if _is_taken(board):
        raise Invalid({"name": [TAKEN]})
    try:
        with transaction.atomic():
            board.save()
    except IntegrityError as error:
        # Somebody else took the same name since it was looked for.
        raise Invalid({"name": [TAKEN]}) from error


def _is_taken(board: Board) -> bool:
    return Board.objects.filter(name=board.name).exclude(pk=board.pk).exists()


def _tidy(value: Any) -> Any:
    """One line without needless spaces: names stand in subjects of mails; each choice once."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list | tuple):
        return list(dict.fromkeys(value))
    return value


def _errors(board: Board) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if board.time_zone not in time_zones():
        errors["time_zone"] = ["Choose a time zone by its name, such as America/New_York."]
    if board.rhythm and board.first_on is None:
        errors["first_on"] = ["Enter the day of a meeting, from which the rhythm is counted."]
    if board.rhythm and board.begins_at is None:
        errors["begins_at"] = ["Enter the time at which the meetings begin."]
    if board.first_on is not None and (fault := _day_fault(board.first_on)):
        errors["first_on"] = [fault]
    return errors


def _day_fault(first_on: datetime.date) -> str:
    """Why no rhythm is counted from this day; empty where it may be."""
    this_year = timezone.localdate().year
    if first_on.year < this_year - YEARS_BACK:
        return f"This is more than {YEARS_BACK} years ago."
    if first_on.year > this_year + YEARS_AHEAD:
        return f"This is more than {YEARS_AHEAD} years ahead."
    return ""
