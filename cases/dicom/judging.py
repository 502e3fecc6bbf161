"""Judging a file, whatever it is; to be called in a process of its own, on hostile bytes."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from cases.dicom import pdf, pictures
from cases.dicom.archives import read_archive
from cases.dicom.instances import read
from cases.dicom.kinds import HEAD_BYTES, Kind, check_claim, kind_of
from cases.dicom.limits import FILE_BYTES
from cases.dicom.reasons import Reason, Unfit
from cases.dicom.studies import StudyReading


def judge(file: BinaryIO, extension: str) -> dict[str, Any]:
    """What is in `file`, whose name ends in `extension`.

    Returns:
        `kind`, and of DICOM `identity`, `study`, `series` (with `preview`, a PNG) and
        `measurements`; see `cases.dicom.answers`.

    Raises:
        Unfit: it is not kept.
        MemoryError: reading it took too much.
    """
    if file.seek(0, 2) > FILE_BYTES:
        raise Unfit(Reason.TOO_LARGE)
    file.seek(0)
    kind = kind_of(file.read(HEAD_BYTES))
    check_claim(kind, extension)
    file.seek(0)
    with _quiet():
        return {"kind": kind.value, **READERS[kind](file)}


def _dicom(file: BinaryIO) -> dict[str, Any]:
    study = StudyReading()
    study.add(read(file), lambda: _same(file))
    return study.answer()


@contextmanager
def _same(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file


@contextmanager
def _quiet() -> Iterator[None]:
    """What the parsers complain of may quote the header: nobody is to read it in a log."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


READERS: dict[Kind, Callable[[BinaryIO], dict[str, Any]]] = {
    Kind.PDF: pdf.check,
    Kind.PNG: lambda file: pictures.check(file, Kind.PNG),
    Kind.JPEG: lambda file: pictures.check(file, Kind.JPEG),
    Kind.DICOM: _dicom,
    Kind.DICOM_ZIP: read_archive,
}
