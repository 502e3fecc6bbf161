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
        # They read models of other applications, which are there by now.
        from tumorboard.operations.sign_in_checks import (  # noqa: PLC0415
            passwords_can_be_checked,
            second_factor_is_required,
        )

        register(broker_is_named)
        register(archives_are_readable)
        register(second_factor_is_required)
        register(passwords_can_be_checked)
