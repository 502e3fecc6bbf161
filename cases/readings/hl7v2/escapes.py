r"""Escape sequences: `\F\` for the field separator, `\.br\` for a new line, `\X0D\` for bytes.

What is no sequence stays as it is written: a lone backslash in a report loses no word of it.
"""

import re

from cases.readings.hl7v2.delimiters import Delimiters

_SEQUENCE = r"(?P<said>[FSTREPHN]|X(?:[0-9A-Fa-f]{2})+|\.(?:br|sp|fi|nf|in|ti|sk|ce)[+-]?\d{0,3})"
#: The most empty lines or spaces that one sequence makes.
MOST = 100
LINE, PARAGRAPH, SPACE = ".br", ".sp", ".sk"


def unescaped(text: str, delimiters: Delimiters) -> str:
    """The text that was meant.

    Args:
        delimiters: of the message, with its character set for sequences of bytes.
    """
    sign = re.escape(delimiters.escape)
    if not delimiters.escape or delimiters.escape not in text:
        return text

    def meant(found: re.Match[str]) -> str:
        plain = _meant(found["said"], delimiters)
        return found[0] if plain is None else plain

    return re.sub(f"{sign}{_SEQUENCE}{sign}", meant, text)


def escaped(text: str, delimiters: Delimiters) -> str:
    """A text as it may stand in a field."""
    sign = delimiters.escape
    codes = {delimiters.field: "F", delimiters.component: "S", delimiters.subcomponent: "T"}
    codes |= {delimiters.repetition: "R", sign: "E"}
    lines = "\n".join(text.splitlines())
    written = "".join(f"{sign}{codes[char]}{sign}" if char in codes else char for char in lines)
    return written.replace("\n", f"{sign}.br{sign}")


def _meant(said: str, delimiters: Delimiters) -> str | None:
    """What a sequence stands for; None where its bytes are no text."""
    signs = {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "P": delimiters.truncation,
        "H": "",
        "N": "",
    }
    if said in signs:
        return signs[said]
    if said.startswith("X"):
        try:
            return bytes.fromhex(said[1:]).decode(delimiters.charset)
        except UnicodeDecodeError:
            return None
    command, number = said[:3], said[3:].lstrip("+")
    times = min(int(number), MOST) if number.isdigit() else 1
    if command == SPACE:
        return " " * times
    if command in (LINE, PARAGRAPH):
        return "\n" * times
    # A change of margins or of filling begins a line at most, and says nothing.
    return "\n" if command in (".ce", ".ti") else ""
