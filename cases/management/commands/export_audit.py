"""`manage.py export_audit`: an institution's audit as FHIR AuditEvent (IHE BALP), line by line."""

import argparse
import datetime
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.selectors.audit import events_of_all
from tumorboard.audit.record import record
from tumorboard.audit.search import Search, entries
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Write the audit of a period to the standard output; that it was done is audited too."""

    help = "Write an institution's audit as lines of JSON, each a FHIR R4 AuditEvent (IHE BALP)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Whose, and from which day to which."""
        parser.add_argument("institution", metavar="SLUG")
        parser.add_argument("first", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("last", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(
        self,
        *args: Any,
        institution: str,
        first: datetime.date,
        last: datetime.date,
        **options: Any,
    ) -> None:
        """Write the events, the newest first.

        Raises:
            CommandError: no such institution.
        """
        found = Institution.objects.filter(slug=institution).first()
        if found is None:
            message = f"There is no institution {institution}."
            raise CommandError(message)
        search = Search(since=_midnight(first), until=_midnight(last + datetime.timedelta(days=1)))
        with institution_scope(found):
            for event in events_of_all(entries(search, most=sys.maxsize)):
                self.stdout.write(json.dumps(event))
            record(action="audit.exported", subject=found, by=None)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
