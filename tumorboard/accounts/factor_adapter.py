"""How allauth's second factors behave here."""

import base64
import functools

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tumorboard.accounts import second_factor
from tumorboard.accounts.models import User


class FactorAdapter(DefaultMFAAdapter):
    """Secrets lie encrypted; the last factor stays while one is required."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": (
            "This is your only second factor, and one is required: add another first."
        ),
        "incorrect_code": "This code is not right, or it was used already. Wait for the next one.",
    }

    def encrypt(self, text: str) -> str:
        """With a key that stands in no table."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` made, with this key or one before it.

        Raises:
            InvalidToken: it was encrypted with a key that is not there any more.
        """
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another factor is left, or none is required."""
        others = Authenticator.objects.filter(
            user=authenticator.user_id, type__in=second_factor.FACTORS
        ).exclude(pk=authenticator.pk)
        return not second_factor.is_required() or others.exists()

    def get_totp_issuer(self) -> str:
        """As the app lists it."""
        return "Tumorboard"

    def generate_authenticator_name(
        self,
        user: User,
        type: Authenticator.Type,  # noqa: A002 - as allauth calls it
    ) -> str:
        """A name to begin with."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Passkey {number}"

    def _get_site_name(self) -> str:
        return "Tumorboard"


def _cipher() -> MultiFernet:
    return _cipher_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@functools.cache
def _cipher_of(secrets: tuple[str, ...]) -> MultiFernet:
    """The newest key encrypts, each of them decrypts: keys can be changed."""
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"tumorboard second factors"
    ).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
