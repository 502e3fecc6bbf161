"""The forms of the case list."""

from typing import Any

from django import forms

from cases.models import Meeting, SavedView
from tumorboard.formats import moment


class ViewForm(forms.Form):
    """The name of a view."""

    name = forms.CharField(
        label="Name of the view",
        max_length=SavedView._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name for the view."},
    )
    is_shared = forms.BooleanField(label="Everybody here sees it", required=False)


class MeetingField(forms.ModelChoiceField):
    """One of the coming meetings, by time and board."""

    def label_from_instance(self, meeting: Meeting) -> str:
        """The meeting as the list of choices shows it."""
        return f"{moment(meeting.starts_at)}, {meeting.board.name}"


class BulkForm(forms.Form):
    """The list that several cases go on."""

    meeting = MeetingField(
        label="Meeting",
        queryset=None,
        empty_label=None,
        error_messages={
            "required": "Choose a meeting.",
            "invalid_choice": "This meeting is not coming up any more. Choose another one.",
        },
    )

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings
