"""The forms in which a second factor is proven: allauth's, with guessing slowed down."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.cache import cache

from tumorboard.accounts import recovery_codes, sign_in_history, throttle
from tumorboard.accounts.adapter import WAIT

#: A code is right for 30 seconds at most.
USED_SECONDS = 60


class Counted:
    """Counts each code that is tried, and takes none twice."""

    def clean_code(self: Any) -> str:
        """The code, if it is right.

        Raises:
            ValidationError: wrong, used before, or not to be looked at yet.
        """
        guess = throttle.count(context.request, purpose=throttle.CODE, account=str(self.user.pk))
        if guess is None:
            _note(self.user, sign_in_history.Kind.WAITED)
            raise forms.ValidationError(WAIT)
        spare = recovery_codes.use(self.user, self.cleaned_data["code"])
        if spare is not None:
            self.authenticator = spare
            guess.right()
            return str(self.cleaned_data["code"])
        code = super().clean_code()  # type: ignore[misc]
        digits = "".join(code.split())
        if not cache.add(f"code-used:{self.user.pk}:{digits}", "yes", timeout=USED_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        guess.right()
        return str(code)


class CodeForm(Counted, AuthenticateForm):
    """The code after the password."""


class CodeAgainForm(Counted, ReauthenticateForm):
    """The code of somebody who is signed in."""


class PasskeyForm(AuthenticateWebAuthnForm):
    """The passkey after the password; it cannot be guessed, so nothing is counted."""

    def clean_credential(self) -> Any:
        """The authenticator that signed.

        Raises:
            ValidationError: it is none of the person's.
        """
        try:
            return super().clean_credential()
        except forms.ValidationError:
            _note(self.user, sign_in_history.Kind.PASSKEY_WRONG)
            raise


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey."""

    name = forms.CharField(
        label="Name of this passkey",
        required=False,
        max_length=60,
        help_text="So that you know it again, such as “Work laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without the password",
        required=False,
        initial=True,
        help_text="It then asks for your fingerprint, face or PIN. Not every security key can.",
    )


def _note(user: Any, kind: sign_in_history.Kind) -> None:
    sign_in_history.note(user=user, kind=kind, request=context.request, method="second factor")
