"""What `manage.py check` says about an installation that lets people in too easily."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from tumorboard.accounts.password_validation import is_listed
from tumorboard.accounts.second_factor import OPTIONAL, REQUIRED


def second_factor_is_required(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nobody comes near patient data with a password alone, but on a machine for trying out."""
    if settings.SECOND_FACTOR == REQUIRED:
        return []
    if settings.SECOND_FACTOR == OPTIONAL and settings.ON_ONE_MACHINE:
        return []
    return [
        Error(
            "TUMORBOARD_SECOND_FACTOR lets people in with a password alone.",
            hint='Leave it out, or set it to "required"; "optional" is for trying out, without '
            "DATABASE_URL.",
            id="operations.E020",
        )
    ]


def passwords_can_be_checked(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The list of breached passwords that the operator named can be read."""
    if not settings.BREACHED_PASSWORDS_FILE:
        return []
    try:
        is_listed(Path(settings.BREACHED_PASSWORDS_FILE), "password")
    except OSError:
        return [
            Error(
                "BREACHED_PASSWORDS_FILE cannot be read, so nobody could set a password.",
                hint="It is the sorted file of SHA-1 hashes of Pwned Passwords.",
                id="operations.E021",
            )
        ]
    return []
