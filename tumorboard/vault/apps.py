"""App configuration."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys of institutions, and what is sealed under them."""

    name = "tumorboard.vault"
    label = "vault"
