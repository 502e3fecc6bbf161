"""The form by which somebody says that an EHR's account is theirs."""

from typing import Any

from django import forms


class LinkForm(forms.Form):
    """The person's own password; nothing where their provider confirms who they are."""

    password = forms.CharField(
        label="Your password of this site",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )

    def __init__(self, *args: Any, asks_password: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]
