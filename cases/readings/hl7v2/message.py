"""A message, and the header by which it is known."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from cases.readings.hl7v2.charsets import charset_named, decoded
from cases.readings.hl7v2.delimiters import Delimiters, delimiters_of
from cases.readings.hl7v2.errors import RECEIVER, Fault, Malformed
from cases.readings.hl7v2.segments import Segment

_NAME = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
_LINES = re.compile(r"\r\n|\r|\n")
#: Table 0104, as far as its versions are messages of the kind that is read here.
VERSIONS = frozenset(
    {"2.1", "2.2", "2.3", "2.3.1", "2.3.2", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1"}
    | {"2.8", "2.8.1", "2.8.2"}
)
#: Envelopes of several messages.
ENVELOPES = ("BHS", "FHS")
BATCH = "A batch is not taken. Send its messages one by one."
EMPTY = "There is no message."
TWO = "A second message begins within the first. Send one at a time."
NO_SEGMENT = "Line {} is no segment."
MOST_SEGMENTS = 20_000
TOO_MANY = f"The message has more than {MOST_SEGMENTS:,} segments."
CONTROL_ID, CHARSET, VERSION, TYPE = 10, 18, 12, 9
PROCESSING = 11
#: Signs of the frame that MLLP puts around a message: within one they tell of a broken frame.
FRAMING = (b"\x0b", b"\x1c")
FRAMED = "A sign of the frame of MLLP stands within the message: its end or its beginning was lost."
SEVERAL_SETS = (
    "MSH-18 names several character sets. Messages that change between them are not read; send "
    "UNICODE UTF-8."
)
#: The longest field of a header that is told back when the message could not be read.
MOST_NAME = 200
#: The byte order mark that some senders write before the header.
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Message:
    """A message of HL7 v2 whose header was understood.

    `type` and `event` are those of MSH-9 ("ORU", "R01"); `sender` is MSH-3 and MSH-4.
    """

    segments: tuple[Segment, ...]
    delimiters: Delimiters

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    @property
    def type(self) -> str:
        """What kind of message it is."""
        return self.header.text(TYPE, 1)

    @property
    def event(self) -> str:
        """What made it be sent."""
        return self.header.text(TYPE, 2)

    @property
    def control_id(self) -> str:
        """By which the sender knows it; the same twice is the same message."""
        return self.header.text(CONTROL_ID)

    @property
    def version(self) -> str:
        """The version of the standard."""
        return self.header.text(VERSION)

    @property
    def processing_id(self) -> str:
        """P in production, T in training, D in debugging."""
        return self.header.text(PROCESSING)

    @property
    def receiver(self) -> tuple[frozenset[str], frozenset[str]]:
        """The application and the facility that it is for, by their names and universal ids."""
        application, facility = (
            frozenset(name for part in (1, 2) if (name := self.header.text(field, part)))
            for field in RECEIVER
        )
        return application, facility

    @property
    def sender(self) -> tuple[str, str]:
        """The application and the facility that sent it."""
        return self.header.text(3), self.header.text(4)

    @property
    def origin(self) -> str:
        """The message as readings refer to it."""
        return f"{self.type}^{self.event} {self.control_id}".strip()


def parse(raw: bytes) -> Message:
    """The segments of one message, without the frame in which MLLP sends it.

    Raises:
        Malformed: it is no message, or one whose header cannot be understood.
    """
    raw = raw.removeprefix(BOM).strip(b"\r\n")
    if not raw:
        raise Malformed(EMPTY, fault=Fault.REQUIRED)
    first = _LINES.split(raw.decode("latin-1"), maxsplit=1)[0]
    if first.startswith(ENVELOPES):
        raise Malformed(BATCH, segment=first[:3])
    if any(sign in raw for sign in FRAMING):
        raise Malformed(FRAMED)
    header = _segment(first, delimiters_of(first), Counter())
    if len(set(header.repetitions(CHARSET))) > 1 or header.raw(CHARSET).startswith(
        header.delimiters.repetition
    ):
        raise Malformed(SEVERAL_SETS, fault=Fault.TABLE, segment="MSH", field=CHARSET)
    named = header.text(CHARSET)
    charset = charset_named(named)
    text = decoded(raw, charset, is_named=bool(named))
    signs = delimiters_of(_LINES.split(text, maxsplit=1)[0], charset)
    message = Message(_segments(text, signs), signs)
    _check(message)
    return message


def header_of(raw: bytes) -> Message | None:
    """The header alone of something that may be no message, so that a refusal names what it is of.

    Only what cannot be misread whatever the character set: other fields are left empty. None where
    there is no header, and within a broken frame: there nobody knows whose the header is.

    Args:
        raw: the message, or as much of it as was read.
    """
    raw = raw.removeprefix(BOM).strip(b"\r\n")
    first = _LINES.split(raw.decode("latin-1"), maxsplit=1)[0]
    if any(sign in raw for sign in FRAMING):
        return None
    try:
        signs = delimiters_of(first)
    except Malformed:
        return None
    header = _segment(first, signs, Counter())
    plain = tuple(one if _is_plain(one) else "" for one in header.fields)
    return Message((replace(header, fields=plain),), signs)


def _is_plain(field: str) -> bool:
    """Whether a field of a header says the same in every character set, and no more than a name."""
    return field.isascii() and field.isprintable() and len(field) <= MOST_NAME


def _segments(text: str, delimiters: Delimiters) -> tuple[Segment, ...]:
    seen: Counter[str] = Counter()
    lines = [line for line in _LINES.split(text) if line.strip()]
    if len(lines) > MOST_SEGMENTS:
        raise Malformed(TOO_MANY)
    found = []
    for number, line in enumerate(lines, start=1):
        name = line[:3]
        if not _NAME.fullmatch(name) or line[3:4] not in ("", delimiters.field):
            raise Malformed(NO_SEGMENT.format(number), segment="MSH" if number == 1 else "")
        if name == "MSH" and number > 1:
            raise Malformed(TWO, segment="MSH")
        found.append(_segment(line, delimiters, seen))
    return tuple(found)


def _segment(line: str, delimiters: Delimiters, seen: Counter[str]) -> Segment:
    name, *fields = line.split(delimiters.field)
    if name == "MSH":
        # MSH-1 is the separator itself.
        fields.insert(0, delimiters.field)
    seen[name] += 1
    return Segment(name, f"{name}[{seen[name]}]", (name, *fields), delimiters)


def _check(message: Message) -> None:
    """What every header must say.

    Raises:
        Malformed: type, control id or version are missing, or the version is none of 2.x.
    """
    for number, given in (
        (TYPE, message.type),
        (CONTROL_ID, message.control_id),
        (VERSION, message.version),
    ):
        if not given:
            reason = f"MSH-{number} is missing."
            raise Malformed(reason, fault=Fault.REQUIRED, segment="MSH", field=number)
    if message.version not in VERSIONS:
        reason = f"Version {message.version[:20]} is not read; 2.1 to 2.8.2 are."
        raise Malformed(reason, fault=Fault.VERSION, segment="MSH", field=VERSION)
