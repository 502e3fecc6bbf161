"""`manage.py load_editions`: bring the editions of this software into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance.editions.loading import ContentChanged, load_all
from guidance.engine.content import ContentError


class Command(BaseCommand):
    """Load what is not loaded yet; to be run after `migrate`."""

    help = "Load the editions of the guidance that this software brings; run it after migrate."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        """Load them and name the new ones.

        Raises:
            CommandError: content is broken, or a version is loaded with other content.
        """
        try:
            loaded = load_all()
        except (ContentError, ContentChanged) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            names = ", ".join(row.version for row in loaded)
            self.stdout.write(f"Loaded: {names}." if names else "Every edition is loaded already.")
