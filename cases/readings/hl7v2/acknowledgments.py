"""What is answered to a message: ACK with MSA, and ERR where something was wrong."""

import datetime
from enum import StrEnum

from cases.readings.hl7v2.delimiters import Delimiters
from cases.readings.hl7v2.errors import FAULT_NAMES, Malformed
from cases.readings.hl7v2.escapes import escaped
from cases.readings.hl7v2.message import VERSIONS, Message

#: The version of an answer to something whose own version could not be read.
VERSION = "2.5.1"
#: An answer uses the signs that the standard recommends, whatever the message used.
SIGNS = Delimiters()
#: How long a text in an answer may be; HL7 gives ERR-8 250.
TEXT_LETTERS = 250


class Answer(StrEnum):
    """Codes of HL7's table 0008."""

    ACCEPTED = "AA"
    ERROR = "AE"
    REJECTED = "AR"


def accepted(message: Message, *, at: datetime.datetime, control_id: str, sender: str) -> bytes:
    """The answer to a message that is kept safely.

    Args:
        at: when it is answered, aware of its time zone.
        control_id: of the answer itself, at most 20 letters.
        sender: the name of this application.
    """
    return _written(message, [_msa(message, Answer.ACCEPTED)], at, control_id, sender)


def refused(
    message: Message | None,
    fault: Malformed,
    *,
    at: datetime.datetime,
    control_id: str,
    sender: str,
) -> bytes:
    """The answer to a message that was not taken, with the reason.

    A message whose header says that it is for somebody else is rejected (AR); one that could be
    taken once it is put right is an error (AE). `message` is None where nothing could be read.
    """
    answer = Answer.REJECTED if fault.is_rejection else Answer.ERROR
    lines = [_msa(message, answer), _err(fault)]
    return _written(message, lines, at, control_id, sender)


def _msa(message: Message | None, answer: Answer) -> str:
    given = message.control_id if message else ""
    return f"MSA|{answer}|{escaped(given, SIGNS)}"


def _err(fault: Malformed) -> str:
    place = f"{fault.segment}^1^{fault.field or ''}".rstrip("^") if fault.segment else ""
    code = f"{fault.fault}^{FAULT_NAMES[fault.fault]}^HL70357"
    text = escaped(fault.reason[:TEXT_LETTERS], SIGNS)
    return f"ERR||{place}|{code}|E||||{text}"


def _written(
    message: Message | None,
    lines: list[str],
    at: datetime.datetime,
    control_id: str,
    sender: str,
) -> bytes:
    time = at.strftime("%Y%m%d%H%M%S%z")
    event = f"^{escaped(message.event, SIGNS)}^ACK" if message and message.event else ""
    is_known = message is not None and message.version in VERSIONS
    version = message.version if message and is_known else VERSION
    processing = escaped((message.processing_id if message else "") or "P", SIGNS)
    to_whom = [escaped(part, SIGNS) for part in (message.sender if message else ("", ""))]
    header = [
        "MSH",
        "^~\\&",
        escaped(sender, SIGNS),
        "",
        *to_whom,
        time,
        "",
        f"ACK{event}",
        control_id,
        processing,
        version,
        *[""] * 5,
        "UNICODE UTF-8",
    ]
    return ("\r".join(["|".join(header), *lines]) + "\r").encode()
