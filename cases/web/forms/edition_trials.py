"""The form with which an institution adopts an edition."""

from django import forms

from guidance.editions.models import EditionAdoption


class AdoptForm(forms.Form):
    """Why the edition is adopted; may stay empty."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=EditionAdoption._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the adoption, for whoever asks later.",
    )
