"""Messages of HL7 v2 on their way in."""

import datetime
import re

from django.utils import timezone

from cases.models import IntakeSource
from cases.readings import hl7v2
from cases.readings.hl7v2 import Malformed, Message
from cases.readings.hl7v2.charsets import charset_named, decoded
from cases.readings.hl7v2.errors import RECEIVER, Fault
from cases.readings.hl7v2.message import BOM, CHARSET, PROCESSING
from cases.selectors.code_maps import local_codes
from cases.services.intake.faults import TEST, Unacceptable
from cases.services.intake.incoming import MOST_BYTES, Incoming, checked
from cases.terminology.codes import LocalCodes
from guidance.engine.values import is_storable

#: Table 0103: in earnest, and what is none (debugging, training, testing, validation).
PRODUCTION, TESTS = "P", ("D", "T", "N", "V")
#: MSH-7, when the sender made it.
MADE = 7
TIME = re.compile(r"(?P<time>(?:19|20|21)\d{6,12})(\.\d{1,4})?(?P<zone>[+-]\d{4})?", re.ASCII)
#: By how many digits are given.
FORMATS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


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


def check_meant(message: Message, source: IntakeSource) -> None:
    """Whether a message is for here, and meant in earnest.

    Raises:
        Malformed: it is addressed to somebody else, or a test, and the source is none for tests.
    """
    said = message.processing_id
    if not said:
        reason = "MSH-11 is missing: it is not said whether this is a test."
        raise Malformed(reason, fault=Fault.REQUIRED, segment="MSH", field=PROCESSING)
    if said not in (PRODUCTION, *TESTS):
        reason = f"MSH-11 is none of {', '.join((PRODUCTION, *TESTS))}."
        raise Malformed(reason, fault=Fault.PROCESSING, segment="MSH", field=PROCESSING)
    if said in TESTS and not source.is_test:
        raise Malformed(TEST, fault=Fault.PROCESSING, segment="MSH", field=PROCESSING)
    if source.receivers and not any(_is_to(one, message) for one in source.receivers):
        reason = "It is addressed to somebody else (MSH-5, MSH-6)."
        raise Malformed(reason, fault=Fault.TABLE, segment="MSH", field=RECEIVER[0])


def _is_to(receiver: str, message: Message) -> bool:
    """Whether a message is for "application", "application|facility" or "|facility"."""
    application, _, facility = (part.strip() for part in receiver.partition("|"))
    return all(
        not wanted or wanted.casefold() in {name.casefold() for name in named}
        for wanted, named in zip((application, facility), message.receiver, strict=True)
    )


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
    found = TIME.fullmatch(written)
    form = FORMATS.get(len(found["time"])) if found else None
    if found is None or form is None:
        return None
    zone = found["zone"] or ""
    try:
        # Only as many digits as the form has: of fewer, months and days would be guessed.
        made = datetime.datetime.strptime(  # noqa: DTZ007 - below
            found["time"] + zone, form + ("%z" if zone else "")
        )
    except ValueError:
        return None
    return made if made.tzinfo else timezone.make_aware(made)
