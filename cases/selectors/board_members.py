"""Reading who sits on a standing board."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cases.models import Board, BoardMember
from cases.models.board_member import Duty
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import holders, members

ORDER = tuple(Duty.values)


@dataclass(frozen=True)
class Seat:
    """A member of a board, and whether that person still may see boards here."""

    member: BoardMember
    may_read: bool

    @property
    def name(self) -> str:
        """The person's name."""
        return self.member.person.name


def seats(board: Board) -> list[Seat]:
    """Who sits on `board`: chairs, coordinators, members, each by name."""
    rows = list(BoardMember.objects.filter(board=board).select_related("person"))
    readers = holders(Permission.BOARD_READ, among=[member.person_id for member in rows])
    return sorted(
        (Seat(member, member.person_id in readers) for member in rows),
        key=lambda seat: (ORDER.index(seat.member.duty), seat.name, seat.member.pk),
    )


def invited(board: Board) -> list[User]:
    """Who gets the mails of `board`: its members that may see it."""
    return [seat.member.person for seat in seats(board) if seat.may_read]


def offered(board: Board) -> list[User]:
    """Who may be put on `board`: active people who see boards and are not on it, by name."""
    people = [user for user, _ in members()]
    readers = holders(Permission.BOARD_READ, among=[user.pk for user in people])
    on_it = set(BoardMember.objects.filter(board=board).values_list("person_id", flat=True))
    return [user for user in people if user.pk in readers - on_it]


def may_sit(person: User) -> bool:
    """Whether somebody may be put on a board: active in the institution, and sees boards."""
    return bool(holders(Permission.BOARD_READ, among=[person.pk]))


def specialty_of(board_id: UUID, person: User) -> str:
    """What somebody stands for on a board; empty for nothing, and for who is not on it."""
    rows = BoardMember.objects.filter(board=board_id, person=person)
    return rows.values_list("specialty", flat=True).first() or ""


def specialties(board_id: UUID) -> dict[UUID, str]:
    """What each member of a board stands for, by the person's id; empty for nothing."""
    return dict(BoardMember.objects.filter(board=board_id).values_list("person_id", "specialty"))


def chairs(boards: Iterable[Board]) -> dict[UUID, list[str]]:
    """The names of those who chair each board, by the board's id."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = BoardMember.objects.filter(board__in=list(boards), duty=Duty.CHAIR)
    for member in rows.select_related("person").order_by("person__name", "pk"):
        found[member.board_id].append(member.person.name)
    return found
