"""Addresses of calendars: made, and ended."""

import pytest

from cases.models import CalendarFeed
from cases.services import calendar_feeds
from cases.services.errors import Refused
from tumorboard.accounts.secret import hash_of
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_only_a_hash_is_kept(coordinator):
    feed, secret = calendar_feeds.make(by=coordinator)

    feed.refresh_from_db()
    assert feed.secret_hash == hash_of(secret)
    assert secret not in str(CalendarFeed.objects.values().get())
    assert AuditEntry.objects.get(action="calendar.made").subject_id == feed.pk


def test_a_person_has_five_at_a_time(coordinator, chair):
    feeds = [calendar_feeds.make(by=coordinator)[0] for _ in range(5)]

    with pytest.raises(Refused, match="Revoke one"):
        calendar_feeds.make(by=coordinator)

    calendar_feeds.make(by=chair)
    calendar_feeds.revoke(feed=feeds[0], by=coordinator)
    calendar_feeds.make(by=coordinator)


def test_is_revoked_once(coordinator):
    feed, _ = calendar_feeds.make(by=coordinator)

    first = calendar_feeds.revoke(feed=feed, by=coordinator).revoked_at
    again = calendar_feeds.revoke(feed=feed, by=coordinator).revoked_at

    assert first is not None
    assert again == first
    assert AuditEntry.objects.filter(action="calendar.revoked").count() == 1
