"""App configuration."""

import importlib

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """What must leave a transaction, and the jobs that carry it."""

    name = "tumorboard.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Load Celery's application, so that every process finds the broker of the settings."""
        importlib.import_module("tumorboard.celery")
