"""The forms of agendas."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.models import AgendaItem, Meeting
from tumorboard.formats import moment

QUESTION_LENGTH = AgendaItem._meta.get_field("question").max_length


def _question() -> forms.CharField:
    return forms.CharField(
        label="Question for the board",
        max_length=QUESTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuestionForm(forms.Form):
    """What the board is asked."""

    question = _question()


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
    return f"{moment(meeting.starts_at)}, {meeting.board.name}"


def meeting_choices(meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """Meetings as value and words, for a narrow select: the board only where there are several."""
    several = len({meeting.board_id for meeting in meetings}) > 1
    words = meeting_words if several else _when
    return [(str(meeting.pk), words(meeting)) for meeting in meetings]


def _when(meeting: Meeting) -> str:
    return moment(meeting.starts_at)
