"""Boards, meetings and who was present."""

from datetime import datetime, timedelta
from datetime import timezone as dt_timezone

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Attendance, Board, DecisionDraft, DraftRecommendation, Meeting
from cases.services import boards
from cases.services.errors import Invalid, Refused
from tests.factories.boards import draft, make_board, make_item, make_meeting, sign
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_a_board_is_added(coordinator):
    board = boards.add(name=" NET board ", place=" Room 1 ", by=coordinator)

    assert (board.name, board.place) == ("NET board", "Room 1")
    assert AuditEntry.objects.get(subject_id=board.pk).action == "board.added"


@pytest.mark.parametrize(("name", "reason"), [("", "blank"), ("x" * 121, "120")])
def test_a_boards_name_is_checked(coordinator, name, reason):
    with pytest.raises(Invalid) as caught:
        boards.add(name=name, by=coordinator)

    assert reason in caught.value.errors["name"][0]
    assert not Board.objects.exists()


def test_a_name_is_taken_once(coordinator):
    make_board(name="NET board", by=coordinator)

    with pytest.raises(Invalid) as caught:
        boards.add(name="NET board", by=coordinator)

    assert "already there" in caught.value.errors["name"][0]


def test_a_meeting_is_at_the_boards_usual_place(coordinator):
    board = make_board(place="Room 1", by=coordinator)
    starts_at = timezone.now() + timedelta(days=1)

    usual = boards.plan_meeting(board=board, starts_at=starts_at, by=coordinator)
    elsewhere = boards.plan_meeting(
        board=board, starts_at=starts_at + timedelta(days=1), place=" Room 2 ", by=coordinator
    )

    assert (usual.place, elsewhere.place) == ("Room 1", "Room 2")


def test_a_meeting_lies_ahead(coordinator):
    board = make_board(by=coordinator)

    with pytest.raises(Invalid) as caught:
        boards.plan_meeting(
            board=board, starts_at=timezone.now() - timedelta(minutes=1), by=coordinator
        )

    assert caught.value.errors == {"starts_at": ["This time has passed."]}


def test_a_board_meets_once_at_a_time(coordinator):
    meeting = make_meeting(by=coordinator)

    with pytest.raises(Invalid) as caught:
        boards.plan_meeting(board=meeting.board, starts_at=meeting.starts_at, by=coordinator)

    assert "already" in caught.value.errors["starts_at"][0]


def test_a_member_and_an_outsider_are_noted(coordinator, chair):
    meeting = make_meeting(by=coordinator)

    boards.note_present(
        meeting=meeting, name=chair.name, specialty="Surgery", person=chair, by=coordinator
    )
    boards.note_present(meeting=meeting, name=" Otto Outside ", specialty=" GP ", by=coordinator)

    noted = Attendance.objects.order_by("name").values_list("name", "specialty", "person")
    assert list(noted) == [(chair.name, "Surgery", chair.pk), ("Otto Outside", "GP", None)]


def test_a_name_is_noted_once_and_not_empty(coordinator):
    meeting = make_meeting(by=coordinator)
    boards.note_present(meeting=meeting, name="Otto", by=coordinator)

    with pytest.raises(Invalid) as twice:
        boards.note_present(meeting=meeting, name="Otto", by=coordinator)
    with pytest.raises(Invalid) as empty:
        boards.note_present(meeting=meeting, name=" ", by=coordinator)

    assert "already" in twice.value.errors["name"][0]
    assert "name" in empty.value.errors


def test_somebody_leaves_the_list_but_not_the_signed_decision(coordinator, chair):
    item = make_item(by=coordinator)
    decision = sign(item, by=chair)

    boards.note_absent(attendance=Attendance.objects.get(), by=coordinator)

    assert not Attendance.objects.exists()
    assert [p.name for p in decision.participants.all()] == ["Nina Nuclear"]
    assert AuditEntry.objects.filter(action="meeting.attendance.removed").exists()


def test_a_cancelled_meeting_goes_with_all_that_hangs_on_it(coordinator):
    item = make_item(by=coordinator)
    draft(item, by=coordinator)

    boards.cancel_meeting(meeting=item.meeting, by=coordinator)

    for model in (Meeting, AgendaItem, Attendance, DecisionDraft, DraftRecommendation):
        assert not model.objects.exists()
    assert AuditEntry.objects.filter(action="meeting.cancelled").exists()


def test_a_meeting_with_a_decision_stays(coordinator, chair):
    item = make_item(by=coordinator)
    sign(item, by=chair)

    with pytest.raises(Refused, match="cannot be canceled"):
        boards.cancel_meeting(meeting=item.meeting, by=coordinator)

    assert Meeting.objects.exists()


def test_a_cancelled_meeting_takes_nobody_and_is_not_cancelled_twice(coordinator):
    meeting = make_meeting(by=coordinator)
    stale = Meeting.objects.get(pk=meeting.pk)
    boards.cancel_meeting(meeting=meeting, by=coordinator)

    with pytest.raises(Refused, match="was canceled"):
        boards.note_present(meeting=stale, name="Otto", by=coordinator)
    with pytest.raises(Refused, match="was canceled"):
        boards.cancel_meeting(meeting=stale, by=coordinator)


def test_a_meeting_is_not_planned_at_the_end_of_the_calendar(coordinator):
    # West of Greenwich this minute lies in the year 10000, which nothing can read again.
    end = datetime(9999, 12, 31, 23, 59, tzinfo=dt_timezone(timedelta(hours=-5)))

    with pytest.raises(Invalid) as caught:
        boards.plan_meeting(board=make_board(by=coordinator), starts_at=end, by=coordinator)

    assert "years ahead" in caught.value.errors["starts_at"][0]
    assert not Meeting.objects.exists()
