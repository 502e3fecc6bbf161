"""`manage.py assess FILE`: guidance for facts in a file, without a database."""

import sys
from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand

from guidance.engine import command


class Command(BaseCommand):
    """Thin wrapper of `guidance.engine.command`."""

    help = "Assess facts from a YAML or JSON file and print the answers as JSON."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add FILE, --defaults and --date."""
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the answers; exit with 2 when something is not acceptable."""
        # Django's wrappers do all that is asked of a text stream here, without being one.
        out, err = cast("TextIO", self.stdout), cast("TextIO", self.stderr)
        status = command.run(options["file"], options["defaults"], options["date"], out, err)
        if status:
            sys.exit(status)
