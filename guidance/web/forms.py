"""The form of what an institution chooses about the guidance."""

from django import forms

from guidance.editions.models import TnmSystem, WhoVersion


class PolicyForm(forms.Form):
    """WHO edition and TNM system."""

    who_version = forms.ChoiceField(
        label="WHO edition for grading",
        choices=WhoVersion.choices,
        widget=forms.RadioSelect,
        help_text="Every grade names the edition it was given by.",
        error_messages={"required": "Choose the WHO edition."},
    )
    tnm_system = forms.ChoiceField(
        label="TNM system",
        choices=TnmSystem.choices,
        widget=forms.RadioSelect,
        help_text="Every stage names the system it was given by.",
        error_messages={"required": "Choose the TNM system."},
    )
