"""`manage.py verify_erasures`: nothing that was erased opens again."""

import argparse
import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from cases.models import Erasure, Patient
from cases.services.erasures import faults_of, repeat
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: What a line begins with that tells of an erasure, in the output and in a kept file.
ERASED = "erased"
FIELDS = 5


class Kept(NamedTuple):
    """An erasure as a kept line tells of it: nothing but ids and a time."""

    institution: str
    patient_id: UUID
    by_id: UUID
    at: datetime.datetime

    @classmethod
    def of(cls, erasure: Erasure, slug: str) -> Self:
        """What is to be kept of an erasure."""
        return cls(slug, erasure.patient_id, erasure.by_id, erasure.at)

    @classmethod
    def read(cls, line: str) -> Self:
        """What a kept line says.

        Raises:
            CommandError: it tells of no erasure.
        """
        fields = line.split()
        try:
            if len(fields) != FIELDS:
                raise ValueError
            _, slug, patient, by, at = fields
            return cls(slug, UUID(patient), UUID(by), datetime.datetime.fromisoformat(at))
        except ValueError as error:
            message = f"This line tells of no erasure: {line}"
            raise CommandError(message) from error

    @property
    def line(self) -> str:
        """As it is printed."""
        said = (self.institution, self.patient_id, self.by_id, self.at.isoformat())
        return " ".join((ERASED, *map(str, said)))


class Command(BaseCommand):
    """Look again at everybody who was erased, as after a restored backup."""

    help = (
        "Check that of nobody who was erased a key, a token or a file is there. Prints each fault "
        "and each erasure without patient data; keep that output elsewhere: a backup from before "
        "an erasure does not know of it, and only --expect finds who came back with it. Ends with "
        "1 on any fault."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What was kept earlier, and whether to erase again."""
        parser.add_argument(
            "--expect", metavar="FILE", type=Path, help="an earlier output of this command"
        )
        parser.add_argument(
            "--again", action="store_true", help="erase again whoever came back, then look"
        )

    def handle(self, *args: Any, expect: Path | None, again: bool, **options: Any) -> None:
        """Check each institution in a scope of its own.

        Raises:
            CommandError: an unreadable file of erasures, or any fault.
        """
        kept = _read(expect) if expect else []
        found: list[str] = []
        total = 0
        institutions = list(Institution.objects.order_by("slug"))
        for institution in institutions:
            mine = [each for each in kept if each.institution == institution.slug]
            if again:
                found += _again(institution, mine)
            with institution_scope(institution):
                done = list(Erasure.objects.select_related("patient").order_by("at", "id"))
                for erasure in done:
                    where = f"institution {institution.slug}, erasure {erasure.pk}"
                    found += [f"{where}: {fault}" for fault in faults_of(erasure)]
                found += _gone(mine, done)
            for erasure in done:
                self.stdout.write(Kept.of(erasure, institution.slug).line)
            total += len(done)
        slugs = {institution.slug for institution in institutions}
        lost = sorted({each.institution for each in kept} - slugs)
        found += [f"institution {slug}: it is not here, and with it its erasures" for slug in lost]
        for fault in found:
            self.stdout.write(f"fault: {fault}")
        if found:
            message = f"{len(found)} fault{'s' if len(found) > 1 else ''} in what was erased."
            raise CommandError(message, returncode=1)
        self.stdout.write(f"{total} erasures hold: nothing of them opens.")


def _gone(kept: Iterable[Kept], done: Iterable[Erasure]) -> Iterator[str]:
    """Faults of erasures that were kept and that the database does not know.

    Who is not here at all came after the backup: nothing of them opens either.
    """
    known = {erasure.patient_id for erasure in done}
    missing = [each for each in kept if each.patient_id not in known]
    rows = Patient.objects.filter(pk__in=[each.patient_id for each in missing])
    here = set(rows.values_list("pk", flat=True))
    for each in missing:
        if each.patient_id in here:
            where = f"institution {each.institution}, patient {each.patient_id}"
            yield f"{where}: the erasure is gone, as a restored backup leaves it"


def _again(institution: Institution, kept: Iterable[Kept]) -> list[str]:
    """Erase whoever came back; why where it cannot be done."""
    with institution_scope(institution):
        here = Erasure.objects.select_related("patient").filter(patient__wrapped_key__isnull=False)
        wanted = {*kept, *(Kept.of(erasure, institution.slug) for erasure in here)}
    found = []
    for each in sorted(wanted):
        where = f"institution {each.institution}, patient {each.patient_id}"
        with institution_scope(institution):
            patient = Patient.objects.filter(pk=each.patient_id).first()
            by = User.objects.filter(pk=each.by_id).first()
            if patient is None:
                continue
            if by is None:
                found.append(f"{where}: who had erased the patient has no account here")
                continue
            try:
                repeat(patient=patient, erased_at=each.at, by=by)
            except Refused as error:
                found.append(f"{where}: not erased again. {error}")
    return found


def _read(path: Path) -> list[Kept]:
    """The erasures in an earlier output of this command; its other lines are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file of erasures cannot be read: {error}"
        raise CommandError(message) from error
    return [Kept.read(line) for line in lines if line.startswith(f"{ERASED} ")]
