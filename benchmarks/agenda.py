"""How long the printed agenda of 25 cases takes, and what of it: reading, pictures, typesetting.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.agenda`. It makes a database of its own
beside the others and drops it afterwards. Each case has a full story of its own, so no picture is
drawn twice. The first agenda is printed with cold caches, as after a start of the server, by
somebody who opened the meeting's page and clicks two seconds later: that page has the renderers
started. The others are printed as in a server that runs. The budget holds for all of them.
"""

import datetime
import io
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from django.utils import timezone  # noqa: E402
from pypdf import PdfReader  # noqa: E402

from benchmarks.database import fresh_database  # noqa: E402
from cases.documents import build_agenda  # noqa: E402
from cases.documents.agenda import render_agenda  # noqa: E402
from cases.documents.timeline import rendering  # noqa: E402
from cases.models import Meeting, Treatment  # noqa: E402
from tests.factories.boards import make_item, make_meeting  # noqa: E402
from tests.factories.cases import FEASIBLE, make_case  # noqa: E402
from tests.factories.people import add_member, make_institution  # noqa: E402
from tests.factories.timeline import make_story  # noqa: E402
from tumorboard.accounts.models import User  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CASES, STUDIES, TURNS = 25, 24, 5
BUDGET_SECONDS = 2.0
SECONDS_ON_THE_PAGE = 2.0

#: Follow-up of treated disease of the liver: the scenario with the most branches (SC-05).
FOLLOW_UP: dict[str, Any] = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "metastases_known": True,
    "metastatic_sites": ["liver"],
    "dominant_site": "liver",
    "treated_for_current_disease": True,
}


class Stopwatch:
    """Adds up what one function takes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def within(self, module: Any, name: str) -> Iterator[None]:
        """Time every call of `module.name`."""
        real: Callable[..., Any] = getattr(module, name)

        def timed(*args: Any, **given: Any) -> Any:
            begin = time.perf_counter()
            try:
                return real(*args, **given)
            finally:
                self.seconds += time.perf_counter() - begin

        setattr(module, name, timed)
        try:
            yield
        finally:
            setattr(module, name, real)


def fill(meeting: Meeting, by: User) -> None:
    """The cases of the meeting, each with another story."""
    for number in range(CASES):
        case = make_case(by=by, family_name=f"Case {number}", **FOLLOW_UP)
        make_story(case, by=by, studies=STUDIES)
        # No two pictures are alike.
        begin = datetime.date(2019, 1, 1) + datetime.timedelta(days=17 * number)
        Treatment.objects.create(case=case, type="TACE", start=begin)
        make_item(by=by, meeting=meeting, case=case, question="PRRT, or a change of the drug?")


def print_agenda(meeting: Meeting, words: str) -> tuple[float, bytes]:
    """Print the agenda once and say what took how long.

    Returns:
        The seconds, and the PDF.
    """
    pictures = Stopwatch()
    begin = time.perf_counter()
    now = timezone.now()
    with pictures.within(build_agenda, "timelines_lines"):
        document = build_agenda.agenda_document(meeting, printed_at=now)
    built = time.perf_counter()
    pdf = render_agenda(document, created_at=now)
    end = time.perf_counter()
    read = built - begin - pictures.seconds
    print(
        f"{words}: {end - begin:.2f} s (read {read:.2f}, pictures {pictures.seconds:.2f}, "
        f"typeset {end - built:.2f}), {len(pdf) / 1024:.0f} kB"
    )
    return end - begin, pdf


def main() -> None:
    """Print the agenda cold, with new pictures, and with pictures that were kept."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="cora@north.example", name="Cora")
    with institution_scope(institution):
        meeting = make_meeting(by=by)
        fill(meeting, by)
        rendering.make_ready()
        time.sleep(SECONDS_ON_THE_PAGE)
        cold, pdf = print_agenda(meeting, "agenda 1, with cold caches")
        warm = []
        for turn in range(2, TURNS + 2):
            for renderer in rendering._renderers:
                renderer._kept.clear()
            warm.append(print_agenda(meeting, f"agenda {turn}, every picture drawn anew")[0])
        print_agenda(meeting, "printed again")
    pages = len(PdfReader(io.BytesIO(pdf)).pages)
    print(f"{CASES} cases with {STUDIES} studies each, {pages} pages")
    worst = max(cold, *warm)
    print(f"cold {cold:.2f} s, then median {statistics.median(warm):.2f} s, worst {worst:.2f} s")
    print(f"budget {BUDGET_SECONDS} s: {'holds' if worst <= BUDGET_SECONDS else 'IS BROKEN'}")


if __name__ == "__main__":
    with fresh_database():
        main()
