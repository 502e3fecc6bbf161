"""A ZIP of DICOM instances; nothing of it is ever written to disk."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, BinaryIO

from cases.dicom.instances import read
from cases.dicom.kinds import ARCHIVES, HEAD_BYTES, PREAMBLE_BYTES, PROGRAMS
from cases.dicom.limits import (
    ARCHIVE_BYTES,
    ARCHIVE_INSTANCES,
    INSTANCE_BYTES,
    RATIO,
    RATIO_FREE_BYTES,
)
from cases.dicom.reasons import Reason, Unfit
from cases.dicom.studies import StudyReading

#: Encrypted, and encrypted strongly.
ENCRYPTED_FLAGS = 0x1 | 0x40
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Paths that lead out of a folder; names are never used, but a tool that packs such is no viewer.
OUTWARD = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:")
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def read_archive(file: BinaryIO) -> dict[str, Any]:
    """What the instances of an archive say together.

    Raises:
        Unfit: encrypted, a bomb, a path outward or a link, another archive or anything else that
            is not DICOM inside, several patients or studies, or damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = _checked(archive, size=file.seek(0, io.SEEK_END))
            study = StudyReading()
            for member in members:
                reopen = partial(_opened, archive, member)
                with reopen() as content:
                    study.add(read(content), reopen)
            return study.answer()
    except FAULTS:
        raise Unfit(Reason.DAMAGED) from None


def _checked(archive: zipfile.ZipFile, *, size: int) -> list[zipfile.ZipInfo]:
    """The members that are files, after a look at everything that the directory says of them."""
    members = archive.infolist()
    if any(member.flag_bits & ENCRYPTED_FLAGS for member in members):
        raise Unfit(Reason.ENCRYPTED)
    if any(OUTWARD.search(member.filename) or _is_link(member) for member in members):
        raise Unfit(Reason.PATH)
    files = [member for member in members if not member.is_dir()]
    if any(member.compress_type not in METHODS for member in files):
        raise Unfit(Reason.UNKNOWN)
    total = sum(member.file_size for member in files)
    if total > RATIO_FREE_BYTES and total > RATIO * size:
        raise Unfit(Reason.BOMB)
    if len(files) > ARCHIVE_INSTANCES or total > ARCHIVE_BYTES:
        raise Unfit(Reason.TOO_LARGE)
    if not files:
        raise Unfit(Reason.EMPTY)
    return files


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


@contextmanager
def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[BinaryIO]:
    """A member in memory, if it is DICOM by its first bytes.

    What it says of its size is a limit: more bytes than that are never unpacked.
    """
    if member.file_size > INSTANCE_BYTES:
        raise Unfit(Reason.TOO_LARGE)
    with archive.open(member) as packed:
        content = packed.read()
    head = content[:HEAD_BYTES]
    if head[PREAMBLE_BYTES:] != b"DICM":
        if head.startswith(ARCHIVES):
            raise Unfit(Reason.ARCHIVE_IN_ARCHIVE)
        raise Unfit(Reason.EXECUTABLE if head.startswith(PROGRAMS) else Reason.NOT_DICOM)
    yield io.BytesIO(content)
