"""What a source names beside documents: markers and entries of the registers, in words."""

import re
from collections.abc import Iterator
from typing import Any

from guidance.engine.edition import Edition

DOCUMENT = re.compile(r"^\d{3} ")
#: The two registers: their file, and the fields that say an entry in words.
REGISTERS = (("ambiguities", ("point", "choice")), ("disagreements", ("text", "handling")))


def marks_of(source: str, edition: Edition) -> list[dict[str, str]]:
    """Return code and words of each marker (INT, BS) and register entry (A-nn, N-nn) of a source.

    A code that the edition does not explain stands with no words.
    """
    words = _words_of(edition)
    codes = (part for part in source.split("; ") if part and not DOCUMENT.match(part))
    return [{"code": code, "text": words.get(code, "")} for code in dict.fromkeys(codes)]


#: The words of every code, by the hash of the edition, which never changes.
_words: dict[str, dict[str, str]] = {}


def _words_of(edition: Edition) -> dict[str, str]:
    if edition.hash not in _words:
        markers = edition.content["edition"]["markers"]
        _words[edition.hash] = {**markers, **dict(_entries(edition))}
    return _words[edition.hash]


def _entries(edition: Edition) -> Iterator[tuple[str, str]]:
    for name, fields in REGISTERS:
        rows: list[dict[str, Any]] = edition.content.get(name, {}).get(name, [])
        yield from ((row["id"], " ".join(row[field] for field in fields)) for row in rows)
