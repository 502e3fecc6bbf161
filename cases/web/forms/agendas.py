"""The forms of agendas."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.models import AgendaItem, Meeting
from cases.models.specialty import Specialty
from cases.web.forms.typed_numbers import whole_number
from tumorboard.formats import moment_in

QUESTION_LENGTH = AgendaItem._meta.get_field("question").max_length


def _question() -> forms.CharField:
    return forms.CharField(
        label="Question for the board",
        max_length=QUESTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DetailsForm(forms.Form):
    """What the board is asked, how long it takes, and who is needed for it."""

    question = _question()
    minutes = whole_number(
        "Expected minutes", help_text="Leave empty to expect them by the case's complexity."
    )
    also_needed = forms.MultipleChoiceField(
        label="Also needed for this case",
        help_text="Beside the specialties of the board and of the guidance.",
        choices=Specialty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class PutOnForm(forms.Form):
    """The list that a case goes on, and what the board is asked."""

    meeting = forms.ModelChoiceField(
        label="Meeting",
        queryset=None,
        empty_label=None,
        error_messages={
            "required": "Choose a meeting.",
            "invalid_choice": "This meeting is not coming up any more. Choose another one.",
        },
    )
    question = _question()

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        field.queryset = meetings
        field.label_from_instance = meeting_words
        self.fields["meeting"].initial = meetings.first()


def meeting_words(meeting: Meeting) -> str:
    """A meeting as a choice: when, and of which board."""
    return f"{_when(meeting)}, {meeting.board.name}"


def meeting_choices(meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """Meetings as value and words, for a narrow select: the board only where there are several."""
    several = len({meeting.board_id for meeting in meetings}) > 1
    words = meeting_words if several else _when
    return [(str(meeting.pk), words(meeting)) for meeting in meetings]


def _when(meeting: Meeting) -> str:
    return moment_in(meeting.starts_at, meeting.board.time_zone)
