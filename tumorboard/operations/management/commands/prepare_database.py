"""`manage.py prepare_database`: the three roles and the database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tumorboard.operations import embedded, roles


class Command(BaseCommand):
    """Make the database roles and the database; safe to run again."""

    help = "Make the three database roles and the database (with DATABASE_ADMIN_URL)."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        """Make what is missing."""
        roles.prepare(
            admin_url=settings.DATABASE_ADMIN_URL,
            owner_url=settings.DATABASE_OWNER_URL,
            application_url=settings.DATABASE_URL,
            backup_role=settings.DATABASE_BACKUP_ROLE,
            limits=settings.DATABASE_LIMITS,
        )
        if settings.ON_ONE_MACHINE:
            roles.prepare_broker(
                admin_url=settings.DATABASE_ADMIN_URL,
                role=embedded.BROKER_ROLE,
                database=embedded.BROKER_DATABASE,
            )
        if verbosity:
            self.stdout.write("Database roles and database are ready.")
