"""Text of reports, as it stands in an Attachment."""

import base64
import binascii

from cases.readings.fhir.part import Part

PLAIN = "text/plain"
REPORT_LETTERS = 50_000
#: Character sets in which a report comes; others are told.
CHARSETS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})


def text_of(attachment: Part) -> str:
    """The text of an attachment that is plain text; empty where it is none, which is told."""
    kind, _, charset = attachment.text("contentType").casefold().partition(";")
    charset = charset.strip().removeprefix("charset=").strip('" ') or "utf-8"
    attachment.at("title"), attachment.at("language"), attachment.at("creation")
    data = attachment.text("data")
    if kind.strip() != PLAIN or not data:
        attachment.tell("Only plain text that comes with the report is read.")
        return ""
    if charset not in CHARSETS:
        attachment.tell("This character set is not read.")
        return ""
    try:
        written = base64.b64decode("".join(data.split()), validate=True).decode(charset)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        attachment.tell("Its data is not text in base64.")
        return ""
    return written.replace("\r\n", "\n").strip()
