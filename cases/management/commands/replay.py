"""`manage.py replay`: recompute stored assessments."""

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Assessment
from cases.services.replays import Verdict, replay
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: Assessments in one transaction.
CHUNK = 500
#: What each failure is called and how the command ends; where there are several, as the first.
FAILURES = {
    Verdict.ALTERED: (1, "A stored answer is not what its facts, edition and engine say."),
    Verdict.UNREADABLE: (3, "This version of the engine cannot read what an earlier one stored."),
    Verdict.ENGINE: (3, "This version of the engine answers otherwise than an earlier one did."),
    Verdict.NO_EDITION: (4, "An edition that a stored answer rests on is not loaded."),
}


class Command(BaseCommand):
    """Recompute every stored assessment by its edition in the database, byte for byte."""

    help = (
        "Recompute stored assessments from their facts and edition. Ends with 1 where a stored "
        "answer was altered, with 3 where another version of the engine made it and this one "
        "answers otherwise, with 4 where its edition is not loaded."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One institution, or all."""
        parser.add_argument("--institution", metavar="SLUG", help="only this one")

    def handle(self, *args: Any, institution: str | None, **options: Any) -> None:
        """Replay, name what is not the same by its id, and count.

        Raises:
            CommandError: no such institution, or something is not the same.
        """
        institutions = Institution.objects.order_by("slug")
        if institution is not None:
            institutions = institutions.filter(slug=institution)
            if not institutions:
                message = f"There is no institution {institution}."
                raise CommandError(message)
        found: Counter[Verdict] = Counter()
        for each in institutions:
            for assessment, verdict in _replayed(each):
                found[verdict] += 1
                if verdict is not Verdict.SAME:
                    self.stdout.write(f"{each.slug} {assessment.id}: {verdict}")
        self.stdout.write(", ".join(f"{found[verdict]} {verdict}" for verdict in Verdict))
        for verdict, (code, words) in FAILURES.items():
            if found[verdict]:
                raise CommandError(words, returncode=code)


def _replayed(institution: Institution) -> Iterator[tuple[Assessment, Verdict]]:
    """Every assessment of an institution with its verdict, in small transactions."""
    last = None
    while True:
        with institution_scope(institution):
            rest = Assessment.objects.order_by("id")
            if last is not None:
                rest = rest.filter(id__gt=last)
            chunk = [(each, replay(each)) for each in rest[:CHUNK]]
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0].id
