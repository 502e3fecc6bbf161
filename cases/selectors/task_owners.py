"""Who sees to what a board asks for."""

from collections.abc import Iterable
from uuid import UUID

from cases.models import Board, BoardMember
from cases.models.board_member import Duty
from tumorboard.accounts.models import Membership, User

#: Who is asked first where nobody was named.
ORDER = (Duty.COORDINATOR, Duty.CHAIR)


def owner_on(board: Board, *, otherwise: User) -> User:
    """Who owns what nobody was named for: the board's first coordinator, else its chair.

    Only people who still have access count.

    Args:
        otherwise: who it falls to on a board that has neither, such as the signer.
    """
    return next(iter(leaders_of([board.pk])[board.pk]), otherwise)


def leaders_of(boards: Iterable[UUID]) -> dict[UUID, list[User]]:
    """The coordinators of each board, then its chairs, in the order in which they came.

    Only people who still have access; in two queries.
    """
    found: dict[UUID, list[User]] = {board: [] for board in boards}
    rows = BoardMember.objects.filter(board__in=found, duty__in=ORDER).select_related("person")
    members = sorted(rows, key=lambda row: (ORDER.index(Duty(row.duty)), row.added_at, row.pk))
    there = with_access(row.person_id for row in members)
    for member in members:
        if member.person_id in there:
            found[member.board_id].append(member.person)
    return found


def with_access(people: Iterable[UUID]) -> set[UUID]:
    """Those of `people` who can still come in: active, and with a role in the institution."""
    held = Membership.objects.filter(user_id__in=set(people), user__is_active=True)
    return set(held.values_list("user_id", flat=True))
