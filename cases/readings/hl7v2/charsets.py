"""Character sets by their names in HL7's table 0211, and the text of a message."""

import re
from collections.abc import Mapping

from cases.readings.hl7v2.errors import Fault, Malformed

#: As a message names them -> as Python does.
CHARSETS: Mapping[str, str] = {
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}
#: Without a name the standard means ASCII, of which UTF-8 is the only extension that is told.
UNNAMED = "utf-8"
NOT_KNOWN = "The character set {} is not read; known are {}."
NOT_IN = "The message is not in the character set that it names ({})."
#: What of ISO 8859 is no letter; Windows has some of its own there.
CONTROLS = re.compile("[\x80-\x9f]")
WINDOWS = "It holds bytes from 80 to 9F, which are no letters of {}, but of Windows-1252."
NOT_NAMED = "The message names no character set and is not in UTF-8."


def charset_named(name: str) -> str:
    """Python's name of a character set; that of UTF-8 where none is named.

    Raises:
        Malformed: it is not one that is read.
    """
    if not name:
        return UNNAMED
    known = CHARSETS.get(name.strip().upper())
    if known is None:
        reason = NOT_KNOWN.format(name.strip()[:40], ", ".join(CHARSETS))
        raise Malformed(reason, fault=Fault.TABLE, segment="MSH", field=18)
    return known


def decoded(raw: bytes, charset: str, *, is_named: bool) -> str:
    """The text of a message.

    Raises:
        Malformed: it is not in this character set.
    """
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as error:
        reason = NOT_IN.format(charset) if is_named else NOT_NAMED
        raise Malformed(reason, fault=Fault.DATA_TYPE, segment="MSH", field=18) from error
    if charset.startswith("iso8859") and CONTROLS.search(text):
        reason = WINDOWS.format(charset)
        raise Malformed(reason, fault=Fault.DATA_TYPE, segment="MSH", field=18)
    return text
