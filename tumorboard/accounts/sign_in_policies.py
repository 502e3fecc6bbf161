"""How long a session lasts at an institution's door."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from tumorboard.accounts.models import SignInPolicy, User
from tumorboard.audit.record import record


class Limits(NamedTuple):
    """After how long without activity a session ends, and after how long in any case."""

    idle: timedelta
    absolute: timedelta


#: What an institution may choose, in minutes and hours.
IDLE_MINUTES = (5, 60)
ABSOLUTE_HOURS = (1, 24)
#: What no institution goes below: within it, its choice need not be asked for.
SHORTEST = Limits(timedelta(minutes=IDLE_MINUTES[0]), timedelta(hours=ABSOLUTE_HOURS[0]))
#: What no institution goes beyond: it holds on the pages that belong to none.
LONGEST = Limits(timedelta(minutes=IDLE_MINUTES[1]), timedelta(hours=ABSOLUTE_HOURS[1]))


def policy() -> SignInPolicy:
    """The current institution's choice; the product's where it made none."""
    return SignInPolicy.objects.first() or SignInPolicy()


def limits() -> Limits:
    """The limits at the current institution's door."""
    chosen = policy()
    return Limits(timedelta(minutes=chosen.idle_minutes), timedelta(hours=chosen.absolute_hours))


@transaction.atomic
def choose(*, idle_minutes: int, absolute_hours: int, by: User | None) -> SignInPolicy:
    """Set the current institution's limits; they hold from each person's next request on.

    Args:
        idle_minutes: 5 to 60.
        absolute_hours: 1 to 24.

    Raises:
        ValidationError: beyond the bounds.
    """
    chosen = SignInPolicy.objects.select_for_update().first() or SignInPolicy()
    chosen.idle_minutes, chosen.absolute_hours = idle_minutes, absolute_hours
    chosen.clean_fields(exclude={"institution"})
    chosen.validate_constraints(exclude={"institution"})
    chosen.save()
    record(action="sign_in_policy.chosen", subject=chosen, by=by)
    return chosen
