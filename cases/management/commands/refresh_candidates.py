"""`manage.py refresh_candidates`: fill the queue of cases that ask for a board anew."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cases.services.candidacies import TOPIC
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Ask the workers to walk all cases of every institution."""

    help = (
        "Ask the workers to bring the reasons for which each case asks for a board in step with "
        "its record. Needed once after an update from a version without them; afterwards every "
        "write to a case does it."
    )

    def handle(self, **options: Any) -> None:
        """Ask for one walk in each institution."""
        for institution in Institution.objects.order_by("slug"):
            with transaction.atomic(), institution_scope(institution):
                enqueue(TOPIC, {})
            self.stdout.write(f"{institution.slug}: asked for")
