"""Who is put on a board."""

import pytest

from cases.models import BoardMember
from cases.services import board_members
from cases.services.errors import Invalid, Refused
from tests.factories.boards import make_board
from tumorboard.accounts import memberships
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_is_added_changed_and_removed(coordinator, chair):
    member = board_members.add(
        board=make_board(by=coordinator),
        person=chair,
        duty="chair",
        specialty="surgery",
        by=coordinator,
    )
    assert (member.duty, member.specialty) == ("chair", "surgery")

    board_members.change(member=member, duty="member", specialty="", by=coordinator)
    member.refresh_from_db()
    assert (member.duty, member.specialty) == ("member", "")

    board_members.remove(member=member, by=coordinator)
    assert not BoardMember.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="board.member.")
    assert set(actions.values_list("action", flat=True)) == {
        "board.member.added",
        "board.member.changed",
        "board.member.removed",
    }


def test_sits_on_it_once(coordinator, chair):
    board = make_board(by=coordinator)
    board_members.add(board=board, person=chair, by=coordinator)

    with pytest.raises(Invalid) as caught:
        board_members.add(board=board, person=chair, by=coordinator)

    assert caught.value.errors == {"person": ["This person is on the board already."]}


def test_is_an_active_member_who_sees_boards(coordinator, chair, administrator):
    stranger = User.objects.create_user(email="stranger@south.example", name="Stranger")
    chair.is_active = False
    chair.save()

    for person in (stranger, administrator, chair):
        with pytest.raises(Invalid) as caught:
            board_members.add(board=make_board(by=coordinator), person=person, by=coordinator)
        assert "active member" in caught.value.errors["person"][0]

    assert not BoardMember.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"), [({"duty": "king"}, "duty"), ({"specialty": "astrology"}, "specialty")]
)
def test_a_duty_and_a_specialty_that_exist(coordinator, chair, fields, field):
    board = make_board(by=coordinator)
    member = board_members.add(board=board, person=coordinator, by=coordinator)
    given = {"duty": "member", "specialty": "", **fields}

    with pytest.raises(Invalid) as added:
        board_members.add(board=board, person=chair, **given, by=coordinator)
    with pytest.raises(Invalid) as changed:
        board_members.change(member=member, **given, by=coordinator)

    assert list(added.value.errors) == list(changed.value.errors) == [field]


def test_two_who_remove_the_same_person(coordinator, chair):
    member = board_members.add(board=make_board(by=coordinator), person=chair, by=coordinator)
    stale = BoardMember.objects.get(pk=member.pk)
    board_members.remove(member=member, by=coordinator)

    with pytest.raises(Refused, match="taken off"):
        board_members.remove(member=stale, by=coordinator)
    with pytest.raises(Refused, match="taken off"):
        board_members.change(member=stale, duty="member", specialty="", by=coordinator)


def test_who_leaves_the_institution_stays_on_the_board_until_taken_off(
    coordinator, chair, administrator
):
    member = board_members.add(board=make_board(by=coordinator), person=chair, by=coordinator)

    memberships.remove(user=chair, by=administrator)

    member.refresh_from_db()
    board_members.remove(member=member, by=coordinator)
