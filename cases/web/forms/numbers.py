"""Which numbers are asked for."""

import datetime
from typing import Any

from django import forms

from cases.models import Board
from cases.selectors.numbers.period import Period, last_year
from tumorboard.date_field import DateField
from tumorboard.formats import day

#: Longer than any scheme looks back; what is older can be asked for in pieces.
MOST_YEARS = 10
ALL_BOARDS = "All boards"


class DaysForm(forms.Form):
    """The days from which to which is counted; where nobody names any, the last twelve months."""

    first = DateField(label="From")
    last = DateField(label="To")

    def __init__(self, data: Any, *, today: datetime.date) -> None:
        self.today = today
        first, last = last_year(today)
        super().__init__({"first": day(first), "last": day(last), **_filled(data)})

    def clean(self) -> dict[str, Any]:
        """The days in their order, not too many of them."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "This is before the first day.")
        elif last and (last - self.today).days > 366:
            self.add_error("last", "This is more than a year ahead.")
        elif first and last and (last - first).days > MOST_YEARS * 366:
            self.add_error("first", f"Ask for at most {MOST_YEARS} years at once.")
        return cleaned


class PeriodForm(DaysForm):
    """A board and the days from which to which its meetings are counted."""

    board = forms.ModelChoiceField(
        queryset=None,
        required=False,
        empty_label=ALL_BOARDS,
        error_messages={"invalid_choice": "Choose a board of the list."},
    )

    def __init__(self, data: Any, *, today: datetime.date) -> None:
        super().__init__(data, today=today)
        self.fields["board"].queryset = Board.objects.order_by("name")

    @property
    def period(self) -> Period:
        """What was asked for; only of a valid form."""
        return Period(
            self.cleaned_data["first"], self.cleaned_data["last"], self.cleaned_data["board"]
        )

    @property
    def board_name(self) -> str:
        """The board's name, or that all are meant."""
        board = self.cleaned_data["board"]
        return str(board.name) if board else ALL_BOARDS


def _filled(data: Any) -> dict[str, str]:
    filled = {name: data[name] for name in ("board", "first", "last") if data.get(name)}
    return {name: text if name == "board" else _shown(text) for name, text in filled.items()}


def _shown(typed: str) -> str:
    """A day of an address as pages write it; what is no such day as it was typed."""
    try:
        return day(datetime.date.fromisoformat(typed))
    except ValueError:
        return typed
