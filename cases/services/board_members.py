"""Putting people on standing boards."""

from django.db import transaction
from django.utils import timezone

from cases.models import Board, BoardMember, Meeting
from cases.models.board_member import Duty
from cases.selectors.board_members import may_sit
from cases.services.checks import check
from cases.services.errors import Refused
from cases.services.invitations import invite_to_coming, take_back_from_coming
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def add(
    *, board: Board, person: User, duty: str = Duty.MEMBER, specialty: str = "", by: User
) -> BoardMember:
    """Put somebody on a board, and invite them to its coming meetings.

    Args:
        duty: a value of `Duty`; a board may have several of each.
        specialty: what the person stands for, a value of `Specialty`; "" for none.

    Raises:
        Invalid: the person is not an active member who may see boards, or sits on it already; or
            the duty or specialty does not exist.
    """
    board = Board.objects.select_for_update().get(pk=board.pk)
    member = BoardMember(board=board, person=person, duty=duty, specialty=specialty)
    errors: dict[str, list[str]] = {}
    if not may_sit(person):
        errors["person"] = ["Choose an active member of the institution who may see boards."]
    elif BoardMember.objects.filter(board=board, person=person).exists():
        errors["person"] = ["This person is on the board already."]
    check(member, also=errors)
    member.save()
    record(action="board.member.added", subject=member, by=by)
    invite_to_coming(person, board=board)
    return member


@transaction.atomic
def change(*, member: BoardMember, duty: str, specialty: str, by: User) -> BoardMember:
    """Change what somebody does on a board.

    Raises:
        Invalid: the duty or specialty does not exist.
        Refused: the person was taken off the board.
    """
    member = _lock(member)
    member.duty, member.specialty = duty, specialty
    check(member)
    member.save()
    record(action="board.member.changed", subject=member, by=by)
    return member


@transaction.atomic
def remove(*, member: BoardMember, by: User) -> None:
    """Take somebody off a board, and its coming meetings out of their calendar.

    What they did in its meetings stays.

    Raises:
        Refused: the person was taken off already.
    """
    board = lock_with_coming(member.board)
    member = _lock(member)
    record(action="board.member.removed", subject=member, by=by)
    take_back_from_coming(member.person, board=board)
    member.delete()


def lock_with_coming(board: Board) -> Board:
    """Lock the coming meetings and then their board, in the order of who moves a meeting."""
    coming = Meeting.objects.filter(board=board.pk, starts_at__gt=timezone.now())
    list(coming.select_for_update().order_by("pk"))
    return Board.objects.select_for_update().get(pk=board.pk)


def _lock(member: BoardMember) -> BoardMember:
    locked = BoardMember.objects.select_for_update().filter(pk=member.pk).first()
    if locked is None:
        message = "This person was taken off the board."
        raise Refused(message)
    return locked
