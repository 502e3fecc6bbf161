"""The forms that acknowledge a check and take an acknowledgment back."""

from django import forms

from cases.models import Acknowledgment
from cases.models.acknowledgment import AcknowledgmentReason

TEXT_LENGTH = Acknowledgment._meta.get_field("text").max_length


class AcknowledgmentForm(forms.Form):
    """Why a case goes on beside a check, of the assessment that was seen."""

    assessment_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label="Why the case goes on all the same",
        choices=AcknowledgmentReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why the case goes on all the same."},
    )
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where the reason is “Other”. Stands on agenda and decision.",
    )


class WithdrawalForm(forms.Form):
    """Why an acknowledgment is taken back."""

    text = forms.CharField(
        label="Why",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
