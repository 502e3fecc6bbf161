"""Tables as bodies: taken as they are, and read by the service that judges them."""

import hashlib
from typing import Any

from rest_framework.parsers import BaseParser

from cases.api.parsing import TooLong

#: As much as the door of the site lets in without a session (`tumorboard.body_limits`).
LONGEST = 3_000_000


class TableBody(BaseParser):
    """A file of one kind. Its bytes stand on the view; the data says which they are.

    Raises:
        TooLong: the file is longer than `LONGEST`.
    """

    #: What a file of this kind is named.
    ending = ""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """What makes this body another one."""
        raw = stream.read(LONGEST + 1)
        if len(raw) > LONGEST:
            message = f"Send at most {LONGEST:,} bytes. Split the file."
            raise TooLong(message)
        view = parser_context["view"]
        view.name, view.content = f"import.{self.ending}", raw
        return {"kind": self.ending, "sha256": hashlib.sha256(raw).hexdigest()}


class CsvBody(TableBody):
    """CSV or TSV; the first line holds the headings."""

    media_type = "text/csv"
    ending = "csv"


class WorkbookBody(TableBody):
    """A workbook of Excel."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ending = "xlsx"


class LinesBody(TableBody):
    """An object of JSON in each line."""

    media_type = "application/x-ndjson"
    ending = "ndjson"


KINDS = (CsvBody, WorkbookBody, LinesBody)
