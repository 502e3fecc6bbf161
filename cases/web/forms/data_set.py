"""The forms on which an institution departs from the product's minimum data set."""

from collections.abc import Sequence

from django import forms

from cases.models import Board, DataSetItem
from cases.selectors.agendas import boards
from cases.web.forms.typed_numbers import whole_number
from guidance.editions.minimum_dataset import Item, minimum_dataset
from guidance.engine.edition import Edition

REASON_LENGTH = DataSetItem._meta.get_field("reason").max_length


class ResetForm(forms.Form):
    """Why the institution goes back to the default."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands in the history.",
        error_messages={"required": "Say why."},
    )


class ChoiceForm(ResetForm):
    """Whether an item is asked for, how fresh, and of whom."""

    field_order: Sequence[str] = ("is_required", "max_age_weeks", "asked_of", "reason")

    is_required = forms.TypedChoiceField(
        label="Asked for",
        choices=[("true", "Yes"), ("false", "No")],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is asked for."},
    )
    max_age_weeks = whole_number("At most weeks old", help_text="Leave empty for no limit.")
    asked_of = forms.ChoiceField(
        label="Who is asked", error_messages={"required": "Choose who is asked."}
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["asked_of"].choices = list(minimum_dataset().departments.items())


class NewChoiceForm(ChoiceForm):
    """The same with the scenario and the board for which it holds."""

    field_order = ("scenario", "board", *ChoiceForm.field_order)

    scenario = forms.ChoiceField(label="Scenario", required=False)
    board = forms.ChoiceField(
        label="Board", required=False, error_messages={"invalid_choice": "Choose a board."}
    )

    def __init__(self, *args: object, item: Item, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        known = edition.catalogue.scenarios.values()
        every = "Every scenario" if not item.scenarios else "As the default says"
        self.fields["scenario"].choices = [("", every), *((s.id, s.name) for s in known)]
        self.boards = {str(board.pk): board for board in boards()}
        named = [(key, board.name) for key, board in self.boards.items()]
        self.fields["board"].choices = [("", "Every board"), *named]

    def clean_board(self) -> Board | None:
        """The board itself; None for every board."""
        return self.boards.get(self.cleaned_data["board"])
