"""The rows of docs/security.md."""

import re
from typing import NamedTuple

from tests.unit.security.clauses import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
STATES = {"met", "partly", "open", "does not apply"}

ASVS_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
HIPAA_ROW = re.compile(r"^\| (164\.312[()\w]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
#: A file or folder of this project in code type, perhaps with the name of a test in it.
NAMED = re.compile(
    r"`((?:\.ci|benchmarks|cases|docs|guidance|static|templates|tests|tumorboard)/[\w./-]*"
    r"|[\w-]+\.(?:md|toml|lock|py)|Makefile)(?:::(\w+))?`"
)


class Row(NamedTuple):
    """What the document says of one requirement."""

    number: str
    matter: str
    state: str
    words: str


def text() -> str:
    """The whole document."""
    return DOCUMENT.read_text("utf-8")


def asvs_rows() -> list[Row]:
    """One for each line of the ASVS tables."""
    return [Row(*(cell.strip() for cell in cells)) for cells in ASVS_ROW.findall(text())]


def hipaa_rows() -> list[Row]:
    """One for each line of the table of 45 CFR 164.312."""
    return [Row(*(cell.strip() for cell in cells)) for cells in HIPAA_ROW.findall(text())]
