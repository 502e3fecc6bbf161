"""The accounts of an institution's people: who they are, without what they sign in with.

A password or a factor that travels would open two houses. In the new one people set a password by
the link that "Forgot your password" mails, and a second factor at their first sign-in.
"""

from collections.abc import Iterable, Iterator

from django.contrib.auth.hashers import make_password
from django.utils.dateparse import parse_datetime

from tumorboard.accounts.models import User
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.tables import line_of
from tumorboard.operations.moving.travel import Row

COLUMNS = ("id", "email", "name", "is_active", "created_at")


def lines(ids: Iterable[str]) -> Iterator[bytes]:
    """The accounts in the order of their ids."""
    people = User.objects.filter(pk__in=list(ids)).order_by("id")
    for person in people.iterator():
        yield line_of(
            {
                "id": str(person.pk),
                "email": person.email,
                "name": person.name,
                "is_active": "true" if person.is_active else "false",
                "created_at": person.created_at.isoformat(),
            }
        )


def arrive(rows: Iterable[Row]) -> list[str]:
    """Make the accounts that are not here; the addresses of those that were made.

    Raises:
        CannotMove: an address is that of another account here, or an id that of another address.
    """
    made, reasons = [], []
    for row in rows:
        if set(row) != set(COLUMNS):
            raise CannotMove("The people are written in another way than this version writes them.")
        here = list(User.objects.filter(pk=row["id"]).values_list("email", flat=True))
        if here == [row["email"]]:
            continue
        if here or User.objects.filter(email=row["email"]).exists():
            reasons.append(f"The account {row['id']} collides with another account here.")
            continue
        User.objects.create(
            id=row["id"],
            email=row["email"],
            name=row["name"],
            is_active=row["is_active"] == "true",
            created_at=parse_datetime(str(row["created_at"])),
            password=make_password(None),
        )
        made.append(str(row["email"]))
    if reasons:
        raise CannotMove(*reasons)
    return made
