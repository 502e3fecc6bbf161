"""The forms that sign a decision and that open its amendment."""

from typing import Any

from django import forms

from cases.models import DecisionDraft
from cases.services.decision_sheets import GROUPS
from cases.services.decisions import LONGEST_REASON

REASON_LENGTH = DecisionDraft._meta.get_field("amendment_reason").max_length


class SignForm(forms.Form):
    """What the signer saw, why they accept what is lacking, and the password if asked for.

    `quorum_reason`, `gap_reason` and `early_reason` are asked for where something of the group is
    lacking.
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
    early_reason = forms.CharField(
        label="Why do you sign before the meeting?",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password to sign."},
    )

    def __init__(self, *args: Any, asks_password: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]

    @property
    def reasons(self) -> dict[str, str]:
        """What was typed as the reasons for accepting what is lacking, by its group."""
        return {group: self.data.get(f"{group}_reason", "") for group in GROUPS}

    def begin_with(self, name: str) -> None:
        """Put the cursor into the first field that is left to type: whoever comes comes to sign."""
        self.fields[name].widget.attrs["autofocus"] = True


class AmendForm(forms.Form):
    """Why a signed decision is amended."""

    reason = forms.CharField(
        label="Why is it amended?",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the decision is amended."},
    )
