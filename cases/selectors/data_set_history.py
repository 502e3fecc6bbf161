"""What an institution chose about its data set over time, in words."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Board, DataSetItem
from cases.selectors.data_set import department_name, item_name
from guidance.engine.edition import Edition
from tumorboard.accounts.models import User

#: How far back the page reads.
MOST = 200


@dataclass(frozen=True)
class PastChoice:
    """One choice, or the way back to the default; `board` is empty for every board."""

    item: str
    scenario: str
    board: str
    is_reset: bool
    is_required: bool
    max_age_weeks: int | None
    asked_of: str
    reason: str
    by: str
    at: datetime.datetime


def history_of_choices(edition: Edition) -> list[PastChoice]:
    """Every choice and every way back, newest first, in three queries."""
    events: Any = DataSetItem.pgh_event_model  # type: ignore[attr-defined]
    found = list(events.objects.order_by("-pgh_id")[:MOST])
    people = {p.pk: p.name for p in User.objects.filter(pk__in={e.entered_by_id for e in found})}
    boards = {board.pk: board.name for board in Board.objects.all()}
    # Who goes back to the default signs the row first; that is one step for a reader.
    ended = {(e.pgh_obj_id, e.entered_at) for e in found if e.pgh_label == "delete"}
    return [
        _past(event, edition, people, boards)
        for event in found
        if event.pgh_label == "delete" or (event.pgh_obj_id, event.entered_at) not in ended
    ]


def _past(
    event: Any, edition: Edition, people: Mapping[Any, str], boards: Mapping[Any, str]
) -> PastChoice:
    return PastChoice(
        item=item_name(event.item),
        scenario=scenario_words(event.scenario, edition),
        board=boards.get(event.board_id, ""),
        is_reset=event.pgh_label == "delete",
        is_required=event.is_required,
        max_age_weeks=event.max_age_weeks,
        asked_of=department_name(event.asked_of) if event.asked_of else "",
        reason=event.reason,
        by=people.get(event.entered_by_id, ""),
        at=event.pgh_created_at,
    )


def scope_words(choice: DataSetItem, edition: Edition) -> dict[str, str]:
    """For which scenario and board a choice holds, in words; empty for all."""
    return {
        "scenario": scenario_words(choice.scenario, edition),
        "board": choice.board.name if choice.board else "",
    }


def scenario_words(code: str, edition: Edition) -> str:
    """A scenario in the words of the edition; its code where the edition has none."""
    found = edition.catalogue.scenarios.get(code)
    return found.name if found else code
