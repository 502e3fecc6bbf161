"""The forms of people, invitations and tokens."""

from django import forms

from tumorboard.accounts.models import ApiToken, User
from tumorboard.accounts.roles import Role


def _described_roles() -> list[tuple[str, str]]:
    """Every role with what its holder does, so that a choice needs no manual."""
    return [(role.name, f"{role.value.label}. {role.value.description}") for role in Role]


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    name = forms.CharField(
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As it should stand in lists and under decisions.",
    )
    email = forms.EmailField(
        label="Mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="They sign in with it, and the invitation goes there.",
    )
    role = forms.ChoiceField(
        choices=_described_roles,
        widget=forms.RadioSelect,
        help_text="More roles can be added once they have joined.",
        error_messages={"required": "Choose a role."},
    )


class RolesForm(forms.Form):
    """Which roles a person has."""

    roles = forms.MultipleChoiceField(
        choices=_described_roles,
        widget=forms.CheckboxSelectMultiple,
        help_text="The person may do what any of them allows, from the next page they open.",
        error_messages={"required": "Choose at least one role, or remove the person."},
    )


class ConfirmationForm(forms.Form):
    """Nothing to fill in: a yes that may still be refused."""


class PasswordForm(forms.Form):
    """The password of somebody new."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Several words in a row are easy to keep in mind.",
    )


class TokenForm(forms.Form):
    """A new token for scripts."""

    label = forms.CharField(
        label="What is it for?",
        max_length=ApiToken._meta.get_field("label").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For example the system or script that will use it.",
    )
    days = forms.TypedChoiceField(
        label="How long is it valid?",
        coerce=int,
        choices=[(30, "30 days"), (90, "90 days"), (365, "One year")],
        initial=90,
    )
