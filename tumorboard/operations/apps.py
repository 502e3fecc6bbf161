"""App configuration."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Database roles, embedded services, demo data."""

    name = "tumorboard.operations"
    label = "operations"
