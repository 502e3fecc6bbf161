"""`manage.py export_institution`: all that belongs to an institution, in one sealed file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.leaving import export
from tumorboard.operations.moving.passphrases import VARIABLE, passphrase


class Command(BaseCommand):
    """Write it, and print what was written."""

    help = (
        "Write all rows, files and people of an institution into one file that only a passphrase "
        f"opens: that of {VARIABLE}, else asked for. People may work on meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, and whereto."""
        parser.add_argument("slug", help="the institution's part of the address")
        parser.add_argument("file", type=Path, help="must not be there yet")

    def handle(self, *_args: Any, slug: str, file: Path, **_options: Any) -> None:
        """Write the file or none.

        Raises:
            CommandError: with the reasons.
        """
        try:
            with arriving(Via.COMMAND):
                manifest = export(slug=slug, to=file, passphrase=passphrase())
        except CannotMove as error:
            raise CommandError(str(error)) from None
        for name, part in manifest.parts.items():
            self.stdout.write(f"{name} {part.rows} {part.sha256}")
        self.stdout.write(f"{file} holds {slug}. Nobody opens it without the passphrase.")
