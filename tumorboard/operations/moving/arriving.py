"""Reading one institution from a sealed file into this installation: all of it or nothing."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime

from cases.services.chain_checks import check_chains
from guidance.editions.models import GuidanceEdition
from tumorboard.audit.record import record
from tumorboard.operations.moving import people, tables
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.manifest import (
    NAME,
    PEOPLE,
    Counted,
    Manifest,
    Part,
    differences,
    part_name,
)
from tumorboard.operations.moving.sealing import SealedReader
from tumorboard.operations.moving.tables import Table
from tumorboard.operations.moving.travel import Row
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@dataclass(frozen=True)
class Arrival:
    """What came.

    Attributes:
        compared: what the file said of each part, which what is in the database now was found
            equal to.
        new_people: addresses of the accounts that were made, without passwords.
    """

    institution: Institution
    compared: dict[str, Part]
    new_people: list[str]


def import_(*, file: Path, passphrase: str, slug: str | None = None) -> Arrival:
    """Make the institution that the file holds, in one transaction.

    As the application role, in the scope of the institution: the database's policies keep a file
    from writing into another one. Before the end, what was written is read again and compared with
    what the file says of itself, and the chains of what was signed are checked.

    Args:
        slug: another part of the address than it had.

    Raises:
        CannotMove: with every reason; nothing was written.
    """
    try:
        opened = file.open("rb")
    except OSError as error:
        raise CannotMove(f"{file} cannot be read: {error.strerror}.") from None
    with opened:
        sealed = io.BufferedReader(SealedReader(opened, passphrase), buffer_size=64 * 1024)
        try:
            with zipfile.ZipFile(sealed) as archive:
                return _arrived(archive, slug)
        except (zipfile.BadZipFile, KeyError):
            raise CannotMove("The file is damaged.") from None


def _arrived(archive: zipfile.ZipFile, slug: str | None) -> Arrival:
    manifest = Manifest.parse(archive.read(NAME))
    with transaction.atomic():
        travelling = tables.travelling()
        institution = _institution(manifest, slug)
        _refuse(manifest, travelling, institution)
        institution.save(force_insert=True)
        with institution_scope(institution):
            tables.write_values_plainly()
            new_people = people.arrive(_rows(archive, PEOPLE))
            # History comes along; writing must make none of its own. What fails is undone first,
            # or the triggers could not be switched on again.
            with pgtrigger.ignore(databases=["default"]), transaction.atomic():
                for table in travelling:
                    tables.insert(table, _rows(archive, part_name(table)))
            _compare(manifest, travelling, new_people)
            record(action="institution.imported", subject=institution, by=None)
    return Arrival(institution, manifest.parts, new_people)


def _institution(manifest: Manifest, slug: str | None) -> Institution:
    said = manifest.institution
    return Institution(
        id=said["id"],
        slug=slug or said["slug"],
        name=said["name"],
        created_at=parse_datetime(said["created_at"]),
    )


def _refuse(manifest: Manifest, travelling: list[Table], institution: Institution) -> None:
    """Raise CannotMove with every reason that can be seen before anything is written."""
    reasons = differences(manifest, travelling)
    if Institution.objects.filter(pk=institution.pk).exists():
        reasons.append("This institution is here already.")
    else:
        try:
            institution.full_clean()
        except ValidationError as error:
            reasons += [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
    here = set(GuidanceEdition.objects.values_list("hash", flat=True))
    missing = set(manifest.editions) - here
    if missing:
        reasons.append(
            f"{len(missing)} editions of the guidance are not here: run `manage.py load_editions` "
            "of the version that the institution comes from."
        )
    expected = {PEOPLE, *map(part_name, travelling)}
    if not reasons and manifest.parts.keys() != expected:
        reasons.append("The file has other parts than it should.")
    if reasons:
        raise CannotMove(*reasons)


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[Row]:
    with archive.open(name) as part:
        for line in part:
            yield json.loads(line)


def _compare(manifest: Manifest, travelling: list[Table], new_people: list[str]) -> None:
    """Raise CannotMove unless what is here now is what left there.

    Accounts that were here before keep their own names, so then those are not compared.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    found = {part_name(table): _part(tables.lines(table)) for table in travelling}
    if len(new_people) == manifest.parts[PEOPLE].rows:
        found[PEOPLE] = _part(people.lines(tables.people_of(travelling)))
    reasons = [
        f"{name}: {part.rows} rows here and {manifest.parts[name].rows} in the file, or of other "
        "content."
        for name, part in sorted(found.items())
        if part != manifest.parts[name]
    ]
    faults, _ = check_chains()
    reasons += [f"What was signed: {fault.what}." for fault in faults]
    if reasons:
        raise CannotMove(*reasons)


def _part(lines: Iterator[bytes]) -> Part:
    counted = Counted(lines)
    for _ in counted:
        pass
    return counted.part()
