"""The addresses under which calendar programs read a person's meetings."""

from django.db import transaction
from django.utils import timezone

from cases.models import CalendarFeed
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.audit.record import record

#: How many addresses a person has at a time: one for each device [INT].
MOST = 5


@transaction.atomic
def make(*, by: User) -> tuple[CalendarFeed, str]:
    """A new address of `by` in the current institution.

    Returns:
        The feed, and its secret: shown once, kept only as a hash.

    Raises:
        Refused: the person has as many as there may be.
    """
    # The person's row is locked, so that two clicks at once count each other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if CalendarFeed.objects.filter(person=by, revoked_at=None).count() >= MOST:
        message = f"You have {MOST} addresses. Revoke one that you no longer need first."
        raise Refused(message)
    secret = new_secret()
    feed = CalendarFeed.objects.create(person=by, secret_hash=hash_of(secret))
    record(action="calendar.made", subject=feed, by=by)
    return feed, secret


@transaction.atomic
def revoke(*, feed: CalendarFeed, by: User) -> CalendarFeed:
    """End an address at once; one that is revoked already stays as it is."""
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record(action="calendar.revoked", subject=feed, by=by)
    return feed
