"""The accounts of an institution's people: who they are, without what they sign in with.

A password or a factor that travels would open two houses. In the new one people set a password by
the link that "Forgot your password" mails, and a second factor at their first sign-in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from tumorboard.accounts.models import User
from tumorboard.operations.moving.errors import CannotMove
from tumorboard.operations.moving.tables import line_of
from tumorboard.operations.moving.travel import Row

BOOLEANS = ("true", "false")
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


@dataclass(frozen=True)
class Arrived:
    """Whom a file named: the ids of all, and the addresses of the accounts that were made."""

    ids: frozenset[str]
    new: list[str]


def arrive(rows: Iterable[Row]) -> Arrived:
    """Make the accounts that are not here.

    Raises:
        CannotMove: an address is that of another account here, or an id that of another address,
            or a row is none that this version writes.
    """
    ids, made, reasons = set(), [], []
    for row in rows:
        if not _is_written_here(row):
            raise CannotMove("The people are written in another way than this version writes them.")
        ids.add(str(row["id"]))
        here = list(User.objects.filter(pk=row["id"]).values_list("email", flat=True))
        if here == [row["email"]]:
            continue
        if here or User.objects.filter(email=row["email"]).exists():
            reasons.append(f"The account {row['id']} collides with another account here.")
            continue
        person = User(
            id=row["id"],
            email=row["email"],
            name=row["name"],
            is_active=row["is_active"] == "true",
            created_at=parse_datetime(str(row["created_at"])),
            password=make_password(None),
        )
        try:
            person.full_clean()
        except ValidationError as error:
            wrong = ", ".join(sorted(error.message_dict))
            reasons.append(f"The account {row['id']} cannot be made here: {wrong}.")
            continue
        person.save(force_insert=True)
        made.append(str(row["email"]))
    if reasons:
        raise CannotMove(*reasons)
    return Arrived(frozenset(ids), made)


def _is_written_here(row: Row) -> bool:
    """Whether a row has the columns that `lines` writes, each as it writes it.

    An address in capitals would stand beside the same one in small letters, as another account.
    """
    if set(row) != set(COLUMNS) or None in row.values():
        return False
    email = str(row["email"])
    try:
        is_id = str(UUID(row["id"])) == row["id"]
        made = parse_datetime(str(row["created_at"]))
    except ValueError:
        return False
    is_time = made is not None and made.tzinfo is not None
    return is_id and is_time and email == email.strip().lower() and row["is_active"] in BOOLEANS
