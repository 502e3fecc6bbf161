"""What `manage.py check` says about identity providers that cannot be asked."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from tumorboard.accounts.sso import installation_key, reach

HINT = "Until then nobody can sign in by OpenID Connect; see docs/single-sign-on.md."


def identity_providers_are_readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What the operator wrote about identity providers is in the form that is understood."""
    try:
        reach.read(settings.IDENTITY_PROVIDERS)
    except reach.Unreadable as error:
        return [Error(str(error), hint=HINT, id="operations.E022")]
    return []


def identity_key_is_readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The installation's own key, where one is named, can be used."""
    if not settings.IDENTITY_KEY_FILE or installation_key.is_there():
        return []
    message = (
        "TUMORBOARD_IDENTITY_KEY_FILE is no private EC key on P-256 or P-384 that can be read."
    )
    return [Error(message, hint=HINT, id="operations.E023")]
