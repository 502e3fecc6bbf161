"""`manage.py embedded start|stop`: the embedded PostgreSQL of this checkout."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Start or stop the embedded PostgreSQL."""

    help = "Start or stop the embedded PostgreSQL that serves this checkout."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One word: what to do."""
        parser.add_argument("action", choices=["start", "stop"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Start (with roles and database) or stop."""
        if not settings.ON_ONE_MACHINE:
            message = "DATABASE_URL is set: this installation has a PostgreSQL of its own."
            raise CommandError(message)
        if action == "stop":
            settings.EMBEDDED.stop()
            return
        settings.EMBEDDED.start()
        call_command("prepare_database", stdout=self.stdout)
