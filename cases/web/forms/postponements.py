"""The form of a postponement."""

from typing import Any

from django import forms

from cases.models import Postponement
from cases.models.postponement import PostponementCause
from cases.web.forms.agendas import meeting_words
from guidance.editions.minimum_dataset import minimum_dataset


class PostponementForm(forms.Form):
    """Why a case is not decided in this meeting, at whom it lies, and where it goes."""

    cause = forms.ChoiceField(
        label="Why",
        choices=[("", "Choose"), *PostponementCause.choices],
        error_messages={"required": "Choose why it is postponed."},
    )
    department = forms.ChoiceField(label="At which department it lies", required=False)
    text = forms.CharField(
        label="In words",
        max_length=Postponement._meta.get_field("text").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    to = forms.ModelChoiceField(
        label="Where it goes",
        queryset=None,
        required=False,
        empty_label="Back to the cases that ask for the board",
        error_messages={
            "invalid_choice": "This meeting is not coming up any more. Choose another one."
        },
    )

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.choices = [("", "None"), *minimum_dataset().departments.items()]
        to: Any = self.fields["to"]
        to.queryset = meetings
        to.label_from_instance = meeting_words
        to.initial = meetings.first()
