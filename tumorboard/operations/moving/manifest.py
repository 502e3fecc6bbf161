"""What a moving institution's file says of itself."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from django.db import connection

from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.tables import Table

FORMAT = 1
NAME = "manifest.json"
PEOPLE = "people.jsonl"
#: Applications whose migrations say what the rows mean.
APPLICATIONS = ("accounts", "audit", "cases", "editions", "outbox", "tenancy", "vault")


@dataclass(frozen=True)
class Part:
    """One part of the file: how many rows, and SHA-256 of their lines."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The whole file.

    Attributes:
        institution: its id, slug, name and when it was made.
        migrations: those that had run, as `cases.0001_initial`.
        types: PostgreSQL's type of each column, by table.
        editions: hashes of the editions of the guidance that were there.
        parts: by the name of the part.
    """

    format: int
    institution: dict[str, str]
    migrations: list[str]
    types: dict[str, dict[str, str]]
    editions: list[str]
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether each attribute is of its type: what is read from a file may be anything."""
        tables = self.types.values() if isinstance(self.types, dict) else [None]
        return (
            _is_text(self.migrations)
            and _is_text(self.editions)
            and isinstance(self.institution, dict)
            and all(isinstance(columns, dict) for columns in tables)
            and all(isinstance(part.rows, int) for part in self.parts.values())
        )

    def as_json(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        """Read one.

        Raises:
            CannotMove: it is none, or of another format.
        """
        try:
            said = json.loads(text)
            parts = {name: Part(**part) for name, part in said.pop("parts").items()}
            manifest: Manifest | None = cls(**said, parts=parts)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            manifest = None
        if manifest is None or not manifest.is_whole:
            raise CannotMove("The manifest cannot be read.")
        if manifest.format != FORMAT:
            raise CannotMove(
                f"The file is of format {manifest.format}; this version reads {FORMAT}."
            )
        return manifest


def _is_text(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


class Counted:
    """Passes lines on and keeps count of them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._digest = hashlib.sha256()
        self._rows = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._digest.update(line)
            self._rows += 1
            yield line

    def part(self) -> Part:
        """What has passed so far."""
        return Part(self._rows, self._digest.hexdigest())


def part_name(table: Table) -> str:
    """The part with a table's rows."""
    return f"tables/{table.name}.jsonl"


def migrations() -> list[str]:
    """Those of our applications that have run here."""
    query = "SELECT app || '.' || name FROM django_migrations WHERE app = ANY(%s) ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(query, [list(APPLICATIONS)])
        return [name for (name,) in cursor.fetchall()]


def types_of(tables: Iterable[Table]) -> dict[str, dict[str, str]]:
    """The columns of all tables."""
    return {table.name: dict(table.types) for table in tables}


def differences(manifest: Manifest, tables: Iterable[Table]) -> list[str]:
    """Every way in which this installation is not as the one that the file comes from."""
    found = []
    there, here = set(manifest.migrations), set(migrations())
    found += [f"Migration {name} has run there and not here." for name in sorted(there - here)]
    found += [f"Migration {name} has run here and not there." for name in sorted(here - there)]
    ours = types_of(tables)
    for table in sorted(ours.keys() | manifest.types.keys()):
        if ours.get(table) != manifest.types.get(table):
            found.append(
                f"Table {table} has other columns here than there, or is not on both sides."
            )
    return found
