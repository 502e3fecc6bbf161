"""`manage.py write_bruno`: make the collection of requests in `docs/bruno` anew."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tumorboard.operations.bruno import description, files


class Command(BaseCommand):
    """Writes the collection from the API's description; what is there is replaced."""

    help = "Write the Bruno collection of the REST API to docs/bruno."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every file."""
        folder = settings.BASE_DIR / "docs" / "bruno"
        shutil.rmtree(folder, ignore_errors=True)
        made = files(description())
        for place, text in made.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(made)} files in {folder}")
