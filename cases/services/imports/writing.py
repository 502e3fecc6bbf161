"""What the worker does: write the good rows of a file, a chunk in a transaction.

A chunk's cases, the states of its rows and the request for the next chunk are one transaction
with the message that asked for it, so that a worker killed at any point leaves a whole number of
chunks behind and the next one goes on where it stopped.
"""

from collections.abc import Sequence
from typing import Any

import pghistory
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F

from cases.models import Case, ImportFile, ImportRow
from cases.models.search_key import search_key
from cases.services.errors import Invalid
from cases.services.imports.batch import Entry, open_cases
from cases.services.imports.faults import keep_faults
from cases.services.imports.rows import Columns, Problem
from cases.services.imports.uploads import TOPIC, known_numbers
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

#: Rows a transaction.
CHUNK = 200

State = ImportRow.State

#: One statement for all: `bulk_update` writes a case distinction over every row.
WRITTEN = f"""
    UPDATE {ImportRow._meta.db_table} AS row SET state = '{State.WRITTEN}', case_id = made.case_id
    FROM unnest(%s::uuid[], %s::uuid[]) AS made (id, case_id) WHERE row.id = made.id
"""  # noqa: S608 - names of the model


def write_rows(payload: dict[str, Any]) -> None:
    """Write the next good rows of the file and ask for the ones after them, or say it is done.

    Args:
        payload: `file` and `by`, ids of the import and of the person who started it.
    """
    file = ImportFile.objects.select_for_update().get(pk=payload["file"])
    if file.state != ImportFile.State.RUNNING:
        return
    by = User.objects.get(pk=payload["by"])
    waiting = ImportRow.objects.filter(file=file, state=State.GOOD).order_by("number")
    rows = list(waiting[:CHUNK])
    with pghistory.context(person=str(by.pk)):
        written = _write(file, rows, by)
    file.done_count = F("done_count") + written
    if waiting.exists():
        file.job = enqueue(TOPIC, payload).pk
    else:
        file.state = ImportFile.State.DONE
        record(action="import.done", subject=file, by=by)
    file.save(update_fields=["done_count", "state", "job"])


def _write(file: ImportFile, rows: Sequence[ImportRow], by: User) -> int:
    """Write the rows and keep what became of each; how many are cases now."""
    columns = Columns(file.columns, file.mapping)
    try:
        with transaction.atomic():
            _open(file, columns, rows, by)
    except (IntegrityError, DataError):
        # One of them, added by somebody else in between perhaps, keeps the others out.
        for row in rows:
            _open_alone(file, columns, row, by)
    return _keep(rows)


def _keep(rows: Sequence[ImportRow]) -> int:
    """Save what became of the rows; how many are cases now."""
    written = [row for row in rows if row.state == State.WRITTEN]
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [[row.pk for row in written], [row.case_id for row in written]])
    others = [row for row in rows if row.state != State.WRITTEN]
    keep_faults(others)
    return len(written)


def _open_alone(file: ImportFile, columns: Columns, row: ImportRow, by: User) -> None:
    row.state, row.case = State.GOOD, None
    try:
        with transaction.atomic():
            _open(file, columns, [row], by)
    except (IntegrityError, DataError):
        row.state, row.case = State.BAD, None
        row.errors = [_whole("The database does not accept this row; check its cells.")]


def _open(file: ImportFile, columns: Columns, rows: Sequence[ImportRow], by: User) -> None:
    known = known_numbers([row.cells[columns.record_number] for row in rows])
    entries: list[tuple[ImportRow, Entry]] = []
    for row in rows:
        if search_key(row.cells[columns.record_number]) in known:
            row.state = State.KNOWN
            continue
        new, problems = columns.read(row.cells)
        if problems:
            row.state, row.errors = State.BAD, [problem.as_json() for problem in problems]
            continue
        entries.append((row, Entry(new, source=f"import of {file.name}, line {row.number}")))
    opened = open_cases(entries=[entry for _, entry in entries], by=by)
    for (row, _), result in zip(entries, opened, strict=True):
        if isinstance(result, Case):
            row.state, row.case = State.WRITTEN, result
        else:
            row.state, row.errors = State.BAD, _reasons(result)


def _reasons(error: Invalid) -> list[dict[str, str]]:
    return [
        _whole(f"{name.replace('_', ' ')}: {reason}" if name else reason)
        for name, reasons in error.errors.items()
        for reason in reasons
    ]


def _whole(reason: str) -> dict[str, str]:
    """A problem of the row, of no single cell."""
    return Problem("", "", "", reason).as_json()
