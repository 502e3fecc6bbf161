"""The forms that restrict a record, open a restricted one, and judge that."""

from typing import Any

from django import forms

from cases.models import BreakGlass, Patient, Restriction
from cases.models.break_glass import BreakGlassCause, Verdict
from cases.selectors.restrictions import offered_people


class ListForm(forms.Form):
    """Who may see a restricted record."""

    people = forms.TypedMultipleChoiceField(
        label="Who may see it?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Everybody else is told that there is no such record, you too.",
        error_messages={"required": "Choose who may see the record."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        offered = {str(person.pk): person for person in offered_people()}
        people.choices = [(key, person.name) for key, person in offered.items()]
        people.coerce = lambda key: offered[key].pk


class RestrictForm(ListForm):
    """Why a record is restricted, and to whom."""

    reason = forms.CharField(
        label="Why is it restricted?",
        max_length=Restriction._meta.get_field("reason").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For example: works in this hospital. Who is on the list reads it.",
        error_messages={"required": "Say why it is restricted."},
    )
    field_order = ("reason", "people")


class BreakGlassForm(forms.Form):
    """Which restricted record, why, and the person's own password."""

    record_number = forms.CharField(
        label="Record number",
        max_length=Patient._meta.get_field("record_number").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the record number."},
    )
    cause = forms.ChoiceField(
        label="Why must you see it now?",
        choices=BreakGlassCause.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why you must see the record."},
    )
    words = forms.CharField(
        label="In words",
        max_length=BreakGlass._meta.get_field("words").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Without a name: it stands in the audit beside everything that you read.",
        error_messages={"required": "Say it in words."},
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )

    def __init__(self, *args: Any, asks_password: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]


class BreakGlassReviewForm(forms.Form):
    """Whether a record was opened for a good reason."""

    verdict = forms.ChoiceField(
        label="Was it justified?",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was justified."},
    )
    verdict_words = forms.CharField(
        label="In words",
        max_length=BreakGlass._meta.get_field("verdict_words").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say it in words."},
    )
