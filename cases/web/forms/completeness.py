"""The forms of what is missing: asking for it, and accepting that the board decides without it."""

from django import forms
from django.utils import timezone

from cases.models import GapAcceptance, GapRequest
from tumorboard.date_field import DateField

NAME_LENGTH = GapRequest._meta.get_field("asked_of").max_length
NOTE_LENGTH = GapRequest._meta.get_field("note").max_length
REASON_LENGTH = GapAcceptance._meta.get_field("reason").max_length


class AskForm(forms.Form):
    """Who was asked for an item, and when."""

    asked_of = forms.CharField(
        label="Asked of",
        max_length=NAME_LENGTH,
        help_text="A person or a department.",
        error_messages={"required": "Say who was asked."},
    )
    asked_on = DateField(
        label="Asked on",
        initial=timezone.localdate,
        error_messages={"required": "Give the date on which it was asked for."},
    )
    note = forms.CharField(label="Note", required=False, max_length=NOTE_LENGTH)


class AcceptForm(forms.Form):
    """Why the board may decide without an item."""

    reason = forms.CharField(
        label="Why the board can decide without it",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Your name and this reason stand beside the case until the item is there.",
        error_messages={"required": "Say why the board can decide without it."},
    )
