"""How fast an import is: 10,000 rows from upload to cases, against COPY of the same rows.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.import_rows [rows]`. It makes a database of
its own beside the others and drops it afterwards.
"""

import os
import sys
import uuid
from typing import Any

import django
from django.db import connection, connections, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from benchmarks.database import fresh_database, timed  # noqa: E402
from cases.models import Assessment, Case, FactAnswer, Gap, ImportFile, Patient  # noqa: E402
from cases.services.imports import uploads, writing  # noqa: E402
from cases.services.imports.fields import guess  # noqa: E402
from tests.factories.people import make_institution  # noqa: E402
from tumorboard.accounts.models import User  # noqa: E402
from tumorboard.audit.models import AuditEntry  # noqa: E402
from tumorboard.outbox import queue  # noqa: E402
from tumorboard.outbox.models import OutboxMessage  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

BUDGET = 5.0
ROWS = 10_000
HEADINGS = "MRN,Surname,First name,DOB,Sex,WHO grade,Ki-67,Tumor size,Stage,Functional,Oncotree"
STAGES = ("I", "IIa", "IIIb", "IV")


def table(rows: int) -> bytes:
    """A file of that many rows, each with a person and six answers."""
    lines = [HEADINGS]
    lines += [
        f"BENCH-{n:06},Family{n},Given{n},19{30 + n % 60}-0{n % 9 + 1}-15,{'FM'[n % 2]},"
        f"{n % 3 + 1},{n % 20 + 1},{10 + n % 60},{STAGES[n % 4]},{('Yes', 'No')[n % 2]},PANET"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def written_rows() -> list[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """What the import left: of each table its name, columns and rows."""
    histories = [Patient.pgh_event_model, FactAnswer.pgh_event_model]
    found = []
    with connection.cursor() as cursor:
        for model in (Patient, Case, Assessment, FactAnswer, Gap, AuditEntry, *histories):
            name = model._meta.db_table
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
                [name],
            )
            columns = [column for column, _ in cursor.fetchall()]
            texts = ", ".join(f'"{column}"::text' for column in columns)
            cursor.execute(f'SELECT {texts} FROM "{name}"')
            found.append((name, columns, cursor.fetchall()))
    return found


def copy(tables: list[Any]) -> None:
    """COPY the rows into tables with the same columns and indexes."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for name, columns, rows in tables:
            cursor.execute(f'CREATE TEMP TABLE "copy_{name}" (LIKE "{name}" INCLUDING ALL)')
            listed = ", ".join(f'"{column}"' for column in columns)
            with cursor.copy(f'COPY "copy_{name}" ({listed}) FROM STDIN') as stream:
                for row in rows:
                    stream.write_row(row)


def main(rows: int) -> None:
    """Measure and print."""
    queue.deliver.apply_async = lambda *args, **options: None
    institution = make_institution(slug="benchmark", name="Benchmark")
    by = User.objects.create_user(email="b@example.org", name="Bench", password=uuid.uuid4().hex)
    content = table(rows)

    def upload() -> ImportFile:
        with institution_scope(institution):
            return uploads.upload(name="benchmark.csv", content=content, by=by)

    file, _ = timed("upload", rows, upload)
    mapping = {column: found.field for column, found in guess(file.columns, {}).items()}

    def check() -> ImportFile:
        with institution_scope(institution):
            return uploads.choose_columns(file=file, mapping=mapping, by=by)

    _, checking = timed("check every row", rows, check)

    def write() -> None:
        with institution_scope(institution):
            job = uploads.start(file=file, by=by).job
        while True:
            with institution_scope(institution):
                writing.write_rows(OutboxMessage.objects.get(pk=job).payload)
                now = ImportFile.objects.get(pk=file.pk)
            if now.state == ImportFile.State.DONE:
                return
            job = now.job

    _, writing_took = timed("write, chunk by chunk", rows, write)
    with institution_scope(institution):
        assert ImportFile.objects.get(pk=file.pk).done_count == rows
        tables = written_rows()
    _, copying = timed("COPY of the same rows", rows, lambda: copy(tables))
    ratio = (checking + writing_took) / (checking + copying)
    print(f"{ratio:.1f} times as long as check and COPY (budget: at most {BUDGET})")


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
