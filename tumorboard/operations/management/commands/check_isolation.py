"""`manage.py check_isolation`: whether the database still keeps institutions apart."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tumorboard.tenancy.catalogue import violations

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Walk the database's catalogue; end with an error where a rule is broken."""

    help = "Check that the database keeps institutions apart; ends with 1 where it does not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print every broken rule.

        Raises:
            CommandError: at least one is broken.
        """
        role = str(settings.DATABASES["default"]["USER"])
        found = violations(connection, application_role=role)
        for violation in found:
            self.stdout.write(violation)
        if found:
            logger.error("%d rules broken", len(found), extra={"event": "isolation.violated"})
            message = f"{len(found)} rules of isolation are broken."
            raise CommandError(message)
        self.stdout.write("Every tenant table keeps the rules of isolation.")
