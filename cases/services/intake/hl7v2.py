"""Messages of HL7 v2 on their way in."""

import datetime

from django.utils import timezone

from cases.readings import hl7v2
from cases.readings.hl7v2 import Malformed, Message
from cases.readings.hl7v2.charsets import charset_named, decoded
from cases.readings.hl7v2.message import BOM, CHARSET
from cases.selectors.code_maps import local_codes
from cases.services.intake.faults import Unacceptable
from cases.services.intake.incoming import MOST_BYTES, Incoming, checked
from cases.terminology.codes import LocalCodes
from guidance.engine.values import is_storable

#: MSH-7, when the sender made it.
MADE = 7
FORMATS = ("%Y%m%d%H%M%S%z", "%Y%m%d%H%M%z", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d")


def parsed(raw: bytes) -> Message:
    """The message taken apart.

    Raises:
        Malformed: too long, or no message.
    """
    if len(raw) > MOST_BYTES:
        reason = f"The message has more than {MOST_BYTES:,} bytes."
        raise Malformed(reason)
    return hl7v2.parse(raw)


def incoming(raw: bytes, message: Message, *, local: LocalCodes | None = None) -> Incoming:
    """What a message says, by the codes of the current institution.

    Args:
        local: what the institution says of codes; as it has confirmed where not given.

    Raises:
        Malformed: it is none that is taken here, is about several people, or holds what cannot
            be stored.
    """
    hl7v2.check_taken(message)
    text = _text(raw, message)
    if not is_storable(text):
        reason = "The message holds a character that cannot be stored."
        raise Malformed(reason)
    found = Incoming(
        format="hl7v2",
        kind=f"{message.type}^{message.event}"[:20],
        control_id=message.control_id,
        said_at=_made(message.header.text(MADE)),
        raw=text,
        read=hl7v2.read(message, local=local_codes() if local is None else local),
    )
    try:
        return checked(found)
    except Unacceptable as fault:
        raise Malformed(fault.reason, segment="PID") from None


def again(raw: str, *, local: LocalCodes | None = None) -> Incoming:
    """What a message that was kept says by the codes of today, or by those that are given."""
    encoded = _named_utf8(raw.encode())
    return incoming(encoded, hl7v2.parse(encoded), local=local)


def _text(raw: bytes, message: Message) -> str:
    """The message as text, in whichever character set it came."""
    named = message.header.text(CHARSET)
    return decoded(raw.removeprefix(BOM), charset_named(named), is_named=bool(named))


def _named_utf8(raw: bytes) -> bytes:
    """A kept message, whose text is UTF-8 by now, whatever its MSH-18 names."""
    header, end, rest = raw.partition(b"\r")
    sign = header[3:4]
    fields = header.split(sign)
    if len(fields) >= CHARSET:
        fields[CHARSET - 1] = b"UNICODE UTF-8"
    return sign.join(fields) + end + rest


def _made(written: str) -> datetime.datetime | None:
    """A time of HL7; by the clock of the installation where it names no zone."""
    whole, sign, zone = written, "", ""
    for mark in "+-":
        if mark in written:
            whole, sign, zone = written.partition(mark)
    whole = whole.partition(".")[0]
    for form in FORMATS:
        try:
            made = datetime.datetime.strptime(f"{whole}{sign}{zone}", form)  # noqa: DTZ007 - below
        except ValueError:
            continue
        return made if made.tzinfo else timezone.make_aware(made)
    return None
