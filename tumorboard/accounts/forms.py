"""The forms of people, invitations and tokens."""

from typing import Any

from django import forms

from tumorboard.accounts.factor_resets import LONGEST_REASON
from tumorboard.accounts.models import ApiToken, User
from tumorboard.accounts.own_role import OwnRole
from tumorboard.accounts.own_roles import every_role
from tumorboard.accounts.permission_words import GROUPS, WORDS
from tumorboard.accounts.sign_in_policies import ABSOLUTE_HOURS, IDLE_MINUTES


def _described_roles() -> list[tuple[str, str]]:
    """Every role with what its holder does, so that a choice needs no manual."""
    return [(role.name, f"{role.value.label}. {role.value.description}") for role in every_role()]


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


def _described_permissions() -> list[tuple[str, str]]:
    """Every permission with what it allows, so that a choice needs no manual."""
    return [(each.value, f"{words.label}. {words.allows}") for each, words in WORDS.items()]


class OwnRoleForm(forms.Form):
    """A role of the institution's own, put together of the built-in permissions."""

    name = forms.CharField(
        max_length=OwnRole._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="As it should stand in lists and under decisions.",
        error_messages={"required": "Enter the name of the role."},
    )
    description = forms.CharField(
        label="What does its holder do?",
        max_length=OwnRole._meta.get_field("description").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what its holder does."},
    )
    permissions = forms.MultipleChoiceField(
        label="What may they do?",
        choices=_described_permissions,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one permission."},
    )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The boxes of the permissions under the names of their groups."""
        boxes = {box.data["value"]: box for box in self["permissions"]}
        return [(name, [boxes[each.value] for each in group]) for name, group in GROUPS.items()]


class ConfirmationForm(forms.Form):
    """Nothing to fill in: a yes that may still be refused."""


class FactorResetForm(forms.Form):
    """Why a person's second factors are taken away."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why?",
        help_text="It stands in the audit: how you made sure that it is this person who asks.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why."},
    )


class SignInPolicyForm(forms.Form):
    """How long a session lasts."""

    idle_minutes = forms.IntegerField(
        label="Sign out after how long without activity?",
        min_value=IDLE_MINUTES[0],
        max_value=IDLE_MINUTES[1],
        help_text="5 to 60 minutes. A page that is left open is no activity; typing is.",
        error_messages={"required": "Enter the minutes."},
    )
    absolute_hours = forms.IntegerField(
        label="Sign in anew after how long in any case?",
        min_value=ABSOLUTE_HOURS[0],
        max_value=ABSOLUTE_HOURS[1],
        help_text="1 to 24 hours, counted from signing in.",
        error_messages={"required": "Enter the hours."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, unit in (("idle_minutes", "minutes"), ("absolute_hours", "hours")):
            self.fields[name].unit = unit  # type: ignore[attr-defined]


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
    is_read_only = forms.TypedChoiceField(
        label="What may it do?",
        coerce=lambda value: value == "read",
        choices=[("read", "Only read"), ("all", "All that you may do")],
        initial="read",
        widget=forms.RadioSelect,
        help_text="A token that only reads can do less harm where it gets lost.",
        error_messages={"required": "Choose what it may do."},
    )
