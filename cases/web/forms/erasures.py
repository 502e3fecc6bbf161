"""The forms by which a patient is found and erased, and of how long patients are kept."""

from django import forms

from cases.models import Erasure, Patient
from cases.models.retention import FEWEST_YEARS, MOST_YEARS
from cases.selectors.cases import patient_by_record_number

LONGEST_NUMBER = Patient._meta.get_field("record_number").max_length


class FindForm(forms.Form):
    """A patient by the whole record number; posted, since it stands in no address."""

    record_number = forms.CharField(
        label="Record number",
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the record number."},
    )

    def clean_record_number(self) -> str:
        """The number, whose patient is found."""
        number = str(self.cleaned_data["record_number"])
        self.patient = patient_by_record_number(number)
        if self.patient is None:
            message = "No patient has this record number."
            raise forms.ValidationError(message)
        return number


class RetentionForm(forms.Form):
    """Years after the last activity; empty lists nobody as due."""

    years = forms.IntegerField(
        label="Years after the last activity",
        required=False,
        min_value=FEWEST_YEARS,
        max_value=MOST_YEARS,
        help_text="Empty: nobody is listed as due. Nothing is erased by itself.",
    )


class EraseForm(forms.Form):
    """What is asked of who erases a patient."""

    record_number = forms.CharField(
        label="Type the record number",
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the record number of the patient."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=Erasure._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept with the erasure. Name nobody in it.",
        error_messages={"required": "Say why the patient is erased."},
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password to erase."},
    )
