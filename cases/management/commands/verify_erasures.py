"""`manage.py verify_erasures`: nothing that was erased opens again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Erasure
from cases.services.erasures import faults_of
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Look again at everybody who was erased, as after a restored backup."""

    help = (
        "Check that of nobody who was erased a key, a token or a file is there, as a restored "
        "backup would bring back. Names no patient. Ends with 1 on any fault."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each institution in a scope of its own.

        Raises:
            CommandError: any fault.
        """
        count = total = 0
        for institution in Institution.objects.order_by("slug"):
            with institution_scope(institution):
                for erasure in Erasure.objects.select_related("patient").order_by("at", "id"):
                    total += 1
                    for fault in faults_of(erasure):
                        count += 1
                        where = f"institution {institution.slug}, erasure {erasure.pk}"
                        self.stdout.write(f"fault: {where}: {fault}")
        if count:
            message = f"{count} fault{'s' if count > 1 else ''} in what was erased."
            raise CommandError(message, returncode=1)
        self.stdout.write(f"{total} erasures hold: nothing of them opens.")
