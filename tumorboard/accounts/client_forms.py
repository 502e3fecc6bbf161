"""The forms of API clients."""

from typing import Any

from django import forms

from tumorboard.accounts import scopes
from tumorboard.accounts.client_models import DEFAULT, FEWEST, MOST, ApiClient
from tumorboard.accounts.keys import LONGEST
from tumorboard.accounts.text_files import text_in


class KeysForm(forms.Form):
    """Public keys, pasted or in a file; `jwks` is their text either way."""

    jwks = forms.CharField(
        label="Public keys (JWK Set)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=(
            "RSA of 3072 bits or more (RS384) or EC on P-384 (ES384), each with its kid. "
            "Never the private half."
        ),
    )
    file = forms.FileField(label="Or as a file", required=False)

    def clean_file(self) -> str:
        """The file's text."""
        return text_in(
            self.cleaned_data["file"],
            longest=LONGEST,
            too_long="This file is too long for a set of public keys.",
        )

    def clean(self) -> dict[str, Any]:
        """Either of the two ways."""
        data: dict[str, Any] = super().clean() or {}
        pasted, uploaded = data.get("jwks", ""), data.pop("file", "")
        if pasted and uploaded:
            self.add_error("file", "Paste the keys or choose a file, not both.")
        elif not (pasted or uploaded or self.errors or data.get("jwks_uri")):
            self.add_error("jwks", "Paste the public keys, or choose their file.")
        data["jwks"] = pasted or uploaded
        return data


class AccessForm(forms.Form):
    """What a client may do, and how often."""

    granted = forms.MultipleChoiceField(
        label="What may it do?",
        choices=scopes.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what it needs. It can ask for each token to do less.",
        error_messages={"required": "Choose at least one thing that it may do."},
    )
    requests_per_minute = forms.IntegerField(
        label="Requests a minute",
        min_value=FEWEST,
        max_value=MOST,
        initial=DEFAULT,
        help_text="More are refused until the minute is over (429).",
    )

    @classmethod
    def of(cls, client: ApiClient, data: Any = None) -> "AccessForm":
        """The form filled in with what the client may do now."""
        held = scopes.granted_by(client.scopes)
        chosen = [scope for scope, _ in scopes.choices() if scopes.granted_by(scope) <= held]
        initial = {"granted": chosen, "requests_per_minute": client.requests_per_minute}
        return cls(data, initial=initial)


class RegistrationForm(KeysForm, AccessForm):
    """A new client."""

    label = forms.CharField(
        label="Which system is it?",
        max_length=ApiClient._meta.get_field("label").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As it should stand beside what it reads and writes. It cannot be changed later.",
    )
    jwks_uri = forms.CharField(
        label="Or the address of its JWK Set",
        required=False,
        max_length=ApiClient._meta.get_field("jwks_uri").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Where the system keeps its keys itself; the operator must allow the host.",
    )
    field_order = ["label", "granted", "requests_per_minute", "jwks", "file", "jwks_uri"]

    def clean(self) -> dict[str, Any]:
        """One of the three ways."""
        data = super().clean()
        if data.get("jwks") and data.get("jwks_uri"):
            self.add_error("jwks_uri", "Give the keys or their address, not both.")
        return data
