"""What `manage.py check` says about where events may be sent."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from cases.services.webhooks.reach import Unreadable, read


def webhook_networks_are_readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What the operator wrote is in the form that is understood, and the file is there."""
    hint = "Until then events go to public addresses only; see docs/webhooks.md."
    try:
        read("")
    except Unreadable as error:
        return [Error(str(error), hint=hint, id="operations.E005")]
    if settings.WEBHOOK_CA_FILE and not Path(settings.WEBHOOK_CA_FILE).is_file():
        message = "TUMORBOARD_WEBHOOK_CA_FILE is no file."
        return [Error(message, hint="No event can be sent over TLS.", id="operations.E006")]
    return []
