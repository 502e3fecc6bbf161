"""Who sits on a board, as its page and its mails read it."""

import pytest

from cases.selectors.board_members import chairs, invited, offered, seats, specialty_of
from cases.services import board_members
from tests.factories.boards import make_board
from tests.factories.people import add_member
from tumorboard.accounts import memberships

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def people(institution):
    """Four clinicians, by their names."""
    return {
        name: add_member(institution, "CLINICIAN", email=f"{name}@north.example", name=name)
        for name in ("Ann", "Ben", "Cid", "Dee")
    }


def test_chairs_stand_before_coordinators_before_members(people, coordinator):
    board = make_board(by=coordinator)
    for name, duty in (("Ann", "member"), ("Dee", "chair"), ("Ben", "chair")):
        board_members.add(board=board, person=people[name], duty=duty, by=coordinator)
    board_members.add(board=board, person=coordinator, duty="coordinator", by=coordinator)

    assert [seat.name for seat in seats(board)] == ["Ben", "Dee", coordinator.name, "Ann"]
    assert chairs([board]) == {board.pk: ["Ben", "Dee"]}


def test_who_may_no_longer_see_boards_is_marked_and_not_invited(people, coordinator, administrator):
    board = make_board(by=coordinator)
    for person in people.values():
        board_members.add(board=board, person=person, by=coordinator)

    memberships.remove(user=people["Ann"], by=administrator)
    memberships.set_roles(user=people["Ben"], roles=["ADMINISTRATOR"], by=administrator)
    people["Cid"].is_active = False
    people["Cid"].save()

    assert [(s.name, s.may_read) for s in seats(board)] == [
        ("Ann", False),
        ("Ben", False),
        ("Cid", False),
        ("Dee", True),
    ]
    assert invited(board) == [people["Dee"]]


def test_active_people_who_see_boards_and_are_not_on_it_are_offered(
    people, coordinator, administrator
):
    board = make_board(by=coordinator)
    board_members.add(board=board, person=people["Ann"], by=coordinator)
    people["Ben"].is_active = False
    people["Ben"].save()

    assert offered(board) == [people["Cid"], coordinator, people["Dee"]]
    assert administrator not in offered(board)


def test_what_somebody_stands_for(people, coordinator):
    board = make_board(by=coordinator)
    board_members.add(board=board, person=people["Ann"], specialty="surgery", by=coordinator)

    assert specialty_of(board.pk, people["Ann"]) == "surgery"
    assert specialty_of(board.pk, people["Ben"]) == ""


def test_queries_do_not_grow_with_the_members(people, coordinator, django_assert_num_queries):
    board = make_board(by=coordinator)
    for person in people.values():
        board_members.add(board=board, person=person, by=coordinator)

    with django_assert_num_queries(3):
        seats(board)
    with django_assert_num_queries(4):
        offered(board)
