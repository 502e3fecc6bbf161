"""`manage.py verify`: check every signed decision and every board's chain."""

import argparse
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from cases.services.chain_checks import Fault, Head, check_chains, check_heads
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)

#: What a line begins with that tells of a chain's head, in the output and in a kept file.
HEAD = "head"
FIELDS = 5


class Command(BaseCommand):
    """Recompute every content hash and every link of what was signed."""

    help = (
        "Check every signed decision against its content hash, and every board's chain. Prints "
        "each fault without patient data, then each chain's head; keep that output elsewhere and "
        "give it to --expect to notice a chain whose end was cut off or written anew. Ends with "
        "1 on any fault."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which institution, and the heads kept earlier."""
        parser.add_argument("--institution", metavar="SLUG", help="only this one")
        parser.add_argument(
            "--expect", metavar="FILE", type=Path, help="an earlier output of this command"
        )

    def handle(
        self, *args: Any, institution: str | None, expect: Path | None, **options: Any
    ) -> None:
        """Check each institution in a scope of its own.

        Raises:
            CommandError: no such institution, an unreadable file of heads, or any fault.
        """
        kept = _read(expect) if expect else []
        institutions = Institution.objects.order_by("slug")
        if institution is not None:
            institutions = institutions.filter(slug=institution)
            if not institutions:
                message = f"There is no institution {institution}."
                raise CommandError(message)
            kept = [head for head in kept if head.institution == institution]
        slugs = set()
        count = 0
        for each in institutions:
            slugs.add(each.slug)
            with institution_scope(each):
                faults, heads = check_chains()
                faults += check_heads([head for head in kept if head.institution == each.slug])
            self._print(faults, heads)
            count += len(faults)
        gone = [head for head in kept if head.institution not in slugs]
        what = "a head that was kept earlier is gone: so is its institution"
        self._print([Fault(h.institution, h.board_id, h.position, None, what) for h in gone], [])
        count += len(gone)
        if count:
            message = f"{count} fault{'s' if count > 1 else ''} in what was signed."
            raise CommandError(message, returncode=1)
        self.stdout.write("What was signed is as it was signed.")

    def _print(self, faults: Iterable[Fault], heads: Iterable[Head]) -> None:
        for fault in faults:
            # No patient: whose decision it is, its id says.
            told = {"event": "chain.broken", "institution": fault.institution}
            logger.error("what was signed: %s", fault.what, extra=told)
            where = [
                f"institution {fault.institution}",
                f"board {fault.board_id}",
                f"position {fault.position or 'none'}",
                f"decision {fault.decision_id or 'none'}",
            ]
            self.stdout.write(f"fault: {', '.join(where)}: {fault.what}")
        for head in heads:
            self.stdout.write(
                f"{HEAD} {head.institution} {head.board_id} {head.position} {head.chain_hash}"
            )


def _read(path: Path) -> list[Head]:
    """The heads in an earlier output of this command; its other lines are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file of heads cannot be read: {error}"
        raise CommandError(message) from error
    return [_head(line) for line in lines if line.startswith(f"{HEAD} ")]


def _head(line: str) -> Head:
    fields = line.split()
    try:
        if len(fields) != FIELDS:
            raise ValueError
        return Head(fields[1], UUID(fields[2]), int(fields[3]), fields[4])
    except ValueError as error:
        message = f"This line tells of no head: {line}"
        raise CommandError(message) from error
