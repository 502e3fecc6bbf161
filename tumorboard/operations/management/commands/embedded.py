"""`manage.py embedded start|stop|remove|hold`: the embedded PostgreSQL of this checkout."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Start or stop the embedded PostgreSQL, or keep it while another command runs."""

    help = (
        "The embedded PostgreSQL that serves this checkout: start it, stop it, remove it with all "
        "its data, or hold it while another command runs (embedded hold -- command ...)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, what to do; for "hold" also the command."""
        parser.add_argument("action", choices=["start", "stop", "remove", "hold"])
        parser.add_argument("command", nargs="*")

    def handle(self, *_args: Any, action: str, command: list[str], **_options: Any) -> None:
        """Do what the word says.

        Raises:
            CommandError: this installation has a PostgreSQL of its own.
        """
        if not settings.ON_ONE_MACHINE:
            message = "DATABASE_URL is set: this installation has a PostgreSQL of its own."
            raise CommandError(message)
        if action == "start":
            self._start()
        elif action == "stop":
            settings.EMBEDDED.stop()
        elif action == "remove":
            settings.EMBEDDED.remove()
        else:
            self._hold(command)

    def _start(self) -> bool:
        """Start the server, with roles and databases; whether this call started it."""
        started = settings.EMBEDDED.start()
        call_command("prepare_database", verbosity=0)
        return started

    def _hold(self, command: list[str]) -> None:
        """Run the command and end as it ended; a server that was not there before goes again."""
        started = self._start()
        try:
            status = subprocess.call(command)  # noqa: S603 - the caller's own command
        finally:
            if started:
                settings.EMBEDDED.stop()
        sys.exit(status)
