"""App configuration."""

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    """The editions that institutions use, and how they use them."""

    name = "guidance.editions"
    label = "editions"
