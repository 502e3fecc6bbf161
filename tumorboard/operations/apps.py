"""App configuration."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from tumorboard.operations import production_checks
from tumorboard.operations.checks import (
    archives_are_readable,
    broker_is_named,
    identity_keys_are_whole,
)
from tumorboard.operations.role_checks import role_has_limits, role_is_bound


class OperationsConfig(AppConfig):
    """Database roles, embedded services, demo data."""

    name = "tumorboard.operations"
    label = "operations"

    def ready(self) -> None:
        """Let every command check the installation."""
        # They read models of other applications, which are there by now.
        from tumorboard.operations.identity_checks import (  # noqa: PLC0415
            identity_key_is_readable,
            identity_providers_are_readable,
        )
        from tumorboard.operations.key_checks import master_keys_open  # noqa: PLC0415
        from tumorboard.operations.sign_in_checks import (  # noqa: PLC0415
            passwords_can_be_checked,
            second_factor_is_required,
        )
        from tumorboard.operations.webhook_checks import (  # noqa: PLC0415
            webhook_networks_are_readable,
        )

        register(broker_is_named)
        register(archives_are_readable)
        register(identity_keys_are_whole)
        register(second_factor_is_required)
        register(passwords_can_be_checked)
        register(identity_providers_are_readable)
        register(identity_key_is_readable)
        register(webhook_networks_are_readable)
        register(role_is_bound, Tags.database, deploy=True)
        register(role_has_limits, Tags.database, deploy=True)
        register(master_keys_open, Tags.database, deploy=True)
        for check in production_checks.ALL:
            register(check, Tags.security, deploy=True)
