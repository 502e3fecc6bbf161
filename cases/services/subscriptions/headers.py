"""Headers that a subscriber wants to be sent, judged before they are kept."""

import re
from collections.abc import Sequence

#: RFC 9110, 5.6.2 and 5.5: a name, and a value that is visible ASCII with spaces between.
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
#: What the message itself, or the way to the receiver, says.
OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
MOST, LONGEST = 10, 4_000


def split(header: str) -> tuple[str, str]:
    """Name and value of `Name: value`."""
    name, _, value = header.partition(":")
    return name.strip(), value.strip()


def fault_of(headers: Sequence[str]) -> str:
    """Why these cannot be sent, without quoting any; empty where they can."""
    if len(headers) > MOST or sum(map(len, headers)) > LONGEST:
        return f"Give at most {MOST} headers of {LONGEST:,} characters together."
    parts = [split(header) for header in headers]
    if not all(NAME.fullmatch(name) and VALUE.fullmatch(value) for name, value in parts):
        return "Write each header as Name: value."
    if any(name.lower() in OURS for name, _ in parts):
        return "One of these headers is set by the server."
    if len({name.lower() for name, _ in parts}) < len(parts):
        return "Give each header once."
    return ""
