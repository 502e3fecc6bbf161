"""The form of a patient."""

from typing import Any

from django import forms

from cases.models import Patient
from cases.models.patient import Sex
from cases.web.forms.answers import segmented
from tumorboard.date_field import DateField

RECORD_NUMBER_REQUIRED = "Enter the record number."


def _text(name: str, **kwargs: Any) -> forms.CharField:
    column = Patient._meta.get_field(name)
    return forms.CharField(
        label=column.verbose_name.capitalize(),
        max_length=column.max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **kwargs,
    )


class PersonFields(forms.Form):
    """Who a patient is; all of it may be unknown."""

    family_name = _text("family_name", required=False)
    given_name = _text("given_name", required=False)
    birth_date = DateField(label="Date of birth", required=False)
    sex = forms.ChoiceField(
        choices=[*Sex.choices, ("", "Unknown")], widget=segmented(), required=False, initial=""
    )


class PatientForm(PersonFields):
    """A patient of the institution."""

    record_number = _text("record_number", error_messages={"required": RECORD_NUMBER_REQUIRED})
    field_order = ["record_number"]
