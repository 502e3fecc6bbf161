"""The forms of EHRs that ask by CDS Hooks."""

from typing import Any

from django import forms

from cases.models import HookClient
from cases.services.hook_clients import Ways
from tumorboard.accounts.client_forms import KeysForm, RegistrationForm

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class WaysForm(forms.Form):
    """How an EHR asks."""

    issuer = forms.CharField(
        label="Issuer",
        max_length=HookClient._meta.get_field("issuer").max_length,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="The iss of its JWTs, to the letter.",
    )
    tenant = forms.CharField(
        label="Tenant",
        required=False,
        max_length=HookClient._meta.get_field("tenant").max_length,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=(
            "The tenant of its JWTs. An EHR in a cloud may sign for several hospitals with the "
            "same keys: then only this tells yours apart. Empty: not looked at."
        ),
    )
    subject = forms.CharField(
        label="Subject",
        required=False,
        max_length=HookClient._meta.get_field("subject").max_length,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="The sub of its JWTs. Empty: not looked at.",
    )
    fhir_server = forms.CharField(
        label="FHIR server",
        required=False,
        max_length=HookClient._meta.get_field("fhir_server").max_length,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
        help_text=(
            "Where the EHR is asked for what it did not send; the operator must allow the host. "
            "Empty: it is not asked."
        ),
    )
    origins = forms.CharField(
        label="Browser origins",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 2}),
        help_text=(
            "Only if pages in a browser call, such as https://ehr.example.org, one a line. Most "
            "EHRs call from their server and need none."
        ),
    )

    @classmethod
    def of(cls, row: HookClient, data: Any = None) -> "WaysForm":
        """The form filled in with what is saved."""
        names = ("issuer", "tenant", "subject", "fhir_server")
        initial = {name: getattr(row, name) for name in names}
        return cls(data, initial={**initial, "origins": "\n".join(row.origins)})

    @property
    def ways(self) -> Ways:
        """What was typed; only of a valid form."""
        names = ("issuer", "tenant", "subject", "fhir_server")
        typed = {name: self.cleaned_data[name] for name in names}
        return Ways(**typed, origins=tuple(self.cleaned_data["origins"].split()))


class EnrollForm(WaysForm, RegistrationForm):
    """A further EHR; what it may do is fixed."""

    granted = None
    field_order = (
        "label", "issuer", "jwks", "file", "jwks_uri", "tenant", "subject", "fhir_server",
        "origins", "requests_per_minute",
    )  # fmt: skip

    @property
    def enrolled(self) -> dict[str, Any]:
        """What the service takes; only of a valid form."""
        names = ("label", "requests_per_minute", "jwks", "jwks_uri")
        return {**{name: self.cleaned_data[name] for name in names}, "ways": self.ways}


class NewKeysForm(KeysForm):
    """All public keys by which an EHR signs from now on."""
