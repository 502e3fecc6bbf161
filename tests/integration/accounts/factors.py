"""An authenticator app as a person has it, for tests."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

from tumorboard.accounts.models import User

#: Steps of 30 seconds: the time at which all apps and the server of these tests stand.
COUNTER = 60_000_000
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def add_app(user: User, secret: str = SECRET) -> Authenticator:
    """The person has an app."""
    return auth.TOTP.activate(user, secret).instance


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows now, or `steps` of 30 seconds later; its clock stands still."""
    return auth.format_hotp_value(auth.hotp_value(secret, COUNTER + steps))


def wrong_code() -> str:
    """What it does not show now."""
    return next(wrong for wrong in ("000000", "111111") if wrong != code())


def add_codes(user: User) -> list[str]:
    """The person has recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes.activate(user).generate_codes()


def read_secret(authenticator: Authenticator) -> str:
    """The app's key in clear."""
    return get_adapter().decrypt(authenticator.data["secret"])
