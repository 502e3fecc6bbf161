"""Running a meeting: which case is before the board, and for how long."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import AgendaItem, Discussion, Meeting
from cases.selectors.live import live
from cases.services import agendas, discussions
from cases.services.errors import Refused
from tests.factories.boards import bring_near, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def at(monkeypatch) -> Callable[[int], None]:
    """Sets the clock of the server, in minutes after the test's beginning."""
    begin = timezone.now()

    def set_clock(minutes: float) -> None:
        now = begin + timezone.timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_clock(0)
    return set_clock


def spent(meeting: Meeting) -> list[int]:
    """Minutes of each case in the order of the list."""
    return [case.seconds // 60 for case in live(meeting).cases]


def test_a_meeting_begins_once(meeting, chair, at):
    discussions.begin(meeting=meeting, by=chair)
    at(5)
    discussions.begin(meeting=meeting, by=chair)

    began_at = Meeting.objects.get().began_at
    assert began_at == timezone.now() - timezone.timedelta(minutes=5)
    assert AuditEntry.objects.filter(action="meeting.begun").count() == 1


def test_the_first_case_shown_begins_the_meeting(items, chair):
    discussions.show(item=items[0], by=chair)
    assert Meeting.objects.get().began_at is not None
    assert live(items[0].meeting).shown.item == items[0]


def test_however_the_presenter_jumps_each_case_has_its_minutes(items, meeting, chair, at):
    for minutes, item in ((0, items[0]), (4, items[1]), (5, items[0]), (8, items[2])):
        at(minutes)
        discussions.show(item=item, by=chair)
    at(10)
    assert spent(meeting) == [7, 1, 2]
    assert Discussion.objects.filter(ended_at=None).count() == 1


def test_showing_the_same_case_again_changes_nothing(items, meeting, chair, coordinator, at):
    first = discussions.show(item=items[0], by=chair)
    revision = Meeting.objects.get().revision
    at(3)
    assert discussions.show(item=items[0], by=coordinator) == first
    assert Meeting.objects.get().revision == revision
    assert spent(meeting) == [3, 0, 0]


def test_a_pause_stops_the_clock_and_the_case_stays(items, meeting, chair, at):
    discussions.show(item=items[1], by=chair)
    at(2)
    discussions.pause(meeting=meeting, by=chair)
    at(30)
    paused = live(meeting)
    assert paused.shown.item == items[1]
    assert not paused.clock_runs
    assert spent(meeting) == [0, 2, 0]
    discussions.show(item=items[1], by=chair)
    at(31)
    assert live(meeting).clock_runs
    assert spent(meeting) == [0, 3, 0]


def test_a_clock_that_stands_cannot_be_stopped(meeting, chair):
    with pytest.raises(Refused, match="stands still already"):
        discussions.pause(meeting=meeting, by=chair)


def test_the_end_closes_what_is_open(items, meeting, chair, at):
    discussions.show(item=items[0], by=chair)
    at(6)
    discussions.end(meeting=meeting, by=chair)
    at(60)
    ended = Meeting.objects.get()
    assert ended.ended_at is not None
    assert spent(ended) == [6, 0, 0]
    assert not live(ended).clock_runs


def test_a_clock_that_was_set_back_ends_nothing_before_it_began(items, meeting, chair, at):
    discussions.show(item=items[0], by=chair)
    at(-5)
    assert spent(meeting) == [0, 0, 0]
    discussions.end(meeting=meeting, by=chair)
    discussion = Discussion.objects.get()
    assert discussion.ended_at == discussion.began_at


def test_a_meeting_that_has_not_begun_cannot_end(meeting, chair):
    with pytest.raises(Refused, match="has not begun"):
        discussions.end(meeting=meeting, by=chair)


def test_a_meeting_that_has_ended_stays_so(items, meeting, chair):
    discussions.begin(meeting=meeting, by=chair)
    discussions.end(meeting=meeting, by=chair)
    for refused in (
        lambda: discussions.begin(meeting=meeting, by=chair),
        lambda: discussions.show(item=items[0], by=chair),
        lambda: discussions.pause(meeting=meeting, by=chair),
        lambda: discussions.end(meeting=meeting, by=chair),
    ):
        with pytest.raises(Refused, match="has ended"):
            refused()


def test_a_canceled_meeting_is_not_run(meeting, chair):
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())
    with pytest.raises(Refused, match="canceled"):
        discussions.begin(meeting=meeting, by=chair)


@pytest.mark.parametrize("shown", [False, True])
def test_a_meeting_that_is_not_near_does_not_begin(items, meeting, chair, shown):
    Meeting.objects.update(starts_at=timezone.now() + timezone.timedelta(hours=12, minutes=1))
    with pytest.raises(Refused, match=r"planned for .* at most 12 hours before"):
        if shown:
            discussions.show(item=items[0], by=chair)
        else:
            discussions.begin(meeting=meeting, by=chair)
    assert Meeting.objects.get().began_at is None
    Meeting.objects.update(starts_at=timezone.now() + timezone.timedelta(hours=11, minutes=59))
    assert discussions.begin(meeting=meeting, by=chair).began_at is not None


def test_a_meeting_that_nobody_ended_shows_no_more_once_it_is_over(items, meeting, chair, at):
    """Its undecided cases may stand on another list by then."""
    discussions.show(item=items[0], by=chair)
    at(60 * 14)
    for refused in (
        lambda: discussions.begin(meeting=meeting, by=chair),
        lambda: discussions.show(item=items[1], by=chair),
    ):
        with pytest.raises(Refused, match="is over"):
            refused()
    discussions.pause(meeting=meeting, by=chair)
    assert discussions.end(meeting=meeting, by=chair).ended_at is not None


def test_a_case_that_left_the_list_is_not_shown(items, meeting, chair):
    agendas.take_off(item=AgendaItem.objects.get(pk=items[0].pk), by=chair)
    with pytest.raises(Refused, match="taken off"):
        discussions.show(item=items[0], by=chair)


def test_a_case_that_was_moved_is_not_shown_where_it_was(items, meeting, chair):
    other = make_meeting(by=chair)
    AgendaItem.objects.filter(pk=items[0].pk).update(meeting=other)
    with pytest.raises(Refused, match="moved to another meeting"):
        discussions.show(item=items[0], by=chair)


def test_what_is_done_is_noted(items, meeting, chair):
    discussions.show(item=items[0], by=chair)
    discussions.pause(meeting=meeting, by=chair)
    discussions.end(meeting=meeting, by=chair)
    noted = AuditEntry.objects.filter(person=chair, action__startswith="meeting.")
    assert list(noted.order_by("id").values_list("action", flat=True))[-4:] == [
        "meeting.begun",
        "meeting.item.shown",
        "meeting.paused",
        "meeting.ended",
    ]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestTwoPresentersAtOnce:
    """Two real presenters, each on a connection of their own."""

    @pytest.mark.parametrize("round_", range(3))
    def test_one_case_is_before_the_board(self, round_):
        north = make_institution(slug="north", name="North Hospital")
        by = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris")
        with institution_scope(north):
            meeting = bring_near(make_meeting(by=by))
            items = [make_item(by=by, meeting=meeting, case=make_case(by=by)) for _ in range(2)]
        start = threading.Barrier(2)
        faults: list[Exception] = []

        def present(item: AgendaItem) -> None:
            try:
                with institution_scope(north):
                    start.wait(timeout=30)
                    discussions.show(item=item, by=by)
            except Exception as error:
                faults.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=present, args=[item]) for item in items]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

        assert faults == []
        with institution_scope(north):
            assert Discussion.objects.count() == 2
            assert Discussion.objects.filter(ended_at=None).count() == 1
            assert Meeting.objects.get().revision >= 2
