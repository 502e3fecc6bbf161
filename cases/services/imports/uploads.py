"""The steps of an import that a person takes: upload, choose columns, start writing."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction

from cases.models import ImportFile, ImportMapping, ImportRow, Patient
from cases.models.patient_token import record_token
from cases.models.search_key import search_key
from cases.models.study_file import VirusCheck
from cases.selectors.imports import has_stopped
from cases.services import virus_checks
from cases.services.errors import Invalid, Refused
from cases.services.file_names import plain_name
from cases.services.imports.faults import keep_faults
from cases.services.imports.fields import FIELDS, RECORD_NUMBER, memory_key
from cases.services.imports.limits import TableError
from cases.services.imports.reading import check_extension, read_table
from cases.services.imports.rows import Columns
from cases.services.upload_quotas import fault_of_import
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.scope import current_institution

#: What a worker is asked to do.
TOPIC = "import.rows"
#: How many rows one statement writes or asks for.
BATCH = 1_000

State = ImportRow.State
T = TypeVar("T")


def upload(*, name: str, content: bytes, by: User) -> ImportFile:
    """Keep the rows of a table; the file itself is not kept.

    Raises:
        TableError: the bytes are no table that can be imported, they hold a virus or could not be
            checked for one, or this person has uploaded too many.
    """
    if fault := fault_of_import(by=by):
        raise TableError(fault)
    looked = virus_checks.look(io.BytesIO(content))
    if looked.is_infected:
        # Beside what is undone by the refusal.
        record(action="import.infected", subject=current_institution(), by=by)
        raise TableError(f"The file holds a virus ({looked.virus}). It is not kept.")
    if looked.check == VirusCheck.WAITING:
        raise TableError("The virus check gives no answer. Try again in a few minutes.")
    return _keep(name=name, content=content, by=by)


@transaction.atomic
def _keep(*, name: str, content: bytes, by: User) -> ImportFile:
    table = read_table(content)
    check_extension(name, content)
    file = ImportFile.objects.create(
        name=plain_name(name),
        sha256=hashlib.sha256(content).hexdigest(),
        columns=table.columns,
        row_count=len(table.rows),
        uploaded_by=by,
    )
    for part in batches(table.rows, BATCH):
        ImportRow.objects.bulk_create(
            [ImportRow(file=file, number=line, cells=cells) for line, cells in part]
        )
    record(action="import.uploaded", subject=file, by=by)
    return file


@transaction.atomic
def choose_columns(*, file: ImportFile, mapping: Mapping[str, str], by: User) -> ImportFile:
    """Say what each column means, remember it, and check every row; writes no case.

    Args:
        mapping: column heading -> field, empty to leave the column out.

    Raises:
        Invalid: the record number is in no column, or two columns would set the same.
        Refused: the cases are being written or are written already.
    """
    file = _lock(file)
    if file.state not in (ImportFile.State.UPLOADED, ImportFile.State.CHECKED):
        raise Refused("This import is being written or is done. Upload the file again.")
    chosen = {heading: mapping.get(heading, "") for heading in file.columns}
    _check_mapping(chosen)
    _remember(chosen)
    _check_rows(file, Columns(file.columns, chosen))
    file.mapping = chosen
    file.state = ImportFile.State.CHECKED
    file.save(update_fields=["mapping", "state"])
    record(action="import.checked", subject=file, by=by)
    return file


@transaction.atomic
def start(*, file: ImportFile, by: User) -> ImportFile:
    """Ask a worker to write the good rows; also what goes on after a job that failed for good.

    Raises:
        Refused: the rows are not checked, none is good, or the worker is at it.
    """
    file = _lock(file)
    if file.state == ImportFile.State.RUNNING and not has_stopped(file):
        raise Refused("This import is being written already.")
    if file.state not in (ImportFile.State.CHECKED, ImportFile.State.RUNNING):
        raise Refused("Check the rows of this import before writing them.")
    if not ImportRow.objects.filter(file=file, state=State.GOOD).exists():
        raise Refused("No row of this import can be written.")
    file.state = ImportFile.State.RUNNING
    file.job = enqueue(TOPIC, {"file": str(file.pk), "by": str(by.pk)}).pk
    file.save(update_fields=["state", "job"])
    record(action="import.started", subject=file, by=by)
    return file


def known_numbers(record_numbers: Sequence[str]) -> set[str]:
    """Those record numbers that the institution has already, as `search_key` gives them."""
    keys = {record_token(number): search_key(number) for number in record_numbers}
    return {
        keys[bytes(token or b"")]
        for part in batches(list(keys), BATCH)
        for token in Patient.objects.filter(record_blind__in=part).values_list(
            "record_blind", flat=True
        )
    }


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, at most `size` at a time."""
    for start_of_batch in range(0, len(items), size):
        yield items[start_of_batch : start_of_batch + size]


def _lock(file: ImportFile) -> ImportFile:
    return ImportFile.objects.select_for_update().get(pk=file.pk)


def _check_mapping(mapping: Mapping[str, str]) -> None:
    errors: dict[str, list[str]] = {}
    taken: dict[str, str] = {}
    for heading, name in mapping.items():
        if not name:
            continue
        if name not in FIELDS:
            errors[heading] = ["Choose one of the fields."]
            continue
        for written in FIELDS[name].writes:
            first = taken.setdefault(written, heading)
            if first != heading:
                errors[heading] = [f"“{first}” sets the same. Leave one of the two out."]
    if RECORD_NUMBER not in taken and not errors:
        errors[""] = [
            "Say which column holds the record number. A pseudonym is enough, but every row "
            "needs one."
        ]
    if errors:
        raise Invalid(errors)


def _remember(mapping: Mapping[str, str]) -> None:
    # Two long headings may have one key, and one statement must not write a row twice. In one
    # order, so that two imports at once do not wait for each other.
    fields = {memory_key(heading): name for heading, name in mapping.items()}
    ImportMapping.objects.bulk_create(
        [ImportMapping(heading=key, field=fields[key]) for key in sorted(fields)],
        update_conflicts=True,
        unique_fields=["institution", "heading"],
        update_fields=["field"],
    )


def _check_rows(file: ImportFile, columns: Columns) -> None:
    rows = ImportRow.objects.filter(file=file)
    there = list(rows.order_by("number"))
    table = [(row.number, row.cells) for row in there]
    across = columns.across(table)
    known = known_numbers([cells[columns.record_number] for _, cells in table])
    bad: dict[int, list[dict[str, Any]]] = {}
    met: list[int] = []
    for line, cells in table:
        if search_key(cells[columns.record_number]) in known:
            met.append(line)
            continue
        _case, problems = columns.read(cells)
        problems += across.get(line, [])
        if problems:
            bad[line] = [problem.as_json() for problem in problems]
    rows.update(state=State.GOOD, errors=None)
    for part in batches(met, BATCH):
        rows.filter(number__in=part).update(state=State.KNOWN)
    faulty = [row for row in there if row.number in bad]
    for row in faulty:
        row.state, row.errors = State.BAD, bad[row.number]
    for some in batches(faulty, BATCH):
        keep_faults(some)
