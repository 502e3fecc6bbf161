"""App configuration."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Institutions and the isolation between them."""

    name = "tumorboard.tenancy"
    label = "tenancy"
