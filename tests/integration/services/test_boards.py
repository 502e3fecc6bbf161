"""Standing boards."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import Board
from cases.services import boards
from cases.services.errors import Invalid
from tests.factories.boards import make_board
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


def test_a_board_begins_in_the_time_zone_of_the_installation(coordinator, settings):
    settings.TIME_ZONE = "Europe/Vienna"

    assert make_board(by=coordinator).time_zone == "Europe/Vienna"


def test_a_board_is_changed(coordinator):
    board = make_board(name="NET board", by=coordinator)

    boards.change(
        board=board,
        name="Pancreatic  NET\nboard ",
        rhythm="fortnightly",
        first_on=datetime.date(2026, 1, 13),
        begins_at=datetime.time(14),
        time_zone="Europe/Berlin",
        minutes=60,
        cutoff_hours=24,
        required_specialties=["surgery", "radiology", "surgery"],
        task_days=14,
        by=coordinator,
    )

    board.refresh_from_db()
    # A name is one line: it stands in the subjects of mails.
    assert board.name == "Pancreatic NET board"
    assert (board.rhythm, board.time_zone, board.minutes) == ("fortnightly", "Europe/Berlin", 60)
    assert board.required_specialties == ["surgery", "radiology"]
    assert AuditEntry.objects.filter(action="board.changed", subject_id=board.pk).exists()


def test_a_board_keeps_its_own_name_and_takes_no_other(coordinator):
    board = make_board(name="NET board", by=coordinator)
    make_board(name="Liver board", by=coordinator)

    boards.change(board=board, name="NET board", by=coordinator)
    with pytest.raises(Invalid) as caught:
        boards.change(board=board, name="Liver board", by=coordinator)

    assert "already there" in caught.value.errors["name"][0]


def test_two_at_once_take_a_name_once(coordinator, monkeypatch):
    make_board(name="NET board", by=coordinator)
    other = make_board(by=coordinator)
    # As if the other transaction were not seen yet.
    monkeypatch.setattr("cases.services.boards._is_taken", lambda _: False)

    with pytest.raises(Invalid) as caught:
        boards.change(board=other, name="NET board", by=coordinator)

    assert "already there" in caught.value.errors["name"][0]
    assert not transaction.get_connection().needs_rollback


THIS_YEAR = timezone.now().year


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "by its name"),
        ({"time_zone": "Factory"}, "time_zone", "by its name"),
        ({"time_zone": ""}, "time_zone", "blank"),
        ({"rhythm": "weekly", "begins_at": datetime.time(14)}, "first_on", "Enter the day"),
        ({"rhythm": "weekly", "first_on": datetime.date(2026, 1, 1)}, "begins_at", "the time"),
        ({"rhythm": "daily"}, "rhythm", "not a valid choice"),
        ({"first_on": datetime.date(THIS_YEAR - 21, 12, 31)}, "first_on", "20 years ago"),
        ({"first_on": datetime.date(THIS_YEAR + 3, 1, 1)}, "first_on", "2 years ahead"),
        ({"minutes": 9}, "minutes", "10"),
        ({"minutes": 601}, "minutes", "600"),
        ({"cutoff_hours": 673}, "cutoff_hours", "672"),
        ({"task_days": 0}, "task_days", "1"),
        ({"required_specialties": ["astrology"]}, "required_specialties", "not a valid choice"),
        ({"place": "x" * 201}, "place", "200"),
        ({"place": "Room\x00"}, "place", "cannot be stored"),
    ],
)
def test_what_cannot_be_is_refused_by_field(coordinator, fields, field, reason):
    board = make_board(by=coordinator)

    with pytest.raises(Invalid) as caught:
        boards.change(board=board, **fields, by=coordinator)

    assert list(caught.value.errors) == [field] or field == "rhythm"
    assert reason in " ".join(caught.value.errors[field])
    assert Board.objects.get().time_zone == board.time_zone
