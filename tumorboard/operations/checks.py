"""What `manage.py check` says about an installation that cannot work."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from cases.dicom.pacs_access import Access, Unreadable
from tumorboard.vault.master import FaultyKeys, master_keys


def broker_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An installation with a PostgreSQL of its own needs a broker of its own.

    Without one nothing that is to leave a transaction would ever leave it, and nobody would notice.
    """
    if settings.ON_ONE_MACHINE or settings.EMBEDDED.broker_url() != settings.CELERY_BROKER_URL:
        return []
    return [
        Error(
            "DATABASE_URL is set, but CELERY_BROKER_URL is not: no job would ever run.",
            hint="Name a RabbitMQ, for instance CELERY_BROKER_URL=amqp://user:password@host/.",
            id="operations.E001",
        )
    ]


def archives_are_readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What the operator wrote about picture archives is in the form that is understood."""
    try:
        Access.of(institution="", hosts=settings.PACS_HOSTS, credentials=settings.PACS_CREDENTIALS)
    except Unreadable as error:
        hint = "Until then no institution can ask its archive; see docs/pacs.md."
        return [Error(str(error), hint=hint, id="operations.E002")]
    return []


def identity_keys_are_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a master key nobody's name could be read or written."""
    try:
        master_keys()
    except FaultyKeys as error:
        return [
            Error(
                f"IDENTITY_KEYS cannot be used: {error}",
                hint="Make one with: openssl rand -base64 32. Keep it apart from the database.",
                id="operations.E003",
            )
        ]
    return []
