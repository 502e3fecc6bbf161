"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who saw and who changed what."""

    name = "tumorboard.audit"
    label = "audit"
