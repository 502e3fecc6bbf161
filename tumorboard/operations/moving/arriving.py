"""Reading one institution from a sealed file into this installation: all of it or nothing."""

import io
import itertools
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.dateparse import parse_datetime

from cases.models import Patient
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
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.keyring import NoKeys

#: A row with the largest value that a table holds, and more; the rest of a longer one is no row.
LONGEST_LINE = 256 * 1024 * 1024
#: What reading a ZIP fails with, and how its parts are written.
DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, EOFError)
WRITTEN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1


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
        except DAMAGED:
            raise CannotMove("The file is damaged.") from None


def _arrived(archive: zipfile.ZipFile, slug: str | None) -> Arrival:
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise CannotMove("The file has a part twice.")
    if any(
        one.compress_type not in WRITTEN or one.flag_bits & ENCRYPTED for one in archive.filelist
    ):
        raise CannotMove("The file is packed in another way than this version packs it.")
    with archive.open(NAME) as said:
        manifest = Manifest.parse(said.read(LONGEST_LINE))
    if set(names) != {NAME, *manifest.parts}:
        raise CannotMove("The file has other parts than its manifest says.")
    with transaction.atomic():
        travelling = tables.travelling()
        institution = _institution(manifest, slug)
        _refuse(manifest, travelling, institution)
        institution.save(force_insert=True)
        with institution_scope(institution):
            tables.write_values_plainly()
            arrived = people.arrive(_rows(archive, manifest, PEOPLE))
            # History comes along; writing must make none of its own. What fails is undone first,
            # or the triggers could not be switched on again.
            with pgtrigger.ignore(databases=["default"]), transaction.atomic():
                for table in travelling:
                    tables.insert(table, _rows(archive, manifest, part_name(table)))
            _compare(manifest, travelling, arrived)
            record(action="institution.imported", subject=institution, by=None)
    return Arrival(institution, manifest.parts, arrived.new)


def _institution(manifest: Manifest, slug: str | None) -> Institution:
    said = manifest.institution
    try:
        id_, made = UUID(said["id"]), parse_datetime(said["created_at"])
    except (ValueError, TypeError, AttributeError):
        id_ = made = None
    if id_ is None or made is None or made.tzinfo is None:
        raise CannotMove("The manifest says of the institution what cannot be.")
    return Institution(id=id_, slug=slug or said["slug"], name=said["name"], created_at=made)


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


def _rows(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> Iterator[Row]:
    """The rows of a part, as long as there are no more than the manifest says.

    Raises:
        CannotMove: a line is no row, or too long to be one, or there are more of them.
    """
    most = manifest.parts[name].rows
    with archive.open(name) as part:
        for number in itertools.count(1):
            line = part.readline(LONGEST_LINE)
            if not line:
                return
            if number > most:
                raise CannotMove(f"{name}: more rows than the manifest says.")
            yield _row(name, line)


def _row(name: str, line: bytes) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    values = row.values() if isinstance(row, dict) else [row, 0]
    if not all(value is None or isinstance(value, str) for value in values):
        raise CannotMove(f"{name}: a line is no row.")
    return cast("Row", row)


def _compare(manifest: Manifest, travelling: list[Table], arrived: people.Arrived) -> None:
    """Raise CannotMove unless what is here now is what left there.

    Accounts that were here before keep their own names, so then those are not compared; but
    whoever the rows name came with them, or they could make anybody here a member.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        raise CannotMove("Rows refer to others that did not come with them.") from None
    found = {part_name(table): _part(tables.lines(table)) for table in travelling}
    named = tables.people_of(travelling)
    if len(arrived.new) == manifest.parts[PEOPLE].rows:
        found[PEOPLE] = _part(people.lines(named))
    reasons = [] if named == arrived.ids else ["The rows name other people than came with them."]
    reasons += [
        f"{name}: {part.rows} rows here and {manifest.parts[name].rows} in the file, or of other "
        "content."
        for name, part in sorted(found.items())
        if part != manifest.parts[name]
    ]
    reasons += _unreadable()
    faults, _ = check_chains()
    reasons += [f"What was signed: {fault.what}." for fault in faults]
    if reasons:
        raise CannotMove(*reasons)


def _unreadable() -> list[str]:
    """Why patients who came cannot be read here, though every byte is as it was there."""
    try:
        for patient in Patient.objects.filter(wrapped_key__isnull=False).iterator():
            _ = patient.identity
    except (DoesNotOpen, NoKeys, ValueError):
        return ["The keys that came do not open every patient."]
    return []


def _part(lines: Iterator[bytes]) -> Part:
    counted = Counted(lines)
    for _ in counted:
        pass
    return counted.part()
