"""Writing one institution into a sealed file."""

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from guidance.editions.models import GuidanceEdition
from tumorboard.audit.record import record
from tumorboard.operations.moving import people, tables
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.manifest import (
    FORMAT,
    NAME,
    PEOPLE,
    Counted,
    Manifest,
    migrations,
    part_name,
    types_of,
)
from tumorboard.operations.moving.sealing import SealedWriter
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


def export(*, slug: str, to: Path, passphrase: str) -> Manifest:
    """Write all that belongs to an institution, as it is at one moment, while people work on.

    The file stands under its name only when it is whole and the audit says that it left.

    Raises:
        CannotMove: no such institution, or the file is there already.
    """
    institution = Institution.objects.filter(slug=slug).first()
    if institution is None:
        raise CannotMove(f"There is no institution {slug}.")
    if to.exists():
        raise CannotMove(f"{to} is there already.")
    unfinished = to.with_name(f"{to.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotMove(f"{unfinished} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            manifest = _written(institution, file, passphrase)
            file.flush()
            os.fsync(file.fileno())
        with institution_scope(institution):
            record(action="institution.exported", subject=institution, by=None)
        unfinished.rename(to)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return manifest


def _written(institution: Institution, file: Any, passphrase: str) -> Manifest:
    with transaction.atomic():
        with connection.cursor() as cursor:
            # All tables as they are at one moment.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with (
            institution_scope(institution),
            SealedWriter(file, passphrase) as sealed,
            zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED) as archive,  # type: ignore[arg-type]
        ):
            return _write_all(institution, archive)


def _write_all(institution: Institution, archive: zipfile.ZipFile) -> Manifest:
    tables.write_values_plainly()
    travelling = tables.travelling()
    manifest = Manifest(
        format=FORMAT,
        institution={
            "id": str(institution.pk),
            "slug": institution.slug,
            "name": institution.name,
            "created_at": institution.created_at.isoformat(),
        },
        migrations=migrations(),
        types=types_of(travelling),
        editions=sorted(GuidanceEdition.objects.values_list("hash", flat=True)),
    )
    _put(manifest, archive, PEOPLE, people.lines(tables.people_of(travelling)))
    for table in travelling:
        _put(manifest, archive, part_name(table), tables.lines(table))
    archive.writestr(NAME, manifest.as_json())
    return manifest


def _put(manifest: Manifest, archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> None:
    counted = Counted(content)
    # How large it becomes is not known before.
    with archive.open(name, "w", force_zip64=True) as part:
        for line in counted:
            part.write(line)
    manifest.parts[name] = counted.part()
