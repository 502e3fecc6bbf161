"""The signs by which a message divides itself, which it names in MSH-1 and MSH-2."""

from typing import NamedTuple

from cases.readings.hl7v2.errors import Fault, Malformed

NO_HEADER = "A message begins with MSH, its separator and its encoding characters."
NOT_TOLD_APART = "The separator and the encoding characters must be different signs."
#: Encoding characters without and with the sign for what was cut off (2.7).
LENGTHS = (4, 5)


class Delimiters(NamedTuple):
    """The separators, and the character set by which bytes are read."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = "#"
    charset: str = "ascii"


def delimiters_of(header: str, charset: str = "ascii") -> Delimiters:
    """The delimiters that a header names.

    Raises:
        Malformed: it names none, or not all, or the same sign twice.
    """
    if not header.startswith("MSH") or len(header) < len("MSH|^~\\&"):
        raise Malformed(NO_HEADER, fault=Fault.REQUIRED, segment="MSH", field=1)
    separator = header[3]
    signs = header[4:].split(separator, 1)[0]
    if len(signs) not in LENGTHS:
        raise Malformed(NO_HEADER, fault=Fault.REQUIRED, segment="MSH", field=2)
    every = separator + signs
    if len(set(every)) != len(every) or any(sign.isalnum() or sign.isspace() for sign in every):
        raise Malformed(NOT_TOLD_APART, fault=Fault.DATA_TYPE, segment="MSH", field=2)
    component, repetition, escape, subcomponent = list(signs[:4])
    return Delimiters(
        separator, component, repetition, escape, subcomponent, signs[4:] or "#", charset
    )
