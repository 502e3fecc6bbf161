"""The forms that sign a decision and that open its amendment."""

from django import forms

from cases.models import DecisionDraft
from cases.services.decisions import LONGEST_REASON

REASON_LENGTH = DecisionDraft._meta.get_field("amendment_reason").max_length


class SignForm(forms.Form):
    """What the signer saw, why they accept what is lacking, and their password.

    `quorum_reason` and `gap_reason` are asked for where something of the group is lacking.
    """

    assessment_id = forms.UUIDField(widget=forms.HiddenInput)
    draft_version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    quorum_reason = forms.CharField(
        label="Why do you sign without them?",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    gap_reason = forms.CharField(
        label="Why do you sign without it?",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        # Whoever comes here comes to sign: the password is what is left to type.
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Enter your password to sign."},
    )


class AmendForm(forms.Form):
    """Why a signed decision is amended."""

    reason = forms.CharField(
        label="Why is it amended?",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the decision is amended."},
    )
