"""Planning, moving and canceling meetings."""

import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Attendance,
    DecisionDraft,
    DraftRecommendation,
    Meeting,
    Postponement,
)
from cases.selectors import agendas as agenda_selectors
from cases.selectors.candidates import candidates
from cases.selectors.rhythms import not_planned
from cases.services import agendas, boards, meetings
from cases.services.errors import Invalid, Refused
from tests.factories.boards import (
    draft,
    make_asking_case,
    make_board,
    make_item,
    make_meeting,
    sign,
)
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

HOUR = timedelta(hours=1)
#: Both ends of the calendar: an hour more or less does not exist, or cannot be stored.
ENDS = [
    (datetime.datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), "has passed"),
    (datetime.datetime(1, 1, 1, tzinfo=datetime.UTC), "has passed"),
    (
        datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone(timedelta(hours=-14))),
        "years ahead",
    ),
]


@pytest.fixture
def weekly(coordinator):
    """A board that meets every week."""
    return boards.change(
        board=make_board(by=coordinator, place="Room 1"),
        rhythm="weekly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(14),
        minutes=45,
        cutoff_hours=24,
        by=coordinator,
    )


def in_days(days):
    return timezone.now() + timedelta(days=days)


class TestPlan:
    def test_takes_place_length_and_cutoff_from_the_board(self, coordinator, weekly):
        meeting = meetings.plan(board=weekly, starts_at=in_days(3), by=coordinator)

        assert (meeting.place, meeting.minutes) == ("Room 1", 45)
        assert meeting.cutoff_at == meeting.starts_at - timedelta(hours=24)
        assert meeting.sequence == 0
        assert AuditEntry.objects.filter(action="meeting.planned", subject_id=meeting.pk).exists()

    def test_takes_its_own(self, coordinator, weekly):
        cutoff_at = in_days(1)

        meeting = meetings.plan(
            board=weekly,
            starts_at=in_days(3),
            place=" Room\n2 ",
            minutes=30,
            cutoff_at=cutoff_at,
            by=coordinator,
        )

        assert (meeting.place, meeting.minutes) == ("Room 2", 30)
        assert meeting.cutoff_at == cutoff_at

    def test_at_short_notice_nothing_is_late_before_it_begins(self, coordinator, weekly):
        meeting = meetings.plan(board=weekly, starts_at=timezone.now() + HOUR, by=coordinator)

        assert meeting.cutoff_at == meeting.starts_at

    def test_lies_ahead(self, coordinator, weekly):
        with pytest.raises(Invalid) as caught:
            meetings.plan(
                board=weekly, starts_at=timezone.now() - timedelta(minutes=1), by=coordinator
            )

        assert caught.value.errors == {"starts_at": ["This time has passed."]}

    def test_closes_submissions_before_it_begins(self, coordinator, weekly):
        starts_at = in_days(3)

        with pytest.raises(Invalid) as caught:
            meetings.plan(
                board=weekly, starts_at=starts_at, cutoff_at=starts_at + HOUR, by=coordinator
            )

        assert "before the meeting begins" in caught.value.errors["cutoff_at"][0]

    def test_names_a_length_that_cannot_be(self, coordinator, weekly):
        with pytest.raises(Invalid) as caught:
            meetings.plan(board=weekly, starts_at=in_days(3), minutes=5, by=coordinator)

        assert list(caught.value.errors) == ["minutes"]

    def test_a_board_meets_once_at_a_time(self, coordinator):
        meeting = make_meeting(by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.plan(board=meeting.board, starts_at=meeting.starts_at, by=coordinator)

        assert "already" in caught.value.errors["starts_at"][0]

    def test_a_canceled_meeting_leaves_its_time_free(self, coordinator):
        meeting = make_meeting(by=coordinator)
        meetings.cancel(meeting=meeting, by=coordinator)

        again = meetings.plan(board=meeting.board, starts_at=meeting.starts_at, by=coordinator)

        assert again.pk != meeting.pk

    def test_is_not_planned_at_the_end_of_the_calendar(self, coordinator):
        # West of Greenwich this minute lies in the year 10000, which nothing can read again.
        west = datetime.timezone(timedelta(hours=-5))
        end = datetime.datetime(9999, 12, 31, 23, 59, tzinfo=west)

        with pytest.raises(Invalid) as caught:
            meetings.plan(board=make_board(by=coordinator), starts_at=end, by=coordinator)

        assert "years ahead" in caught.value.errors["starts_at"][0]
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize(("starts_at", "reason"), ENDS)
    def test_is_not_planned_where_the_calendar_ends(self, coordinator, starts_at, reason):
        with pytest.raises(Invalid) as caught:
            meetings.plan(board=make_board(by=coordinator), starts_at=starts_at, by=coordinator)

        assert reason in caught.value.errors["starts_at"][0]

    @pytest.mark.parametrize(
        "cutoff_at",
        [
            datetime.datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")),
            in_days(30 - 28) - HOUR - timedelta(minutes=1),
        ],
        ids=["year 1", "more than 28 days"],
    )
    def test_closes_submissions_within_28_days_before(self, coordinator, weekly, cutoff_at):
        with pytest.raises(Invalid) as caught:
            meetings.plan(board=weekly, starts_at=in_days(30), cutoff_at=cutoff_at, by=coordinator)

        assert caught.value.errors == {
            "cutoff_at": ["Submissions close at most 28 days before the meeting."]
        }
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize("month", [4, 11], ids=["spring", "autumn"])
    def test_a_board_may_close_them_28_days_before_though_the_clocks_change(
        self, coordinator, weekly, month
    ):
        zone = "Europe/Berlin"
        board = boards.change(board=weekly, cutoff_hours=24 * 28, time_zone=zone, by=coordinator)
        year = timezone.now().year + 1
        starts_at = datetime.datetime(year, month, 10, 14, tzinfo=ZoneInfo(zone))

        meeting = meetings.plan(board=board, starts_at=starts_at, by=coordinator)
        meeting.refresh_from_db()
        moved = meetings.move(
            meeting=meeting, starts_at=starts_at, place="Elsewhere", by=coordinator
        )
        later = starts_at + timedelta(days=60)
        moved = meetings.move(meeting=moved, starts_at=later, place="Elsewhere", by=coordinator)

        assert timedelta(days=28) - HOUR <= later - moved.cutoff_at <= timedelta(days=28)


class TestPlanSeries:
    @pytest.mark.parametrize(("starts_at", "reason"), ENDS)
    def test_not_where_the_calendar_ends(self, coordinator, weekly, starts_at, reason):
        with pytest.raises(Invalid) as caught:
            meetings.plan_series(board=weekly, starts=[starts_at], by=coordinator)

        assert reason in caught.value.errors["starts_at"][0]

    def test_plans_what_was_shown(self, coordinator, weekly):
        starts = not_planned(weekly, count=3)

        planned = meetings.plan_series(board=weekly, starts=starts, by=coordinator)

        assert [meeting.starts_at for meeting in planned] == starts
        assert {meeting.place for meeting in planned} == {"Room 1"}

    @pytest.mark.parametrize("count", [0, 53])
    def test_one_to_fifty_two_at_once(self, coordinator, weekly, count):
        with pytest.raises(Invalid) as caught:
            meetings.plan_series(
                board=weekly, starts=not_planned(weekly, count=count), by=coordinator
            )

        assert "1 to 52" in caught.value.errors["starts_at"][0]

    def test_a_rhythm_that_was_changed_meanwhile(self, coordinator, weekly):
        starts = not_planned(weekly, count=3)
        boards.change(board=weekly, begins_at=datetime.time(15), by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.plan_series(board=weekly, starts=starts, by=coordinator)

        assert "rhythm was changed" in caught.value.errors["starts_at"][0]

    def test_all_or_none(self, coordinator, weekly):
        starts = not_planned(weekly, count=3)
        meetings.plan(board=weekly, starts_at=starts[1], by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.plan_series(board=weekly, starts=starts, by=coordinator)

        assert "already" in caught.value.errors["starts_at"][0]
        assert Meeting.objects.count() == 1


class TestMove:
    def test_takes_cases_and_cutoff_along(self, coordinator):
        item = make_item(by=coordinator)
        meeting, later = item.meeting, in_days(20)
        ahead = meeting.starts_at - meeting.cutoff_at
        Meeting.objects.update(cutoff_noted_at=timezone.now())
        AgendaItem.objects.update(was_ready_at_cutoff=True)

        moved = meetings.move(
            meeting=meeting, starts_at=later, place="Room 2", minutes=30, by=coordinator
        )

        moved.refresh_from_db()
        item.refresh_from_db()
        assert (moved.starts_at, moved.place, moved.minutes) == (later, "Room 2", 30)
        assert moved.cutoff_at == later - ahead
        assert moved.sequence == 1
        # The cut-off comes anew, and with it the note of what is ready.
        assert (moved.cutoff_noted_at, item.was_ready_at_cutoff) == (None, None)
        assert item.meeting_id == moved.pk
        assert AuditEntry.objects.filter(action="meeting.moved", subject_id=moved.pk).exists()

    def test_keeps_what_was_noted_where_the_cutoff_has_passed(self, coordinator):
        meeting = make_item(by=coordinator).meeting
        passed = timezone.now() - HOUR
        Meeting.objects.update(cutoff_at=passed, cutoff_noted_at=passed)
        AgendaItem.objects.update(was_ready_at_cutoff=False)
        meeting.refresh_from_db()

        moved = meetings.move(
            meeting=meeting, starts_at=meeting.starts_at, place="Room 2", by=coordinator
        )

        assert moved.cutoff_noted_at == passed
        assert AgendaItem.objects.get().was_ready_at_cutoff is False

    def test_to_another_place_alone(self, coordinator):
        meeting = make_meeting(by=coordinator)

        moved = meetings.move(
            meeting=meeting, starts_at=meeting.starts_at, place="Room 2", by=coordinator
        )

        assert (moved.starts_at, moved.place) == (meeting.starts_at, "Room 2")
        assert moved.sequence == 1

    def test_without_a_cutoff(self, coordinator):
        meeting = make_meeting(by=coordinator)
        Meeting.objects.update(cutoff_at=None)

        moved = meetings.move(meeting=meeting, starts_at=in_days(9), place="", by=coordinator)

        assert moved.cutoff_at is None
        assert moved.place == meeting.board.place

    def test_to_where_it_is_changes_nothing(self, coordinator):
        meeting = make_meeting(by=coordinator)

        moved = meetings.move(
            meeting=meeting, starts_at=meeting.starts_at, place=meeting.place, by=coordinator
        )

        assert moved.sequence == 0
        assert not AuditEntry.objects.filter(action="meeting.moved").exists()

    def test_tells_those_who_follow_it(self, coordinator):
        meeting = make_meeting(by=coordinator)

        meetings.move(meeting=meeting, starts_at=in_days(9), place="", by=coordinator)

        assert Meeting.objects.get().revision == 1

    @pytest.mark.parametrize(("starts_at", "reason"), ENDS)
    def test_not_to_where_the_calendar_ends(self, coordinator, starts_at, reason):
        meeting = make_meeting(by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.move(meeting=meeting, starts_at=starts_at, place="", by=coordinator)

        assert reason in caught.value.errors["starts_at"][0]

    def test_not_into_the_past(self, coordinator):
        meeting = make_meeting(by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.move(
                meeting=meeting, starts_at=timezone.now() - HOUR, place="", by=coordinator
            )

        assert caught.value.errors == {"starts_at": ["This time has passed."]}

    def test_not_to_a_time_that_is_taken(self, coordinator):
        meeting = make_meeting(by=coordinator)
        other = make_meeting(board=meeting.board, by=coordinator)

        with pytest.raises(Invalid) as caught:
            meetings.move(meeting=meeting, starts_at=other.starts_at, place="", by=coordinator)

        assert "meets at this time already" in caught.value.errors["starts_at"][0]

    @pytest.mark.parametrize("column", ["starts_at", "began_at"])
    def test_not_once_it_has_begun(self, coordinator, column):
        meeting = make_meeting(by=coordinator)
        Meeting.objects.update(**{column: timezone.now() - HOUR})

        with pytest.raises(Refused, match="has begun"):
            meetings.move(meeting=meeting, starts_at=in_days(9), place="", by=coordinator)

    def test_not_with_a_signed_decision(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)
        Meeting.objects.update(began_at=None)

        with pytest.raises(Refused, match=r"signed in this meeting, so it cannot be moved"):
            meetings.move(meeting=item.meeting, starts_at=in_days(9), place="", by=coordinator)

    def test_not_once_it_is_canceled(self, coordinator):
        meeting = make_meeting(by=coordinator)
        meetings.cancel(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="was canceled"):
            meetings.move(meeting=meeting, starts_at=in_days(9), place="", by=coordinator)


class TestCancel:
    def test_stays_without_what_hung_on_it(self, coordinator):
        item = make_item(by=coordinator)
        draft(item, by=coordinator)

        meeting = meetings.cancel(
            meeting=item.meeting, because=" Congress \n week ", by=coordinator
        )

        meeting.refresh_from_db()
        assert meeting.cancelled_at is not None
        assert (meeting.cancelled_because, meeting.sequence) == ("Congress week", 1)
        for model in (AgendaItem, Attendance, DecisionDraft, DraftRecommendation):
            assert not model.objects.exists()
        assert AuditEntry.objects.filter(action="meeting.cancelled").exists()

    def test_is_on_no_list(self, coordinator):
        meeting = make_meeting(by=coordinator)
        meetings.cancel(meeting=meeting, by=coordinator)

        assert not agenda_selectors.coming_meetings().exists()
        Meeting.objects.update(starts_at=in_days(-3))
        assert not agenda_selectors.past_meetings().exists()

    def test_its_cases_ask_for_the_board_again(self, coordinator):
        item = make_item(by=coordinator)

        meetings.cancel(meeting=item.meeting, because="Congress", by=coordinator)

        assert agenda_selectors.coming_items(item.case) == []
        assert item.case_id in {row["case_id"] for row in candidates()}
        told = Postponement.objects.get()
        assert (told.cause, told.text, told.moved_to) == ("cancelled", "Congress", None)

    def test_its_cases_move_in_their_order_to_a_meeting_of_any_board(self, coordinator):
        meeting, other = make_meeting(by=coordinator), make_meeting(by=coordinator)
        first, second = (make_item(meeting=meeting, by=coordinator) for _ in range(2))
        draft(first, by=coordinator)

        meetings.cancel(meeting=meeting, to=other, by=coordinator)

        listed = AgendaItem.objects.filter(meeting=other).order_by("position")
        assert list(listed) == [first, second]
        assert DecisionDraft.objects.filter(agenda_item=first).exists()
        assert {p.moved_to_id for p in Postponement.objects.all()} == {other.pk}

    def test_a_case_that_stands_on_another_coming_list_is_not_put_on_twice(self, coordinator):
        # It did not take place, and the case was put on another list since.
        item = make_item(by=coordinator)
        Meeting.objects.update(starts_at=in_days(-2))
        there = make_item(case=item.case, by=coordinator)

        meetings.cancel(meeting=item.meeting, to=there.meeting, by=coordinator)

        assert list(AgendaItem.objects.all()) == [there]

    def test_not_onto_itself(self, coordinator):
        meeting = make_meeting(by=coordinator)

        with pytest.raises(Refused, match="another meeting"):
            meetings.cancel(meeting=meeting, to=meeting, by=coordinator)

    @pytest.mark.parametrize(
        ("column", "reason"), [("cancelled_at", "was canceled"), ("ended_at", "is over")]
    )
    def test_not_onto_one_that_is_over_or_canceled(self, coordinator, column, reason):
        meeting, other = make_meeting(by=coordinator), make_meeting(by=coordinator)
        Meeting.objects.filter(pk=other.pk).update(**{column: timezone.now()})

        with pytest.raises(Refused, match=reason):
            meetings.cancel(meeting=meeting, to=other, by=coordinator)

        assert Meeting.objects.get(pk=meeting.pk).cancelled_at is None

    def test_not_with_a_signed_decision(self, coordinator, chair):
        item = make_item(by=coordinator)
        make_item(meeting=item.meeting, by=coordinator)
        sign(item, by=chair)

        with pytest.raises(Refused, match=r"signed in this meeting, so it cannot be canceled"):
            meetings.cancel(meeting=item.meeting, by=coordinator)

        assert AgendaItem.objects.count() == 2

    def test_not_twice(self, coordinator):
        meeting = make_meeting(by=coordinator)
        meetings.cancel(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="was canceled"):
            meetings.cancel(meeting=meeting, by=coordinator)

    def test_a_reason_that_is_too_long(self, coordinator):
        with pytest.raises(Invalid) as caught:
            meetings.cancel(meeting=make_meeting(by=coordinator), because="x" * 301, by=coordinator)

        assert list(caught.value.errors) == ["cancelled_because"]

    def test_takes_no_case_afterwards(self, coordinator):
        meeting = make_meeting(by=coordinator)
        meetings.cancel(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="was canceled"):
            agendas.put_on(meeting=meeting, case=make_asking_case(by=coordinator), by=coordinator)
