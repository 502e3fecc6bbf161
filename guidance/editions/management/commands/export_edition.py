"""The command `export_edition`: an edition for other systems, on standard output."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guidance.editions import shelf
from guidance.fhir.bundle import as_bytes, bundle
from guidance.fhir.publication import base_at


class Command(BaseCommand):
    """Print an edition that is loaded: its content as JSON, or as FHIR R4 resources.

    The same edition always gives the same bytes.
    """

    help = "Print an edition of the guidance as JSON, or as a FHIR R4 bundle."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--edition` and `--fhir`."""
        parser.add_argument("--edition", help="version, the newest when none is named")
        parser.add_argument(
            "--fhir", action="store_true", help="PlanDefinitions and ActivityDefinitions"
        )

    def handle(self, *, edition: str | None, fhir: bool, **_: Any) -> None:
        """Print it.

        Raises:
            CommandError: there is no such edition.
        """
        try:
            found = shelf.edition(edition) if edition else shelf.newest()
        except shelf.NoEdition as error:
            raise CommandError(str(error)) from None
        if fhir:
            text = as_bytes(bundle(found, base_at(settings.SITE_URL))).decode()
        else:
            text = json.dumps(found.content, ensure_ascii=False, indent=2)
        self.stdout.write(text)
