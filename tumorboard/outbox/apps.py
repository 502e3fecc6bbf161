"""App configuration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """What must leave a transaction, and the jobs that carry it."""

    name = "tumorboard.outbox"
    label = "outbox"
