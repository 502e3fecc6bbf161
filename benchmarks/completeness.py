"""How fast completeness is judged: one case, 10,000 in batch, and the lists that read of it.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.completeness [cases]`. It makes a database
of its own beside the others and drops it afterwards.
"""

import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from benchmarks.database import fresh_database, timed  # noqa: E402
from cases.models import Case, LabResult, Result, Specimen, Study  # noqa: E402
from cases.selectors.completeness import completeness_of, completeness_of_each  # noqa: E402
from cases.selectors.gaps import GapFilters, gap_page, open_gaps  # noqa: E402
from cases.selectors.preparation import with_preparation  # noqa: E402
from cases.services.completeness import refresh  # noqa: E402
from cases.services.imports.batch import Entry, open_cases  # noqa: E402
from cases.services.imports.rows import NewCase  # noqa: E402
from tests.factories.people import make_institution  # noqa: E402
from tumorboard.accounts.models import User  # noqa: E402
from tumorboard.outbox import queue  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CASES = 10_000
#: Cases that one batch holds, as a job or an export takes them.
BATCH = 1_000
STUDIES = 8
#: Milliseconds of server time in which a page is answered (DESIGN.md, section 4).
PAGE_BUDGET_MS = 100
ANSWERS = {
    "age_years": 58,
    "primary_site": "pancreas",
    "diagnosis_basis": "pathology_confirmed",
    "differentiation": "well",
    "ki67_percent": 2,
    "clinical_question": "routine_surveillance",
    "definitive_treatment_done": True,
    "resection_status": "complete",
    "resection_date": "2025-11-01",
    "residual_disease_known": False,
    "recurrence_status": "none",
    "new_symptoms": [],
    "cga_trend": "normal",
}


def fill(cases: int, by: User) -> None:
    """Open that many cases of surveillance, each with studies, results, values, a specimen."""
    for start in range(0, cases, BATCH):
        entries = [
            Entry(
                NewCase(f"BENCH-{n:06}", f"Family{n}", "Given", None, "", "pNET", "", ANSWERS),
                source="benchmark",
            )
            for n in range(start, min(start + BATCH, cases))
        ]
        opened = [case for case in open_cases(entries=entries, by=by) if isinstance(case, Case)]
        _fill_record(opened, by)


def _fill_record(opened: list[Case], by: User) -> None:
    today = timezone.localdate()
    studies = [
        Study(
            case=case,
            modality="CT",
            procedure="CT_AP_W",
            performed_on=today - timezone.timedelta(days=30 + 90 * n),
            report="No recurrence. " * 100,
        )
        for case in opened
        for n in range(STUDIES)
    ]
    Study.objects.bulk_create(studies)
    Result.objects.bulk_create(
        Result(study=study, case=study.case, outcome="negative", entered_by=by) for study in studies
    )
    LabResult.objects.bulk_create(
        LabResult(case=case, analyte=analyte, value=60, unit="U/L", taken_on=today, entered_by=by)
        for case in opened
        for analyte in ("egfr", "chromogranin_a")
    )
    Specimen.objects.bulk_create(
        Specimen(
            case=case, taken_on=today, kind="biopsy", site="pancreas", ki67_percent=2, entered_by=by
        )
        for case in opened
    )


def in_batches(cases: int) -> None:
    """Judge all, as many at a time as a job or an export takes."""
    found = Case.objects.order_by("id")
    for start in range(0, cases, BATCH):
        completeness_of_each(list(found[start : start + BATCH]))


def page_ms(name: str, read: Callable[[], Any], times: int = 30) -> None:
    """Print the 95th percentile of milliseconds, and the number of queries."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        read()
        taken.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        read()
    p95 = sorted(taken)[int(times * 0.95) - 1]
    print(f"{name}: p95 {p95:.1f} ms, {len(captured)} queries (budget: {PAGE_BUDGET_MS} ms)")


def main(cases: int) -> None:
    """Measure and print."""
    queue.deliver.apply_async = lambda *args, **options: None
    institution = make_institution(slug="benchmark", name="Benchmark")
    by = User.objects.create_user(email="b@example.org", name="Bench", password=uuid.uuid4().hex)
    with institution_scope(institution):
        timed("fill", cases, lambda: fill(cases, by))
    with connections["owner"].cursor() as cursor:
        # As autovacuum does, some time after so many rows.
        cursor.execute("ANALYZE")
    with institution_scope(institution):
        timed("judge in batches", cases, lambda: in_batches(cases))
        one = Case.objects.select_related("assessment").first()
        assert one is not None
        page_ms("one case", lambda: completeness_of(one))
        page_ms("one case, written", lambda: refresh(case=one))
        shown = with_preparation(Case.objects.order_by("-changed_at", "id"))
        page_ms("a list of 50 with preparation", lambda: list(shown[:50]))
        ranked = with_preparation(Case.objects.all()).order_by("preparation_rank", "changed_at")
        page_ms("a list of 50, the ready ones first", lambda: list(ranked[:50]))
        everything = open_gaps(GapFilters())
        page_ms("the worklist", lambda: gap_page(everything, number=1, size=50))
        department = open_gaps(GapFilters(asked_of="radiology", cases="asking"))
        page_ms("the worklist, filtered", lambda: gap_page(department, number=1, size=50))


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
