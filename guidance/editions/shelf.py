"""The editions that the database holds, compiled and at hand.

Editions outlive the software that loaded them, so nothing here reads the content on disk.
"""

import datetime
import json
from typing import NamedTuple

from guidance.editions.models import EditionAdoption, GuidanceEdition
from guidance.engine.edition import Edition, compile_edition


class NoEdition(LookupError):
    """The edition is not loaded, or what is stored of it is not what its hash says."""


class Shelved(NamedTuple):
    """One edition as lists show it; `hash` is the SHA-256 of its content."""

    version: str
    title: str
    date: datetime.date
    hash: str
    loaded_at: datetime.datetime


#: Compiled editions by hash, and the hash of each version that was asked for, in this process.
#: Rows are never changed, so neither ever grows old.
_compiled: dict[str, Edition] = {}
_hashes: dict[str, str] = {}


def edition(version: str) -> Edition:
    """The edition of that version, compiled from the database once per process.

    Raises:
        NoEdition: it is not loaded, or its content is not what its hash says.
    """
    if version not in _hashes:
        row = GuidanceEdition.objects.filter(version=version).first()
        if row is None:
            message = f"The edition {version!r} is not loaded."
            raise NoEdition(message)
        if row.hash not in _compiled:
            _compiled[row.hash] = _compile(row)
        _hashes[version] = row.hash
    return _compiled[_hashes[version]]


def _compile(row: GuidanceEdition) -> Edition:
    compiled = compile_edition(json.loads(row.content))
    if compiled.hash != row.hash:
        message = f"The content of the edition {row.version!r} is not what its hash says."
        raise NoEdition(message)
    return compiled


def newest() -> Edition:
    """The newest edition that is loaded, by its date.

    Raises:
        NoEdition: none is loaded.
    """
    version = GuidanceEdition.objects.values_list("version", flat=True).first()
    if version is None:
        message = "No edition is loaded: run `manage.py load_editions`."
        raise NoEdition(message)
    return edition(version)


def adopted() -> Edition:
    """The edition that the current institution uses: its own choice, else the newest.

    Raises:
        NoEdition: none is loaded.
        ScopeError: outside of an institution's scope.
    """
    choices = EditionAdoption.objects.order_by("-at", "-id")
    version = choices.values_list("edition__version", flat=True).first()
    return newest() if version is None else edition(version)


def versions() -> tuple[Shelved, ...]:
    """All editions that are loaded, newest first."""
    return tuple(map(Shelved._make, GuidanceEdition.objects.values_list(*Shelved._fields)))


def forget() -> None:
    """Let go of which versions there are; for tests, whose database is put back after each."""
    _hashes.clear()
