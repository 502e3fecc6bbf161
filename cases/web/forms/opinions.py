"""The form of an opinion given before a meeting."""

from django import forms

from cases.models import Opinion
from cases.models.specialty import Specialty

#: The name of the form among what is kept of forms while they are typed.
FORM = "opinion"


class OpinionForm(forms.Form):
    """What somebody who cannot come thinks of a case."""

    specialty = forms.ChoiceField(
        label="For which specialty", choices=[("", "None"), *Specialty.choices], required=False
    )
    text = forms.CharField(
        label="Opinion",
        max_length=Opinion._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say what you think of the case."},
    )
