"""How fast the audit is searched, and what an entry costs to write.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.audit [entries]`. It makes a database of its
own beside the others and drops it afterwards.
"""

import datetime
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import connection, connections
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from benchmarks.database import fresh_database, timed  # noqa: E402
from cases.models import Patient  # noqa: E402
from cases.selectors.access_report import accesses  # noqa: E402
from tests.factories.people import make_institution  # noqa: E402
from tumorboard.accounts.models import User  # noqa: E402
from tumorboard.audit.models import AuditEntry  # noqa: E402
from tumorboard.audit.record import record  # noqa: E402
from tumorboard.audit.search import Search, Whose, page  # noqa: E402
from tumorboard.tenancy.models import Institution  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

ENTRIES = 1_000_000
PATIENTS = 20_000
PEOPLE = 200
DAYS = 365
REPEATS = 40
#: Milliseconds of server time in which a page is answered (DESIGN.md, section 4).
PAGE_BUDGET_MS = 100

#: One entry in twelve is a list that shows 25 patients.
FILL = """
    INSERT INTO audit_auditentry
        (id, institution_id, at, person_id, action, kind, subject_type, subject_id, patient_id,
         case_id, via, address, reason, criteria, found, shown)
    SELECT gen_random_uuid(), %(institution)s, now() - (n * %(step)s) * interval '1 second',
           (%(people)s::uuid[])[1 + (random() * (%(number)s - 1))::int],
           CASE WHEN n %% 12 = 0 THEN 'case.listed' WHEN n %% 500 = 0 THEN 'case.exported'
                WHEN n %% 7 = 0 THEN 'case.facts.answered' ELSE 'case.read' END,
           CASE WHEN n %% 12 = 0 THEN 'search' WHEN n %% 500 = 0 THEN 'export'
                WHEN n %% 7 = 0 THEN 'change' ELSE 'read' END,
           'case', gen_random_uuid(),
           CASE WHEN n %% 12 <> 0
                THEN (%(patients)s::uuid[])[1 + (random() * (%(whom)s - 1))::int] END,
           gen_random_uuid(), 'page', '10.0.' || n %% 200 || '.' || n %% 250, '', '', NULL,
           CASE WHEN n %% 12 = 0
                THEN (%(patients)s::uuid[])[n %% (%(whom)s - 25) + 1 : n %% (%(whom)s - 25) + 25]
           END
    FROM generate_series(1, %(entries)s) n
"""


def fill(institution: Institution, people: list[Any], patients: list[Any], entries: int) -> None:
    """That many entries of the last year, in one statement."""
    given = {
        "institution": institution.pk,
        "people": people,
        "number": len(people),
        "patients": patients,
        "whom": len(patients),
        "entries": entries,
        "step": DAYS * 86_400 / entries,
    }
    with connection.cursor() as cursor:
        # No request takes so long, and none would be given the time.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, given)


def p95(what: str, step: Callable[[], Any], *, budget: float | None = PAGE_BUDGET_MS) -> None:
    """Print how long a step takes, 19 of 20 times at most."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1000)
    took = sorted(times)[int(len(times) * 0.95)]
    beside = f"budget {budget} ms" if budget else ""
    print(f"{what:<46}{took:8.1f} ms p95{min(times):8.1f} ms at best   {beside}")


def main(entries: int) -> None:
    """Fill, search, and write."""
    institution = make_institution(slug="bench", name="Bench")
    people = [
        User.objects.create(email=f"p{n}@bench.example", name=f"Person {n}").pk
        for n in range(PEOPLE)
    ]
    with institution_scope(institution):
        patient = Patient.objects.create(record_number="B-1")
    whom = [patient.pk, *(User._meta.pk.get_default() for _ in range(PATIENTS))]
    with institution_scope(institution):
        timed("fill", entries, lambda: fill(institution, people, whom, entries))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE audit_auditentry")
    now = timezone.now() + datetime.timedelta(minutes=1)

    def search(days: int, **given: Any) -> Search:
        return Search(since=now - datetime.timedelta(days=days), until=now, **given)

    with institution_scope(institution):
        print(f"{AuditEntry.objects.count():,} entries")
        p95("newest of a week", lambda: page(search(7)))
        p95("newest of a year", lambda: page(search(DAYS)))
        p95("a person, a year", lambda: page(search(DAYS, person=random.choice(people))))
        p95("exports, a year", lambda: page(search(DAYS, kind="export")))
        p95(
            "a person's exports, a year",
            lambda: page(search(DAYS, kind="export", person=people[7])),
        )
        p95("one action, a year", lambda: page(search(DAYS, action="case.exported")))
        p95("an address, a year", lambda: page(search(DAYS, address="10.0.7.7")))
        p95("nothing, a year", lambda: page(search(DAYS, kind="print")))
        for days in (7, 30, DAYS):
            p95(
                f"a patient, {days} days",
                lambda days=days: page(search(days, whose=Whose(random.choice(whom), ()))),
                budget=PAGE_BUDGET_MS if days < DAYS else None,
            )
        middle = page(search(DAYS // 2)).next
        p95("an older page", lambda: page(search(DAYS), after=middle))
        year = now - datetime.timedelta(days=DAYS)
        p95("access report, a year", lambda: accesses(patient, since=year, until=now), budget=None)
        p95("an entry written", lambda: record(action="case.read", subject=patient, by=None))


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
