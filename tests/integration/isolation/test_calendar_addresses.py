"""A secret opens the calendar of one institution and of no other."""

from django.test import Client
from django.urls import reverse

from cases.services import calendar_feeds
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope


def test_a_secret_opens_one_institutions_calendar(institution, other_institution, coordinator):
    add_member(other_institution, "COORDINATOR", email=coordinator.email, name=coordinator.name)
    with institution_scope(institution):
        _, secret = calendar_feeds.make(by=coordinator)

    def status_at(slug: str) -> int:
        return Client().get(reverse("calendar_feed", args=[slug, secret])).status_code

    assert (status_at("north"), status_at("south")) == (200, 404)
