"""`manage.py rotate_identity_keys`: a new key of one institution, or a new master key for all."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.services.identity_keys import begin_rotation, rewrap_by_master, rewrap_next
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Rotate what wraps the patients' keys; no patient's data is rewritten."""

    help = (
        "Make a new key of an institution and wrap every patient's key by it, some hundred in a "
        "transaction, while the system is in use; run it again after it was stopped. With "
        "--master: wrap the keys of all institutions by the first key of IDENTITY_KEYS, after "
        "which the others may go."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which institution, or the master."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("slug", nargs="?", help="the institution")
        which.add_argument("--master", action="store_true", help="the master key, for all")

    def handle(self, *args: Any, slug: str | None, master: bool, **options: Any) -> None:
        """Rotate.

        Raises:
            CommandError: no such institution.
        """
        if master:
            for institution in Institution.objects.order_by("slug"):
                with institution_scope(institution):
                    count = rewrap_by_master()
                self.stdout.write(f"{institution.slug}: {count} keys wrapped by the first master.")
            return
        institution = Institution.objects.filter(slug=slug).first()
        if institution is None:
            message = f"There is no institution {slug}."
            raise CommandError(message)
        with institution_scope(institution):
            version = begin_rotation()
        count = 0
        while done := self._next(institution):
            count += done
        self.stdout.write(f"Version {version} wraps the keys of {count} more patients.")

    def _next(self, institution: Institution) -> int:
        with institution_scope(institution):
            return rewrap_next()
