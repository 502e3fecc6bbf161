"""App configuration."""

from django.apps import AppConfig
from django.core.checks import register

from tumorboard.operations.checks import archives_are_readable, broker_is_named


class OperationsConfig(AppConfig):
    """Database roles, embedded services, demo data."""

    name = "tumorboard.operations"
    label = "operations"

    def ready(self) -> None:
        """Let every command check the installation."""
        register(broker_is_named)
        register(archives_are_readable)
