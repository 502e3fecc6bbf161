"""What an institution asks for before a board: the product's minimum data set and its own choices.

A choice made for a board and a scenario goes before one for the board, that before one for the
scenario, and that before one for all. Each choice holds all three: whether, how fresh, and whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cases.models import DataSetItem
from guidance.editions.minimum_dataset import Item, minimum_dataset

Asking = tuple["Asked", ...]


@dataclass(frozen=True)
class Asked:
    """An item as an institution asks for it; `choice` is None where that is the default."""

    item: Item
    max_age_weeks: int | None
    asked_of: str
    choice: DataSetItem | None = None

    @property
    def department(self) -> str:
        """Who is asked, in words."""
        return department_name(self.asked_of)


@dataclass(frozen=True)
class DataSet:
    """The product's items with the choices of one institution."""

    choices: Sequence[DataSetItem]
    _asked: dict[tuple[str, UUID | None], Asking] = field(default_factory=dict, compare=False)

    def asked(self, scenario: str, board_id: UUID | None) -> Asking:
        """What is asked for in `scenario` before a board; None stands for any board."""
        key = (scenario, board_id)
        if key not in self._asked:
            found = (
                _asked(item, self._choice(item, scenario, board_id), scenario)
                for item in minimum_dataset().items.values()
            )
            self._asked[key] = tuple(each for each in found if each)
        return self._asked[key]

    def _choice(self, item: Item, scenario: str, board_id: UUID | None) -> DataSetItem | None:
        """The closest choice that speaks of `item` there.

        One for a scenario may ask where the product does not. One for all scenarios speaks of
        those for which the item is meant: else it would ask for staging after a resection.
        """
        fitting = [
            choice
            for choice in self.choices
            if choice.item == item.code
            and (choice.scenario == scenario if choice.scenario else item.is_for(scenario))
            and choice.board_id in (None, board_id)
        ]
        return max(fitting, key=lambda c: (c.board_id is not None, c.scenario != ""), default=None)


def data_set() -> DataSet:
    """The data set of the current institution, in one query."""
    return DataSet(choices=choices())


def choices() -> list[DataSetItem]:
    """Every choice of the institution, with board and person, in one query."""
    rows = DataSetItem.objects.select_related("board", "entered_by")
    return list(rows.order_by("item", "scenario", "board__name"))


def department_name(code: str) -> str:
    """A department in words; its code where the product no longer knows it."""
    return minimum_dataset().departments.get(code, code)


def item_name(code: str) -> str:
    """An item in words; its code where the product no longer has it."""
    item = minimum_dataset().items.get(code)
    return item.name if item else code


def _asked(item: Item, choice: DataSetItem | None, scenario: str) -> Asked | None:
    if choice is not None:
        asked_of = choice.asked_of or item.asked_of
        asked = Asked(item, choice.max_age_weeks, asked_of, choice)
        return asked if choice.is_required else None
    if item.is_required and item.is_for(scenario):
        return Asked(item, item.max_age_weeks, item.asked_of)
    return None
