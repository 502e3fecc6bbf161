"""Every number of a board, recomputed here from raw rows, without the product's own queries."""

import datetime
import statistics
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import Case, Meeting
from cases.models.conclusion import DeviationReason, NoRecommendation
from cases.models.postponement import PostponementCause
from cases.models.specialty import Specialty
from cases.models.task import NotDone
from cases.selectors.numbers.evidence import PACKS, shown
from cases.selectors.numbers.months import months_of
from cases.selectors.numbers.numbers import numbers_of
from cases.selectors.numbers.period import Period, last_year
from cases.selectors.numbers.sittings import sittings_of
from tests.factories.board_year import Year
from tests.factories.boards import make_item, sign
from tests.factories.cases import make_case
from tumorboard.formats import moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TABLES = ("agendaitem", "meeting", "board", "decision", "discussion", "attendance", "postponement")


def raw(table):
    """All rows of a table as plain values."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "cases_{table}"')
        names = [column.name for column in cursor.description]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def share(part, whole):
    return (part, whole)


def spread(values):
    """Count, median and ninth tenth as a person would find them in a sorted list."""
    ordered = sorted(values)
    if not ordered:
        return (0, None, None)
    within = next(
        value for place, value in enumerate(ordered, start=1) if place >= 0.9 * len(ordered)
    )
    return (len(ordered), round(statistics.median(ordered), 1), round(within, 1))


def held_at(meeting):
    """When a meeting was: as it began, else as it was planned."""
    return meeting.starts_at if meeting.began_at is None else meeting.began_at


class Recount:
    """The numbers of a period, one way through the rows for each."""

    def __init__(self, first, last, board=None):
        self.rows = {name: raw(name) for name in (*TABLES, "task", "case")}
        self.first, self.last = first, last
        now = timezone.now()
        self.meetings = {
            m.id: m
            for m in self.rows["meeting"]
            if first <= timezone.localdate(held_at(m)) <= last
            and (m.began_at is not None or m.starts_at <= now)
            and m.cancelled_at is None
            and board in (None, m.board_id)
        }
        self.items = [i for i in self.rows["agendaitem"] if i.meeting_id in self.meetings]
        by_item = defaultdict(dict)
        for decision in self.rows["decision"]:
            by_item[decision.agenda_item_id][decision.version] = decision
        listed = {item.id: item for item in self.items}
        self.first_versions = [v[1] for item, v in by_item.items() if item in listed]
        self.newest = [v[max(v)] for item, v in by_item.items() if item in listed]
        self.listed = listed

    def expected(self):
        """Each number by its code: a count, a pair of part and whole, or a spread."""
        postponed = [p for p in self.rows["postponement"] if p.meeting_id in self.meetings]
        noted = [i.was_ready_at_cutoff for i in self.items if i.was_ready_at_cutoff is not None]
        late = [
            i
            for i in self.items
            if (cutoff := self.meetings[i.meeting_id].cutoff_at) and i.listed_at > cutoff
        ]
        came = defaultdict(set)
        for a in self.rows["attendance"]:
            came[a.meeting_id].add(a.specialty_code)
        required = {b.id: set(b.required_specialties) for b in self.rows["board"]}
        full = [m for m in self.meetings.values() if not required[m.board_id] - came[m.id]]
        said = [d for d in self.newest if d.is_prospective is not None]
        compared = [d for d in self.newest if d.concordance in ("concordant", "deviates")]
        owed = self.owed()
        dropped = [t for t in owed if t.state == "not_done"]
        carried = [t for t in owed if t.state in ("done", "resulted")]
        silent = [t for t in owed if t.state in ("open", "ordered")]
        return {
            "meetings": len(self.meetings),
            "cases": len(self.items),
            "ready_at_cutoff": share(noted.count(True), len(noted)),
            "late": share(len(late), len(self.items)),
            "postponed": share(len(postponed), len(self.items) + len(postponed)),
            "postponed_by_department": len([p for p in postponed if p.department]),
            "quorum": share(len(full), len(self.meetings)),
            "attendance": share(len([m for m in self.meetings if came[m]]), len(self.meetings)),
            "decided": len(self.newest),
            "protocol": share(
                len([d for d in self.newest if d.track == "protocol"]), len(self.newest)
            ),
            "prospective": share(len([d for d in said if d.is_prospective]), len(said)),
            "stage": share(len([d for d in self.newest if d.stage_discussed]), len(self.newest)),
            "guideline": share(
                len([d for d in self.newest if d.guideline_discussed]), len(self.newest)
            ),
            "no_recommendation": share(
                len([d for d in self.newest if d.outcome == "none"]), len(self.newest)
            ),
            "concordance": share(
                len([d for d in compared if d.concordance == "concordant"]), len(compared)
            ),
            "deviations": share(
                len([d for d in compared if d.concordance == "deviates"]), len(compared)
            ),
            "no_guidance": share(
                len([d for d in self.newest if d.concordance == "no_guidance"]), len(self.newest)
            ),
            "minutes_per_case": spread(self.minutes()),
            "referral_to_discussion": spread(self.days_to_discussion()),
            "carried_out": share(len(carried), len(owed)),
            "not_done": len(dropped),
            "reason_known": share(len(dropped), len(dropped) + len(silent)),
            "decision_to_action": spread(self.days_to_action()),
        }

    def owed(self):
        mine = {d.id for v in self.versions().values() for d in v}
        today = timezone.localdate()
        return [
            t
            for t in self.rows["task"]
            if t.decision_id in mine
            and (
                t.state in ("done", "resulted", "not_done")
                or (t.state in ("open", "ordered") and t.due_on < today)
            )
        ]

    def versions(self):
        found = defaultdict(list)
        for d in self.rows["decision"]:
            if d.agenda_item_id in self.listed:
                found[d.agenda_item_id].append(d)
        return found

    def minutes(self):
        total = defaultdict(float)
        for d in self.rows["discussion"]:
            if d.meeting_id in self.meetings and d.ended_at is not None:
                total[d.meeting_id, d.item_id] += (d.ended_at - d.began_at).total_seconds()
        return [seconds / 60 for seconds in total.values()]

    def days_to_discussion(self):
        cases = {c.id: c for c in self.rows["case"]}
        days = []
        for d in self.first_versions:
            earlier = [
                o
                for o in self.rows["decision"]
                if o.case_id == d.case_id
                and o.agenda_item_id != d.agenda_item_id
                and o.signed_at < d.signed_at
            ]
            referred = cases[d.case_id].referred_on
            met = timezone.localdate(
                held_at(self.meetings[self.listed[d.agenda_item_id].meeting_id])
            )
            if not earlier and referred is not None and met >= referred:
                days.append((met - referred).days)
        return days

    def days_to_action(self):
        signed = {d.agenda_item_id: timezone.localdate(d.signed_at) for d in self.first_versions}
        item_of = {d.id: d.agenda_item_id for d in self.rows["decision"]}
        return [
            (t.done_on - signed[item_of[t.decision_id]]).days
            for t in self.rows["task"]
            if t.done_on is not None
            and t.state in ("done", "resulted")
            and item_of[t.decision_id] in signed
            and t.done_on >= signed[item_of[t.decision_id]]
        ]

    def parts(self):
        """The parts of the numbers that have some, by label."""
        postponed = [p for p in self.rows["postponement"] if p.meeting_id in self.meetings]
        names = {"radiology": "Radiology", "pathology": "Pathology"}
        came = defaultdict(set)
        for a in self.rows["attendance"]:
            came[a.meeting_id].add(a.specialty_code)
        required = {b.id: set(b.required_specialties) for b in self.rows["board"]}
        seen = set().union(*(came[m.id] | required[m.board_id] for m in self.meetings.values())) - {
            ""
        }
        return {
            "postponed": Counter(str(PostponementCause(p.cause).label) for p in postponed),
            "postponed_by_department": Counter(
                names[p.department] for p in postponed if p.department
            ),
            "no_recommendation": Counter(
                str(NoRecommendation(d.no_recommendation_reason).label)
                for d in self.newest
                if d.outcome == "none"
            ),
            "deviations": Counter(
                str(DeviationReason(d.deviation_reason).label)
                for d in self.newest
                if d.concordance == "deviates"
            ),
            "not_done": Counter(
                str(NotDone(t.not_done_reason).label) for t in self.owed() if t.state == "not_done"
            ),
            "attendance": {
                str(Specialty(code).label): share(
                    len([m for m in self.meetings if code in came[m]]), len(self.meetings)
                )
                for code in seen
            },
        }


def plain(value):
    """A value of the product as the recount has it."""
    if hasattr(value, "number"):
        return value.number
    if hasattr(value, "part"):
        return (value.part, value.whole)
    return (value.count, value.median, value.nine_in_ten)


def counted(numbers):
    return {f.code: plain(f.value) for s in numbers.sections for f in s.figures}


def parts(numbers):
    return {
        f.code: {p.label: plain(p.value) for p in f.parts}
        for s in numbers.sections
        for f in s.figures
        if f.code in ("postponed", "postponed_by_department", "no_recommendation", "deviations")
        or f.code in ("not_done", "attendance")
    }


@pytest.fixture
def year(coordinator):
    return Year(by=coordinator, seed=7)


def test_every_number_is_what_the_rows_say(year):
    first, last = last_year(timezone.localdate())
    for board in (None, *year.boards):
        numbers = numbers_of(Period(first, last, board))
        recount = Recount(first, last, board.id if board else None)
        assert counted(numbers) == recount.expected()
        assert parts(numbers) == recount.parts()
        assert numbers["cases"].value.number > 5


def test_the_days_of_the_period_are_counted_and_no_others(year):
    today = timezone.localdate()
    for first, last in (
        (today - datetime.timedelta(days=1), today - datetime.timedelta(days=1)),
        (today - datetime.timedelta(days=400), today - datetime.timedelta(days=366)),
        (today, today + datetime.timedelta(days=60)),
    ):
        assert counted(numbers_of(Period(first, last))) == Recount(first, last).expected()


def test_a_meeting_counts_on_the_day_on_which_it_began(coordinator):
    """It may begin up to half a day before its time, and so on the day before."""
    planned = timezone.now() + datetime.timedelta(days=1)
    began_at = timezone.now() - datetime.timedelta(days=45)
    case = make_case(by=coordinator)
    Case.objects.filter(pk=case.pk).update(
        referred_on=timezone.localdate(began_at) - datetime.timedelta(days=3)
    )
    item = make_item(by=coordinator, case=case)
    Meeting.objects.update(starts_at=planned)
    sign(item, by=coordinator)
    today = timezone.localdate(began_at)
    period = Period(today, today)
    ahead = Period(today, timezone.localdate(planned))
    assert numbers_of(ahead)["meetings"].value.number == 0

    Meeting.objects.update(began_at=began_at)

    numbers = numbers_of(period)
    assert numbers["meetings"].value.number == 1
    assert numbers["decided"].value.number == 1
    assert numbers["referral_to_discussion"].value.median == 3
    assert [month.decided for month in months_of(period)] == [1]
    assert [s.date for s in sittings_of(period)] == [moment(began_at)]
    assert (
        numbers_of(Period(timezone.localdate(), timezone.localdate(planned)))[
            "meetings"
        ].value.number
        == 0
    )


def test_the_quorum_goes_before_who_was_noted(coordinator):
    numbers = numbers_of(Period(*last_year(timezone.localdate())))
    assert numbers["attendance"].label == "Meetings with attendance noted, by specialty"
    lines = [line for pack in PACKS.values() for line in shown(pack, numbers)]
    with_attendance = [
        [figure.code for figure in line.figures]
        for line in lines
        if numbers["attendance"] in line.figures
    ]
    assert with_attendance == [["quorum", "attendance"]] * len(PACKS)


def test_a_period_without_a_meeting_has_nothing_to_count(coordinator):
    first, last = last_year(timezone.localdate())
    numbers = numbers_of(Period(first, last))
    assert counted(numbers) == Recount(first, last).expected()
    assert numbers["prospective"].value.words == "none to count"
    assert numbers["minutes_per_case"].value.words == "none to measure"
    assert numbers["meetings"].value.words == "0"


def test_a_number_that_is_not_counted(year):
    numbers = numbers_of(Period(*last_year(timezone.localdate())))
    with pytest.raises(KeyError):
        numbers["happiness"]


def test_the_months_add_up_to_the_period(year):
    period = Period(*last_year(timezone.localdate()))
    months, numbers = months_of(period), numbers_of(period)
    assert sum(month.decided for month in months) == numbers["decided"].value.number
    assert sum(month.postponed for month in months) == numbers["postponed"].value.part
    assert len(months) in (12, 13)
    assert [month.first for month in months] == sorted({month.first for month in months})


def test_each_sitting_stands_with_what_it_decided(year):
    first, last = last_year(timezone.localdate())
    recount = Recount(first, last)
    sittings = sittings_of(Period(first, last))
    assert len(sittings) == len(recount.meetings)
    assert sum(s.cases for s in sittings) == len(recount.items)
    assert sum(s.decided for s in sittings) == len(recount.newest)
    codes = {
        a.specialty_code for a in recount.rows["attendance"] if a.meeting_id in recount.meetings
    }
    assert {name for s in sittings for name in s.specialties} == {
        str(Specialty(code).label) for code in codes if code
    }


def test_as_many_queries_for_many_rows_as_for_few(coordinator, django_assert_max_num_queries):
    Year(by=coordinator, seed=3, meetings=14)
    with django_assert_max_num_queries(16):
        numbers_of(Period(*last_year(timezone.localdate())))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (datetime.date(2026, 11, 21), datetime.date(2025, 11, 22)),
        (datetime.date(2024, 2, 29), datetime.date(2023, 3, 1)),
    ],
)
def test_the_last_year(today, first):
    assert last_year(today) == (first, today)
