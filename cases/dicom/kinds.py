"""What a file is: by its first bytes, never by its name."""

import re
from enum import StrEnum
from typing import Literal

from cases.dicom.limits import FILE_BYTES
from cases.dicom.reasons import Reason, Unfit

#: Bytes that tell a kind: the DICOM preamble and its mark.
HEAD_BYTES = 132
PREAMBLE_BYTES = 128


class Kind(StrEnum):
    """The kinds of files that are kept."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    DICOM = "dicom"
    DICOM_ZIP = "dicom_zip"


#: What a name must end in. DICOM files often have none, or end like a unique identifier.
EXTENSIONS = {
    Kind.PDF: {"pdf"},
    Kind.PNG: {"png"},
    Kind.JPEG: {"jpg", "jpeg", "jpe"},
    Kind.DICOM: {"", "dcm", "dicom", "dic", "ima"},
    Kind.DICOM_ZIP: {"zip"},
}
BEGINNINGS = {
    b"%PDF-": Kind.PDF,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"\xff\xd8\xff": Kind.JPEG,
    b"PK\x03\x04": Kind.DICOM_ZIP,
}
#: DOS and Windows, ELF, Mach-O of either byte order, universal binaries and Java, scripts.
PROGRAMS = (
    b"MZ",
    b"ZM",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
#: TIFF and BigTIFF of either byte order, which whole-slide pictures put into the preamble.
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
BIG_TIFF = 43
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
)
EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,10})\Z")


def claimed(name: str) -> str:
    """What the name of a file says that it is: its extension, small; empty for none."""
    found = EXTENSION.search(name)
    return found[1].lower() if found else ""


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with `head` (at least 132 bytes of it, if it has them).

    A DICOM preamble is free for any use, and so can make a program of a picture (CERT VU#209403).
    All zeros and the header of a TIFF are accepted; everything else is refused.

    Raises:
        Unfit: empty, a program, a preamble that does not belong there, or nothing known.
    """
    if not head:
        raise Unfit(Reason.EMPTY)
    if head.startswith(PROGRAMS):
        raise Unfit(Reason.EXECUTABLE)
    if head[PREAMBLE_BYTES:HEAD_BYTES] == b"DICM":
        if any(head[:PREAMBLE_BYTES]) and not _is_tiff(head):
            raise Unfit(Reason.PREAMBLE)
        return Kind.DICOM
    for beginning, kind in BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    raise Unfit(Reason.UNKNOWN)


def _is_tiff(head: bytes) -> bool:
    """Whether it begins with the header of a TIFF or BigTIFF whose directory can be in the file.

    A directory of a picture is longer than the preamble, so it can only stand behind it.
    """
    if not head.startswith(TIFF):
        return False
    order: Literal["little", "big"] = "little" if head.startswith(b"II") else "big"
    if int.from_bytes(head[2:4], order) == BIG_TIFF:
        widths = int.from_bytes(head[4:6], order), int.from_bytes(head[6:8], order)
        directory = int.from_bytes(head[8:16], order)
        return widths == (8, 0) and HEAD_BYTES <= directory < FILE_BYTES
    return HEAD_BYTES <= int.from_bytes(head[4:8], order) < FILE_BYTES


def check_claim(kind: Kind, extension: str) -> None:
    """Refuse a file whose name says something else than its content.

    Raises:
        Unfit: the extension belongs to another kind, or to none that is kept.
    """
    is_identifier = kind is Kind.DICOM and extension.isdigit()
    if extension not in EXTENSIONS[kind] and not is_identifier:
        raise Unfit(Reason.CLAIM)
