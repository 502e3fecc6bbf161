"""How fast an import is: 10,000 rows from upload to cases, against COPY of the same values.

Run: TUMORBOARD_EMBEDDED=test .venv/bin/python -m benchmarks.import_rows [rows]
Everything happens in one transaction that is rolled back.
"""

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, connections, transaction

from cases.jobs import import_rows
from cases.models import Assessment, Case, FactAnswer, ImportFile, ImportRow, Patient
from cases.services.imports import uploads
from cases.services.imports.fields import guess
from tests import conftest
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

ROWS = 10_000
HEADINGS = "MRN,Family name,Given name,DOB,Sex,WHO grade,Ki-67,Tumor size,Stage,Functional,Oncotree"
COPIED = (Patient, Case, Assessment, FactAnswer, AuditEntry)


def table(rows: int) -> bytes:
    """A file of that many rows."""
    out = io.StringIO()
    out.write(HEADINGS + "\n")
    for n in range(rows):
        grade, size, stage = n % 3 + 1, 10 + n % 60, ("I", "IIa", "IIIb", "IV")[n % 4]
        out.write(
            f"BENCH-{n:06},Family{n},Given{n},19{30 + n % 60}-0{n % 9 + 1}-15,"
            f"{'FM'[n % 2]},{grade},{n % 20 + 1},{size},{stage},{('Yes', 'No')[n % 2]},PANET\n"
        )
    return out.getvalue().encode()


@contextmanager
def timed(what: str, rows: int) -> Iterator[list[float]]:
    """Print how long a step took."""
    took: list[float] = []
    start = time.perf_counter()
    yield took
    took.append(time.perf_counter() - start)
    print(f"{what:<22}{took[0]:7.2f} s {rows / took[0]:9.0f} rows/s")


def copy_again() -> None:
    """COPY what the import wrote into tables of the same columns, as COPY would have."""
    with connection.cursor() as cursor:
        for model in COPIED:
            name = model._meta.db_table
            cursor.execute(f"CREATE TEMP TABLE copied_{name} (LIKE {name} INCLUDING ALL)")
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            cursor.execute(f"SELECT {columns} FROM {name}")
            rows = cursor.fetchall()
            types = [
                column.type_code for column in cursor.description
            ]
            copy = f"COPY copied_{name} ({columns}) FROM STDIN"
            with cursor.cursor.copy(copy) as stream:
                stream.set_types(types)
                for row in rows:
                    stream.write_row(row)


def main(rows: int) -> None:
    """Import and compare."""
    institution = Institution.objects.create(slug="benchmark", name="Benchmark")
    by = User.objects.create_user(email="bench@north.example", name="Bench", password="x" * 20)
    with institution_scope(institution):
        with timed("upload", rows):
            file = uploads.upload(name="benchmark.csv", content=table(rows), by=by)
        mapping = {column: g.field for column, g in guess(file.columns, {}).items()}
        with timed("check every row", rows) as checked:
            file = uploads.choose_columns(file=file, mapping=mapping, by=by)
        good = ImportRow.objects.filter(file=file, state=ImportRow.State.GOOD).count()
        file = uploads.start(file=file, by=by)
        with timed(f"write {good} rows", good) as written:
            while True:
                file.refresh_from_db()
                if file.state == ImportFile.State.DONE:
                    break
                import_rows(OutboxMessage.objects.get(pk=file.job).payload)
        with timed("COPY of the same", good) as copied:
            copy_again()
        ratio = (written[0] + checked[0]) / (copied[0] + checked[0])
        print(f"check and write take {ratio:.1f} times as long as check and COPY (budget 5.0)")


if __name__ == "__main__":
    if settings.ON_ONE_MACHINE:
        settings.EMBEDDED.start()
    setup = conftest.django_db_setup.__wrapped__ if False else None
    with transaction.atomic():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
        transaction.set_rollback(True)
