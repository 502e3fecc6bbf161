"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships, roles, sign-in and API tokens."""

    name = "tumorboard.accounts"
    label = "accounts"
