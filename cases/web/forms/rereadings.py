"""The form of the board's own reading."""

from django import forms

from cases.models import Rereading
from cases.models.rereading import Agreement
from cases.models.result import Outcome
from tumorboard.date_field import DateField


class RereadingForm(forms.Form):
    """What the board sees, and how far it agrees with the report."""

    outcome = forms.ChoiceField(
        label="What does the board see?",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the board sees."},
    )
    agreement = forms.ChoiceField(
        label="Does that agree with the report?",
        choices=Agreement.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the reading agrees with the report."},
    )
    words = forms.CharField(
        label="In words",
        max_length=Rereading._meta.get_field("words").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed for a discrepancy: what the report says otherwise.",
    )
    read_on = DateField(
        label="Read on", error_messages={"required": "Enter the date of the reading."}
    )
    read_by = forms.CharField(
        label="Read by",
        max_length=Rereading._meta.get_field("read_by").max_length,
        error_messages={"required": "Enter who read it."},
    )
