"""How long the picture of a story takes, in a page and on a printed agenda, and what it costs.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.timeline`. It makes a database of its own
beside the others and drops it afterwards. Each of the 25 cases of the agenda has 12 treatments, 24
studies with results, 9 sums of diameters and 18 marker values; no picture is drawn twice.
"""

import datetime
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from benchmarks.database import fresh_database  # noqa: E402
from cases.documents import build_agenda  # noqa: E402
from cases.documents.agenda import render_agenda  # noqa: E402
from cases.documents.timeline import rendering  # noqa: E402
from cases.documents.timeline.picture import picture_of  # noqa: E402
from cases.selectors.timeline import timeline_of  # noqa: E402
from cases.selectors.timeline_events import Timeline  # noqa: E402
from tests.factories.boards import make_item, make_meeting  # noqa: E402
from tests.factories.cases import SURVEILLANCE, make_case  # noqa: E402
from tests.factories.people import add_member, make_institution  # noqa: E402
from tests.factories.timeline import make_story, story  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CASES = 25
BUDGET_SECONDS = 2.0
BUDGET_PAGE_MS = 100
TURNS = 20


def another(number: int, **given: int) -> Timeline:
    """A story like no other: every picture is drawn anew."""
    told = story(**given)
    return replace(told, until=told.until + datetime.timedelta(days=number))


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def milliseconds(call: Callable[[int], object]) -> str:
    """Median and 95th percentile of `TURNS` calls."""
    took = []
    for turn in range(TURNS):
        begin = time.perf_counter()
        call(turn + 1)
        took.append(1000 * (time.perf_counter() - begin))
    return f"median {statistics.median(took):.0f} ms, p95 {sorted(took)[int(0.95 * TURNS)]:.0f} ms"


def pictures() -> None:
    """One picture at a time, drawn anew and kept; memory of both processes."""
    before = memory_mb(os.getpid())
    begin = time.perf_counter()
    picture_of(story())
    print(f"first picture, with the start of the process: {time.perf_counter() - begin:.2f} s")
    print("a picture of 24 studies:", milliseconds(lambda n: picture_of(another(n))))
    many = {"studies": 500, "days": 7300}
    print("a picture of 500 studies:", milliseconds(lambda n: picture_of(another(n, **many))))
    print("one that was kept:", milliseconds(lambda _: picture_of(story())))
    child = rendering._renderers[0]._child
    assert child is not None
    print(f"memory of the process that asks: {before:.0f} -> {memory_mb(os.getpid()):.0f} MB")
    print(f"memory of the process that draws: {memory_mb(child.process.pid):.0f} MB")


def agenda() -> None:
    """The agenda of 25 cases, with and without pictures, and one case read."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    with institution_scope(institution):
        meeting = make_meeting(by=by)
        for _ in range(CASES):
            case = make_case(by=by, **SURVEILLANCE)
            make_story(case, by=by, studies=24)
            make_item(by=by, meeting=meeting, case=case)
        large = make_case(by=by, **SURVEILLANCE)
        make_story(large, by=by, studies=500)
        print("a timeline of 500 studies, read:", milliseconds(lambda _: timeline_of(large)))
        real = build_agenda.timelines_of
        for words, stories in (
            ("without", lambda cases, on, lesions: {case.id: Timeline(on) for case in cases}),
            (
                "with",
                lambda cases, on, lesions: (
                    real(cases, on=on, lesions=lesions)
                    and {case.id: another(1000 + n) for n, case in enumerate(cases)}
                ),
            ),
        ):
            build_agenda.timelines_of = stories
            begin = time.perf_counter()
            now = timezone.now()
            document = build_agenda.agenda_document(meeting, printed_at=now)
            built = time.perf_counter()
            pdf = render_agenda(document, created_at=now)
            end = time.perf_counter()
            print(
                f"agenda of {CASES} cases {words} timelines: {end - begin:.2f} s "
                f"(read and drawn {built - begin:.2f}, typeset {end - built:.2f}), "
                f"{len(pdf) / 1024:.0f} kB; budget {BUDGET_SECONDS} s"
            )


if __name__ == "__main__":
    pictures()
    with fresh_database():
        agenda()
