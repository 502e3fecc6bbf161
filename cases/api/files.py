"""Files over the wire: taken piece by piece, and given out as what they are."""

import hashlib
import tempfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import OneRow
from cases.api.parsing import TooLong
from cases.dicom.limits import FILE_BYTES
from cases.models.study_file import FileKind
from cases.selectors.study_files import CONTENT_TYPES, EXTENSIONS

#: Bytes that are read at once, and those of a file that are kept in memory on its way in.
CHUNK = 1024 * 1024


class FileBody(BaseParser):
    """A file as the whole body, never in memory whole.

    Its content stands on the view, which closes it; the data says which file it is.

    Raises:
        TooLong: it is longer than a file of a study may be.
    """

    kind: FileKind

    def __init_subclass__(cls) -> None:
        """What announces such a body."""
        cls.media_type = CONTENT_TYPES[cls.kind]

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """What makes this body another one."""
        content = tempfile.SpooledTemporaryFile(max_size=CHUNK)  # noqa: SIM115 - the view closes
        parser_context["view"].content = content
        digest, size = hashlib.sha256(), 0
        while part := stream.read(CHUNK):
            size += len(part)
            if size > FILE_BYTES:
                message = f"Send at most {FILE_BYTES:,} bytes."
                raise TooLong(message)
            digest.update(part)
            content.write(part)
        content.seek(0)
        parser_context["view"].name = f"file.{EXTENSIONS[self.kind]}"
        return {"kind": self.kind.value, "sha256": digest.hexdigest()}


class PdfBody(FileBody):
    """A PDF."""

    kind = FileKind.PDF


class PngBody(FileBody):
    """A picture."""

    kind = FileKind.PNG


class JpegBody(FileBody):
    """A photograph."""

    kind = FileKind.JPEG


class DicomBody(FileBody):
    """An instance of DICOM."""

    kind = FileKind.DICOM


class ZipBody(FileBody):
    """The DICOM files of one study."""

    kind = FileKind.DICOM_ZIP


KINDS = (PdfBody, PngBody, JpegBody, DicomBody, ZipBody)


class TakesFile:
    """An endpoint whose body is a file; what is left of it is closed with the answer."""

    parser_classes: Sequence[type[BaseParser]] = KINDS
    #: The file that was sent, and what it is called by its kind.
    name = ""
    content: BinaryIO | None = None

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Close what was sent."""
        if self.content is not None:
            self.content.close()
        answer: Response = super().finalize_response(*args, **kwargs)  # type: ignore[misc]
        return answer


class PlainFile:
    """An endpoint that answers a file and no JSON."""

    is_file = True

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever the caller accepts: what kind of file it is, its row says."""
        return super().perform_content_negotiation(request, force=True)  # type: ignore[misc]


class GivesFile(PlainFile, OneRow):
    """An endpoint whose address names one row, and that answers its file."""


#: A part of a file, where one was asked for.
PARTIAL = status.HTTP_206_PARTIAL_CONTENT
