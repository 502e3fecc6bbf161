"""How fast it is found which cases another edition would change.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.edition_trial [cases]`. It makes a database
of its own beside the others and drops it afterwards. The cases are the demo's worked vignettes,
copied until there are enough; the edition differs so that many of them change.
"""

import copy
import itertools
import os
import sys
import time
import uuid
from typing import Any

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from benchmarks.database import fresh_database, timed  # noqa: E402
from cases.models import Assessment, Case, EditionTrial, Patient  # noqa: E402
from cases.selectors import edition_trials as selectors  # noqa: E402
from cases.services import edition_trials  # noqa: E402
from guidance.editions.loading import keep  # noqa: E402
from guidance.engine.edition import Edition, compile_edition, load_edition  # noqa: E402
from tumorboard.accounts.models import User  # noqa: E402
from tumorboard.operations import demo  # noqa: E402
from tumorboard.outbox import queue  # noqa: E402
from tumorboard.tenancy.models import Institution  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CASES = 20_000
#: What is asked of an installation.
WANTED = 100_000
#: Pages that are read to time one.
PAGES = 40


def another_edition() -> Edition:
    """The newest edition with the first two studies of every scenario the other way around."""
    content = copy.deepcopy(dict(load_edition().content))
    content["edition"] |= {"version": "2099.1", "date": "2099-01-01"}
    for ratings in content["ratings"]["ratings"].values():
        ratings[0], ratings[1] = ratings[1], ratings[0]
    edition = compile_edition(content)
    keep(edition)
    return edition


def copy_cases(wanted: int) -> None:
    """Copy the cases of the demo, each with its assessment, until there are `wanted`."""
    originals = list(Case.objects.values_list("id", "assessment_id"))
    copies = [
        (*pair, uuid.uuid4(), uuid.uuid4())
        for pair in itertools.islice(itertools.cycle(originals), wanted - len(originals))
    ]
    columns = [list(map(str, column)) for column in zip(*copies, strict=True)]
    made = "unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[]) AS m (old, said, new, says)"
    for model, old, changed in (
        (Case, "m.old", {"id": "m.new", "assessment_id": "m.says"}),
        (Assessment, "m.said", {"id": "m.says", "case_id": "m.new"}),
    ):
        names = [field.column for field in model._meta.concrete_fields]
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table}" ({", ".join(names)}) '
                f"SELECT {', '.join(changed.get(name, f't.{name}') for name in names)} "
                f'FROM {made} JOIN "{table}" t ON t.id = {old}',
                columns,
            )


def analyze() -> None:
    """Let the planner know the tables, as autovacuum would."""
    with django.db.connections["owner"].cursor() as cursor:
        for model in (Patient, Case, Assessment):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def look_at_all(institution: Institution, trial: Any) -> list[float]:
    """Do the trial's job to its end; the seconds that each chunk took."""
    took = []
    while True:
        begin = time.perf_counter()
        with institution_scope(institution):
            edition_trials.look_at_next({"trial": str(trial.pk)})
            state = EditionTrial.objects.get(pk=trial.pk).state
        took.append(time.perf_counter() - begin)
        if state == EditionTrial.State.DONE:
            return took


def main(cases: int) -> None:
    """Measure and print."""
    queue.deliver.apply_async = lambda *args, **options: None
    demo.load()
    institution = Institution.objects.get(slug="north")
    edition = another_edition()
    by = User.objects.get(email="admin@north.example")

    def prepare() -> None:
        with institution_scope(institution):
            copy_cases(cases)

    timed("copy cases", cases, prepare)
    analyze()
    with institution_scope(institution):
        trial = edition_trials.start(edition=edition, by=by)
    chunks, took = timed("look at every case", cases, lambda: look_at_all(institution, trial))
    with institution_scope(institution):
        trial = EditionTrial.objects.get(pk=trial.pk)
        print(f"{trial.changed:,} of {trial.total:,} cases would change")
        pages = []
        for number in range(1, PAGES + 1):
            begin = time.perf_counter()
            selectors.page(trial, number=number * 5, size=50)
            pages.append(1000 * (time.perf_counter() - begin))
    full = chunks[:-1] or chunks
    first, last = sum(full[:5]) / len(full[:5]), sum(full[-5:]) / len(full[-5:])
    print(f"a chunk of {edition_trials.CHUNK}: {first:.3f} s at the start, {last:.3f} s at the end")
    print(f"{WANTED:,} cases: {WANTED * took / cases:,.0f} s with one worker, as measured above")
    print(f"a page of 50 cases, read: {sorted(pages)[int(0.95 * PAGES)]:.0f} ms (p95)")


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
