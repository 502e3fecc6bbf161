"""Tables of code mappings: uploaded, shown row by row, written all together or not at all."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import CodeMapFile, CodeMapping, UnmappedCode
from cases.models.study_file import VirusCheck
from cases.selectors.code_maps import local_rows
from cases.selectors.concepts import concept_named
from cases.services import virus_checks
from cases.services.checks import field_errors
from cases.services.code_maps import NO_CONCEPT, check_digit_fault
from cases.services.errors import Refused
from cases.services.file_names import plain_name
from cases.services.imports.limits import TableError
from cases.services.imports.reading import Table, check_extension, read_table
from cases.terminology.codes import canonical
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution

Status = CodeMapping.Status
#: Headings of a table, in any order and case; those of the export.
COLUMNS = ("system", "code", "display", "concept", "status", "source")
NEEDED = ("system", "code", "concept")
MOST_ROWS = 5_000
#: What the export puts before text that a spreadsheet would run; taken off again.
QUOTE = "'"
FORMULA = ("=", "+", "-", "@")
STATUSES = {"": Status.PROPOSED, "proposed": Status.PROPOSED, "confirmed": Status.CONFIRMED}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a table: what it would do, or why it cannot.

    `does` is `add`, `change` or `nothing`; with `errors`, by column, it does nothing.
    """

    line: int
    cells: Mapping[str, str]
    mapping: CodeMapping
    does: str
    errors: Mapping[str, Sequence[str]]


def upload(*, name: str, content: bytes, by: User) -> CodeMapFile:
    """Keep the rows of a table for a preview; nothing is mapped yet.

    Raises:
        TableError: it is no table of codes, is too large, holds a virus or cannot be checked.
    """
    looked = virus_checks.look(io.BytesIO(content))
    if looked.is_infected:
        # Beside what is undone by the refusal.
        record(action="code_map.file.infected", subject=current_institution(), by=by)
        raise TableError(f"The file holds a virus ({looked.virus}). It is not kept.")
    if looked.check == VirusCheck.WAITING:
        raise TableError("The virus check gives no answer. Try again in a few minutes.")
    return _keep(name=name, rows=_rows(name, content), by=by)


def preview(file: CodeMapFile) -> list[FileRow]:
    """Each row of a table with what it would do now."""
    there = {(row.system, row.code): row for row in local_rows()}
    given = [(canonical(cells["system"]), cells["code"]) for cells in file.rows]
    twice = {place for place, times in Counter(given).items() if times > 1}
    return [
        _file_row(cells, there.get(place), is_twice=place in twice)
        for place, cells in zip(given, file.rows, strict=True)
    ]


@transaction.atomic
def write(*, file: CodeMapFile, by: User) -> CodeMapFile:
    """Take a table over, every row or none.

    Raises:
        Refused: a row has an error, or the table was taken over already.
    """
    file = CodeMapFile.objects.select_for_update().get(pk=file.pk)
    if file.written_at:
        message = "This table was taken over already."
        raise Refused(message)
    # Nobody else changes a mapping between the last look and the writing.
    list(local_rows().select_for_update().order_by("pk").values_list("pk"))
    rows = preview(file)
    if any(row.errors for row in rows):
        message = "Some rows have errors. Mend them in the file and upload it again."
        raise Refused(message)
    now = timezone.now()
    try:
        with transaction.atomic():
            for row in rows:
                if row.does != "nothing":
                    _write(row.mapping, by, now)
    except IntegrityError as error:
        message = "Somebody else mapped one of these codes just now. Look at the rows again."
        raise Refused(message) from error
    file.written_at = now
    file.save(update_fields=["written_at"])
    record(action="code_map.file.written", subject=file, by=by)
    return file


def table_of(rows: Sequence[CodeMapping], *, by: User) -> list[list[str]]:
    """Headings and rows of mappings, as they can be uploaded again; the export is noted."""
    record(action="code_map.exported", subject=current_institution(), by=by)
    return [list(COLUMNS), *([str(getattr(row, name)) for name in COLUMNS] for row in rows)]


def _rows(name: str, content: bytes) -> list[dict[str, Any]]:
    table = read_table(content)
    check_extension(name, content)
    places = {heading.casefold(): place for place, heading in enumerate(table.columns)}
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise TableError(f"The file has no column {' and no column '.join(missing)}.")
    if len(table.rows) > MOST_ROWS:
        raise TableError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    return [_cells(table, places, line, cells) for line, cells in table.rows]


def _cells(
    table: Table, places: Mapping[str, int], line: int, cells: Sequence[str]
) -> dict[str, Any]:
    found = {name: cells[places[name]] if name in places else "" for name in COLUMNS}
    return {"line": line, **{name: _unquoted(text.strip()) for name, text in found.items()}}


def _unquoted(cell: str) -> str:
    rest = cell.removeprefix(QUOTE)
    return rest if rest.startswith(FORMULA) else cell


@transaction.atomic
def _keep(*, name: str, rows: list[dict[str, Any]], by: User) -> CodeMapFile:
    file = CodeMapFile.objects.create(name=plain_name(name), rows=rows, uploaded_by=by)
    record(action="code_map.file.uploaded", subject=file, by=by)
    return file


def _file_row(cells: Mapping[str, Any], there: CodeMapping | None, *, is_twice: bool) -> FileRow:
    known = concept_named(cells["concept"])
    status = STATUSES.get(cells["status"].casefold())
    row = there or CodeMapping(system=canonical(cells["system"]), code=cells["code"])
    was = (row.display, row.concept, row.source, row.status)
    row.display, row.source = cells["display"], cells["source"]
    row.concept = known.key if known else cells["concept"]
    row.status = status or Status.PROPOSED
    errors = {**field_errors(row, names=("system", "code", "display", "concept", "source"))}
    if known is None and cells["concept"]:
        errors["concept"] = [NO_CONCEPT]
    if status is None:
        errors["status"] = ["Write proposed or confirmed."]
    if fault := check_digit_fault(row.system, row.code):
        errors["code"] = [fault]
    if is_twice:
        errors.setdefault("code", []).append("The file has this code twice.")
    same = there is not None and was == (row.display, row.concept, row.source, row.status)
    does = "nothing" if same else "change" if there else "add"
    return FileRow(cells["line"], cells, row, does, errors)


def _write(row: CodeMapping, by: User, now: Any) -> None:
    row.entered_by, row.entered_at = by, now
    is_confirmed = row.status == Status.CONFIRMED
    row.confirmed_by, row.confirmed_at = (by, now) if is_confirmed else (None, None)
    is_new = row._state.adding
    row.save()
    if is_new:
        UnmappedCode.objects.filter(system=row.system, code=row.code).delete()
    record(action="code_mapping.added" if is_new else "code_mapping.changed", subject=row, by=by)
