"""What stands before a number or a date: how it is to be compared (R4, search.html#prefix)."""

from enum import StrEnum


class Prefix(StrEnum):
    """How what is there must stand to what is asked for."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


def read_prefix(text: str) -> tuple[Prefix, str]:
    """The prefix, `eq` where none is given, and the rest."""
    try:
        return Prefix(text[:2]), text[2:]
    except ValueError:
        return Prefix.EQ, text
