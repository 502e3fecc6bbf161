"""`manage.py replay`: recompute stored assessments."""

import argparse
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Assessment
from cases.services.replays import Verdict, replay
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


class Command(BaseCommand):
    """Recompute every stored assessment and compare it byte for byte."""

    help = "Recompute stored assessments from their facts and edition; exit 1 where one differs."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One institution, or all."""
        parser.add_argument("--institution", metavar="SLUG", help="only this one")

    def handle(self, *args: Any, institution: str | None, **options: Any) -> None:
        """Replay, name what differs by its id, and count."""
        institutions = Institution.objects.order_by("slug")
        if institution is not None:
            institutions = institutions.filter(slug=institution)
            if not institutions:
                message = f"There is no institution {institution}."
                raise CommandError(message)
        found: Counter[Verdict] = Counter()
        for each in institutions:
            with institution_scope(each):
                for assessment in Assessment.objects.order_by("id").iterator(chunk_size=500):
                    verdict = replay(assessment)
                    found[verdict] += 1
                    if verdict is not Verdict.SAME:
                        self.stdout.write(f"{each.slug} {assessment.id}: {verdict}")
        self.stdout.write(", ".join(f"{found[verdict]} {verdict}" for verdict in Verdict))
        if found[Verdict.DIFFERENT]:
            message = "Not every assessment says what its facts and edition say."
            raise CommandError(message)
