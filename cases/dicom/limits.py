"""How much a file may cost to read."""

from dataclasses import dataclass

#: Bytes of a file as it is uploaded.
FILE_BYTES = 250_000_000
#: Bytes of one DICOM instance, unpacked.
INSTANCE_BYTES = 200_000_000
#: Bytes of everything in an archive, unpacked.
ARCHIVE_BYTES = 1_000_000_000
ARCHIVE_INSTANCES = 3_000
#: An archive that unpacks to more than so many times its size is a bomb; pictures, air included,
#: come to about a tenth of this.
RATIO = 100
#: Below so many unpacked bytes no ratio is a danger.
RATIO_FREE_BYTES = 10_000_000
#: Pixels of one picture.
PIXELS = 50_000_000
PDF_PAGES = 2_000
#: Values in a PDF outside its streams.
PDF_OBJECTS = 3_000_000
#: Nested content items of a structured report, and all of them.
CONTENT_DEPTH = 32
CONTENT_ITEMS = 20_000
SERIES = 200
#: Series that get a preview; the others are listed without one.
PREVIEWS = 40
PREVIEW_SIDE = 512
MEASUREMENTS = 500


@dataclass(frozen=True)
class ProcessLimits:
    """What the process that reads a file may use.

    `output_bytes` is also the largest file that it could write anywhere.
    """

    memory_bytes: int = 1_000_000_000
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    output_bytes: int = 20_000_000
