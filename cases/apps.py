"""App configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The clinical record and the board's work on it."""

    name = "cases"
