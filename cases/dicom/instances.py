"""One DICOM instance: read as far as its pictures, after what could break the reading."""

import struct
import zlib
from typing import BinaryIO

from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.tag import Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from cases.dicom.kinds import HEAD_BYTES, Kind, kind_of
from cases.dicom.limits import INSTANCE_BYTES, PIXELS
from cases.dicom.reasons import Reason, Unfit

#: What the parser raises on bytes that are no DICOM.
FAULTS = (
    InvalidDicomError,
    EOFError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
META_GROUP = 2
PIXEL_TAGS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
ITEM, DELIMITER = 0xFFFEE000, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF


def read(file: BinaryIO) -> FileDataset:
    """The elements of the instance in `file` up to its pixel data, which is looked at for length.

    Raises:
        Unfit: a preamble that does not belong there, a bomb, nested too deep, or damaged.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if kind_of(head) is not Kind.DICOM:
        raise Unfit(Reason.UNKNOWN)
    try:
        _check_inflated(file)
        file.seek(0)
        instance = dcmread(file, stop_before_pixels=True)
        _check_pixels(file, instance)
    except RecursionError:
        raise Unfit(Reason.NESTED) from None
    except FAULTS:
        raise Unfit(Reason.DAMAGED) from None
    return instance


def _check_inflated(file: BinaryIO) -> None:
    """Inflate a deflated instance within bounds, before the parser does it without any."""
    file.seek(HEAD_BYTES)
    meta = read_dataset(
        file,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag.group != META_GROUP,
    )
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    if len(inflater.decompress(file.read(), INSTANCE_BYTES + 1)) > INSTANCE_BYTES:
        raise Unfit(Reason.BOMB)


def _check_pixels(file: BinaryIO, instance: FileDataset) -> None:
    """That the picture is no bomb by what it says of itself, and that all its bytes are there."""
    area = (instance.get("Rows") or 0) * (instance.get("Columns") or 0)
    if area * (instance.get("SamplesPerPixel") or 1) > PIXELS:
        raise Unfit(Reason.BOMB)
    if instance.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        # Inflated in another place than `file`; the parser has read it whole.
        return
    # As it was found to be written, which is not always as it says.
    is_implicit, is_little = instance.original_encoding
    order = "<" if is_little else ">"
    begin = file.read(8)
    if not begin:
        return
    tag = _tag(begin, order)
    if tag not in PIXEL_TAGS:
        raise Unfit(Reason.DAMAGED)
    long = struct.unpack(f"{order}L", begin[4:] if is_implicit else file.read(4))[0]
    here, end = file.tell(), file.seek(0, 2)
    if long != UNDEFINED:
        if here + long > end:
            raise Unfit(Reason.DAMAGED)
        return
    _check_fragments(file, here)


def _check_fragments(file: BinaryIO, here: int) -> None:
    """Follow the fragments of a compressed picture to their delimiter, or to the very end."""
    end = file.seek(0, 2)
    while here != end:
        file.seek(here)
        begin = file.read(8)
        tag = _tag(begin, "<")
        if tag == DELIMITER:
            return
        here += 8 + struct.unpack("<L", begin[4:])[0]
        if tag != ITEM or here > end:
            raise Unfit(Reason.DAMAGED)


def _tag(begin: bytes, order: str) -> int:
    return int(Tag(struct.unpack(f"{order}HH", begin[:4])))
