"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships, roles, sign-in and API tokens."""

    name = "tumorboard.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to sign-ins."""
        from tumorboard.accounts import receivers  # noqa: PLC0415 - needs the applications

        receivers.connect()
