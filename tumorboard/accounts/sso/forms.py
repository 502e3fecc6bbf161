"""The forms of identity providers."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tumorboard.accounts import own_roles
from tumorboard.accounts.models import User
from tumorboard.accounts.sso.proposals import PROVIDER_TERMS
from tumorboard.accounts.sso.providers import Mapped
from tumorboard.accounts.sso.reach import origin_of
from tumorboard.accounts.sso.xml import LONGEST
from tumorboard.accounts.sso_models import IdentityProvider
from tumorboard.accounts.text_files import text_in

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LONGEST_LINES = 20_000


class OidcForm(forms.Form):
    """A provider that speaks OpenID Connect."""

    label = forms.CharField(
        label="What stands on the button?",
        max_length=60,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="As your people call it, for example “Hospital account”.",
    )
    issuer = forms.CharField(
        label="Issuer",
        max_length=400,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Exactly as the provider writes it. It cannot be changed later.",
    )
    client_id = forms.CharField(
        label="Client ID", max_length=200, widget=forms.TextInput(attrs=PLAIN)
    )

    def clean_issuer(self) -> str:
        """An address that could be asked; whether it may be, the operator says."""
        issuer: str = self.cleaned_data["issuer"]
        if not origin_of(issuer) or "?" in issuer:
            raise ValidationError("Give an address that begins with https://.")
        return issuer


class MetadataForm(forms.Form):
    """A SAML provider's metadata, pasted or in a file; `metadata_xml` is their text either way."""

    metadata_xml = forms.CharField(
        label="Metadata (XML)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, **PLAIN}),
    )
    file = forms.FileField(label="Or as a file", required=False)

    def clean_file(self) -> str:
        """The file's text."""
        return text_in(
            self.cleaned_data["file"],
            longest=LONGEST,
            too_long="This file is too long for the metadata of one provider.",
            encoding="utf-8-sig",
        )

    def clean(self) -> dict[str, Any]:
        """One of both."""
        given: dict[str, Any] = super().clean() or {}
        given["metadata_xml"] = given.pop("file", "") or given.get("metadata_xml", "")
        if not given["metadata_xml"].strip() and not self.errors:
            self.add_error("metadata_xml", "Paste the provider's metadata, or choose a file.")
        return given


class SamlForm(MetadataForm):
    """A provider that speaks SAML."""

    label = forms.CharField(
        label="What stands on the button?",
        max_length=60,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="As your people call it, for example “Hospital account”.",
    )
    field_order = ["label", "metadata_xml", "file"]


class ProviderForm(forms.Form):
    """Whom a provider speaks of, and what its groups mean: one field of groups for each role."""

    label = forms.CharField(
        label="What stands on the button?", max_length=60, widget=forms.TextInput(attrs=PLAIN)
    )
    email_domains = forms.CharField(
        label="Mail domains",
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs=PLAIN),
        help_text=(
            "For example north.example, with spaces between several. Only at a first sign-in, an "
            "address of these finds or makes the person; afterwards the provider's own mark for "
            "them counts."
        ),
    )
    groups_claim = forms.CharField(
        label="Claim or attribute with the groups",
        max_length=200,
        widget=forms.TextInput(attrs=PLAIN),
    )
    factor_values = forms.CharField(
        label="What says that a second factor was asked for?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, **PLAIN}),
        help_text=(
            "Values of amr, acr or AuthnContextClassRef, one a line, for example mfa. Where the "
            "provider says none of them, people are asked for their own second factor here."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = own_roles.every_role()
        for role in self.roles:
            self.fields[_field_of(role)] = forms.CharField(
                label=f"Groups: {role.value.label}",
                required=False,
                max_length=LONGEST_LINES,
                widget=forms.Textarea(attrs={"rows": 2, **PLAIN}),
                help_text="One a line, as the provider writes them."
                if role is self.roles[0]
                else "",
            )

    @classmethod
    def of(cls, provider: IdentityProvider, data: Any = None) -> "ProviderForm":
        """With what was written last of a provider."""
        terms = PROVIDER_TERMS.latest(provider)
        initial = {
            "label": terms.label,
            "email_domains": " ".join(terms.email_domains),
            "groups_claim": terms.groups_claim,
            "factor_values": "\n".join(terms.factor_values),
            **{
                _field_of(role): "\n".join(g for g, name in terms.mapping if name == role.name)
                for role in own_roles.every_role()
            },
        }
        return cls(data, initial=initial)

    def clean_email_domains(self) -> list[str]:
        """Each by itself."""
        return [part for part in re.split(r"[\s,;]+", self.cleaned_data["email_domains"]) if part]

    def clean_factor_values(self) -> list[str]:
        """Each by itself."""
        return lines_in(self.cleaned_data["factor_values"])

    @property
    def given(self) -> dict[str, Any]:
        """As `providers.change` takes it."""
        plain = ("label", "email_domains", "groups_claim", "factor_values")
        mapping = [
            Mapped(group, role.name)
            for role in self.roles
            for group in lines_in(self.cleaned_data[_field_of(role)])
        ]
        return {**{name: self.cleaned_data[name] for name in plain}, "mapping": mapping}


class RequiredForm(forms.Form):
    """Whether everybody must come through a provider, and who helps when it fails."""

    is_required = forms.TypedChoiceField(
        label="May people of this institution use a password of this site?",
        coerce=lambda value: value == "yes",
        choices=[("no", "Yes, besides"), ("yes", "No, they come through a provider only")],
        widget=forms.RadioSelect,
    )
    emergency_administrator = forms.ModelChoiceField(
        label="Administrator for emergencies",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody",
        help_text="May use the password all the same, with the own second factor.",
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["emergency_administrator"]
        choice.queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=[person.pk for person in people]
        ).order_by("name")


def _field_of(role: own_roles.AnyRole) -> str:
    return f"groups_{role.name.replace(':', '_')}"


def lines_in(text: str) -> list[str]:
    """The lines of a text, each once, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
