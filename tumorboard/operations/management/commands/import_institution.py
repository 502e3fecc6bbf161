"""`manage.py import_institution`: an institution from a sealed file, into this installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving
from tumorboard.operations.moving.arriving import import_
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.passphrases import VARIABLE, passphrase


class Command(BaseCommand):
    """Read it, compare it, and print what came."""

    help = (
        "Make the institution that a file of export_institution holds; all of it or nothing. The "
        f"passphrase is that of {VARIABLE}, else asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Wherefrom, and under which address."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--slug", help="another part of the address than it had")

    def handle(self, *_args: Any, file: Path, slug: str | None, **_options: Any) -> None:
        """Write everything or nothing.

        Raises:
            CommandError: with the reasons.
        """
        try:
            with arriving(Via.COMMAND):
                arrival = import_(file=file, passphrase=passphrase(), slug=slug)
        except CannotMove as error:
            raise CommandError(str(error)) from None
        for name, part in arrival.compared.items():
            self.stdout.write(f"{name} {part.rows} {part.sha256} equal")
        institution = arrival.institution
        self.stdout.write(
            f"{institution.name} is at /i/{institution.slug}/, and its chains are whole.\n"
            f"{len(arrival.new_people)} people have no password here yet. Ask them to choose one "
            "with “Forgot your password” at the sign-in, and to set up their second factor:"
        )
        for email in arrival.new_people:
            self.stdout.write(email)
