"""How fast the worklists of the board answer at 100,000 cases: queue, tasks, numbers, agenda.

Run with `TUMORBOARD_EMBEDDED=test python -m benchmarks.worklists [cases]`. It makes a database of
its own beside the others and drops it afterwards. The pages are asked for as a browser does, with
session, audit and templates. The rows are copies of a few that services made: of eight boards that
have met weekly for three years with 20 cases each and plan four more meetings. Of 100,000 cases,
20,000 ask for the board, and 25,000 were decided on, with two tasks each; most tasks of the last
four months and every fiftieth of the older ones are to be done. Copies share the assessments of
their originals, so that the data take no gigabytes.
"""

import hashlib
import os
import statistics
import sys
import time
import uuid
from urllib.parse import urlsplit

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.database import fresh_database, timed  # noqa: E402
from cases.models import (  # noqa: E402
    AgendaItem,
    Attendance,
    Board,
    Candidacy,
    Case,
    Decision,
    Discussion,
    Meeting,
    Patient,
    Postponement,
    Recommendation,
    Task,
)
from tests.factories.boards import make_asking_case  # noqa: E402
from tests.factories.completeness import make_complete_case  # noqa: E402
from tests.factories.people import add_member, make_institution  # noqa: E402
from tests.factories.tasks import CT, PET, decided  # noqa: E402
from tumorboard.accounts.models import Membership, User  # noqa: E402
from tumorboard.outbox import queue  # noqa: E402
from tumorboard.tenancy.models import Institution  # noqa: E402
from tumorboard.tenancy.scope import institution_scope  # noqa: E402

CASES = 100_000
BOARDS = 8
WEEKS_BACK = 156
WEEKS_AHEAD = 4
ON_A_LIST = 20
PEOPLE = 12
#: Milliseconds of server time in which a page is answered (DESIGN.md, section 4).
PAGE_BUDGET_MS = 100
TURNS = 40
PATIENTS_AT_ONCE = 1_000

#: By week and board the meeting, and by place on its list the case: what the rows are copied for.
MEETINGS = (
    f"(SELECT w, b, (w + {WEEKS_BACK}) * {BOARDS} + b AS m "
    f"FROM generate_series({-WEEKS_BACK}, {WEEKS_AHEAD}) w, generate_series(0, {BOARDS - 1}) b) s"
)
ITEMS = (
    f"{MEETINGS}, LATERAL (SELECT p, m * {ON_A_LIST} + p AS i "
    f"FROM generate_series(1, {ON_A_LIST}) p) l"
)


def key(kind: str, number: str) -> str:
    """The id of a copy, as SQL: the same for the same kind and number."""
    return f"md5('{kind}-' || ({number}))::uuid"


def copy(model: type[models.Model], original: str, source: str, **changed: str) -> None:
    """Copy the row `original` once for every row of `source`.

    Args:
        original: an id, as SQL that may read the columns of `source`.
        changed: columns that differ from the original, as SQL.

    As the administrator, who may leave out triggers and the checks of references: what is copied
    is consistent, and its history is of no interest here.
    """
    names = [field.column for field in model._meta.concrete_fields]
    table = model._meta.db_table
    values = ", ".join(changed.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    address = urlsplit(settings.DATABASE_ADMIN_URL)
    url = address._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
    with psycopg.connect(url) as administrator:
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute(
            f'INSERT INTO "{table}" ({columns}) '
            f'SELECT {values} FROM {source} JOIN "{table}" t ON t.id = {original}'
        )


def add_patients(count: int) -> None:
    """Patients one by one and no copies: what is sealed opens in its own row only."""
    for first in range(1, count + 1, PATIENTS_AT_ONCE):
        Patient.objects.bulk_create(
            Patient(
                id=uuid.UUID(hashlib.md5(f"patient-{n}".encode()).hexdigest()),
                record_number=f"BENCH-{n}",
                family_name=f"Family{n}",
            )
            for n in range(first, min(first + PATIENTS_AT_ONCE, count + 1))
        )


def chosen(ids: list[object], number: str) -> str:
    """One of `ids` by a number, as SQL."""
    listed = ", ".join(f"'{each}'" for each in ids)
    return f"(ARRAY[{listed}]::uuid[])[({number}) % {len(ids)} + 1]"


def fill(cases: int, by: User) -> None:
    """Make the rows; see the head of this file."""
    with institution_scope(Institution.objects.get()):
        decision = decided(PET, CT, by=by)
        for _ in range(2):
            make_asking_case(by=by)
            make_complete_case(by=by)
        originals = list(Case.objects.values_list("pk", flat=True))
        item, task = decision.agenda_item, decision.tasks.get(recommendation__position=1)
        meeting = item.meeting
        asked = Candidacy.objects.filter(reason="guidance").earliest("id")
        owners = list(Membership.objects.values_list("user_id", flat=True))
        seat = Attendance.objects.create(meeting=meeting, name="One", specialty_code="surgery")
        shown = Discussion.objects.create(
            meeting=meeting,
            item=item,
            shown_by=by,
            began_at=decision.signed_at,
            ended_at=timezone.now(),
        )
        put_off = Postponement.objects.create(
            case=decision.case, meeting=meeting, cause="imaging", by=by
        )
    numbers = f"generate_series(1, {cases}) n"
    with institution_scope(Institution.objects.get()):
        add_patients(cases)
    copy(
        Case, chosen(originals, "n"), numbers,
        id=key("case", "n"), patient_id=key("patient", "n"),
        referred_on=f"CURRENT_DATE - (n % {7 * WEEKS_BACK})",
    )  # fmt: skip
    copy(
        Board, f"'{meeting.board_id}'", f"generate_series(0, {BOARDS - 1}) b",
        id=key("board", "b"), name="'Board ' || b",
    )  # fmt: skip
    begins = "date_trunc('hour', now()) + w * interval '7 days' + b * interval '2 hours'"
    over = f"CASE WHEN w < 0 THEN {begins} + interval '90 minutes' END"
    copy(
        Meeting, f"'{meeting.pk}'", MEETINGS,
        id=key("meeting", "m"), board_id=key("board", "b"), starts_at=begins, ended_at=over,
        began_at=f"CASE WHEN w < 0 THEN {begins} END", cutoff_at=f"{begins} - interval '2 days'",
    )  # fmt: skip
    copy(
        AgendaItem, f"'{item.pk}'", ITEMS,
        id=key("item", "i"), meeting_id=key("meeting", "m"), position="p",
        case_id=key("case", f"1 + (i * 7) % {cases}"), listed_because="'guidance'",
    )  # fmt: skip
    _fill_decided(decision, task, owners, cases, begins)
    _fill_held(seat, shown, put_off, cases, begins)
    copy(
        Candidacy, f"'{asked.pk}'",
        f"generate_series(1, {cases // 5}) n, "
        "LATERAL unnest((ARRAY['guidance', 'result', 'overdue'])[1 : 1 + n % 2]) AS why",
        id="gen_random_uuid()", case_id=key("case", "n * 5"), reason="why",
        weight="10 + (n * 13) % 40", begins_on="CURRENT_DATE - n % 90",
    )  # fmt: skip


def _fill_decided(
    decision: Decision, task: Task, owners: list[object], cases: int, begins: str
) -> None:
    """What was decided in the meetings that are over, and what became of it."""
    held = f"(SELECT * FROM {ITEMS} WHERE w < 0) s"
    case = key("case", f"1 + (i * 7) % {cases}")
    copy(
        Decision, f"'{decision.pk}'", held,
        id=key("decision", "i"), agenda_item_id=key("item", "i"), case_id=case,
        signed_at=f"{begins} + interval '1 hour'", board_id=key("board", "b"), chain_position="i",
    )  # fmt: skip
    each = f"(SELECT * FROM {ITEMS}, generate_series(1, 2) r WHERE w < 0) s"
    copy(
        Recommendation, f"'{task.recommendation_id}'", each,
        id=key("asked", "i * 2 + r"), decision_id=key("decision", "i"), position="r",
    )  # fmt: skip
    is_open = "w > -17 AND i % 10 < 8 OR i % 50 = 0"
    copy(
        Task, f"'{task.pk}'", each,
        id=key("task", "i * 2 + r"), decision_id=key("decision", "i"), case_id=case,
        recommendation_id=key("asked", "i * 2 + r"), owner_id=chosen(owners, "i / 10"),
        state=f"CASE WHEN {is_open} THEN 'open' WHEN i % 10 < 8 THEN 'resulted' ELSE 'done' END",
        due_on=f"({begins} + interval '90 days')::date",
    )  # fmt: skip


def _fill_held(
    seat: Attendance, shown: Discussion, put_off: Postponement, cases: int, begins: str
) -> None:
    """Who was there, how long each case took, and what was put off."""
    held = f"(SELECT * FROM {ITEMS} WHERE w < 0) s"
    case = key("case", f"1 + (i * 7) % {cases}")
    copy(
        Attendance, f"'{seat.pk}'",
        f"(SELECT * FROM {MEETINGS}, generate_series(1, 8) a WHERE w < 0) s",
        id="gen_random_uuid()", meeting_id=key("meeting", "m"), name="'Person ' || a",
        specialty_code="(ARRAY['surgery', 'radiology', 'nuclear_medicine', ''])[1 + a % 4]",
    )  # fmt: skip
    copy(
        Discussion, f"'{shown.pk}'", held,
        id="gen_random_uuid()", meeting_id=key("meeting", "m"), item_id=key("item", "i"),
        began_at=f"{begins} + p * interval '4 minutes'",
        ended_at=f"{begins} + p * interval '4 minutes' + interval '200 seconds'",
    )  # fmt: skip
    copy(
        Postponement, f"'{put_off.pk}'", f"(SELECT * FROM {ITEMS} WHERE w < 0 AND p < 3) s",
        id="gen_random_uuid()", case_id=case, meeting_id=key("meeting", "m"), at=begins,
    )  # fmt: skip


def analyze() -> None:
    """Let the planner know the tables, as autovacuum would."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def page(browser: Client, name: str, address: str) -> None:
    """Print median, 95th percentile and queries of one page."""
    took = []
    browser.get(address)
    for _ in range(TURNS):
        begin = time.perf_counter()
        response = browser.get(address)
        took.append(1000 * (time.perf_counter() - begin))
        assert response.status_code == 200, response.status_code
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    p95 = sorted(took)[int(0.95 * TURNS) - 1]
    print(
        f"{name:<34} median {statistics.median(took):6.1f} ms, p95 {p95:6.1f} ms, "
        f"{len(captured)} queries (budget {PAGE_BUDGET_MS} ms)"
    )


def main(cases: int) -> None:
    """Measure and print."""
    queue.deliver.apply_async = lambda *args, **options: None
    institution = make_institution(slug="north", name="North Hospital")
    people = [
        add_member(institution, "COORDINATOR", email=f"b{n}@north.example", name=f"Bench {n}")
        for n in range(PEOPLE)
    ]
    by = people[0]

    timed("make the rows", cases, lambda: fill(cases, by))
    analyze()
    with institution_scope(institution):
        for model in (Case, Candidacy, AgendaItem, Decision, Task):
            print(f"  {model._meta.verbose_name_plural}: {model.objects.count():,}")
        board = Board.objects.get(name="Board 3")
        meeting = board.meetings.filter(starts_at__gt=timezone.now()).earliest("starts_at")
        case = Decision.objects.filter(board=board).latest("signed_at").case_id
    print(f"  load of the machine: {os.getloadavg()[0]:.1f}")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(by)

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[institution.slug, *args])

    page(browser, "queue", at("board_queue"))
    for reason in ("guidance", "result", "overdue"):
        page(browser, f"queue, {reason}", at("board_queue") + f"?reason={reason}")
    page(browser, "queue, page 200", at("board_queue") + "?page=200")
    page(browser, "tasks, mine", at("tasks"))
    for words, asked in (
        ("everybody's", "whose=all"),
        ("overdue", "whose=all&how_far=overdue"),
        ("of a board", f"whose=all&board={board.pk}"),
        ("of a board, overdue", f"whose=all&how_far=overdue&board={board.pk}"),
        ("of people who have left", "whose=left"),
        ("closed", "whose=all&how_far=closed"),
        ("closed, of a board", f"whose=all&how_far=closed&board={board.pk}"),
    ):
        page(browser, f"tasks, {words}", at("tasks") + f"?{asked}")
    page(browser, "follow-up of a case", at("follow_up", case))
    page(browser, "agenda of a meeting", at("meeting", meeting.pk))
    page(browser, "numbers, a year of a board", at("numbers") + f"?board={board.pk}")
    page(browser, "numbers, a year of all boards", at("numbers"))


if __name__ == "__main__":
    with fresh_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
