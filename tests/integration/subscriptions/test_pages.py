"""Subscriptions on the pages of webhooks: who follows what, switched off, sent anew."""

import html

import pytest

from cases.models import WebhookDelivery
from cases.services.webhooks import deliveries
from tests.factories.people import add_member
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import work
from tests.receivers import status
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ADDRESS = "/i/north/settings/webhooks/"


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


def test_who_follows_what_stands_beside_the_webhooks(browser, follower):
    assert "Nobody follows anything over FHIR." in text(browser.get(ADDRESS))
    made = follower.follow()
    page = text(browser.get(ADDRESS))
    host = follower.receiver.address.split("/")[2]
    for word in ("EHR", "A case was put on a list", host, "Active"):
        assert word in page
    # It is no webhook, and opens as none.
    assert "No system is told of anything." in page
    assert browser.get(f"{ADDRESS}{follower.row().endpoint_id}/").status_code == 404
    one = text(browser.get(f"{ADDRESS}subscriptions/{made['id']}/"))
    assert "swordfish" not in page + one
    assert "Ids" in one


def test_an_administrator_switches_one_off(browser, follower, institution, coordinator):
    made = follower.follow()
    place = f"{ADDRESS}subscriptions/{made['id']}/"
    page = text(browser.post(f"{place}off/", follow=True))
    assert "The subscription is switched off." in page
    assert follower.read(made["id"])["status"] == "off"
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got == []


def test_what_was_given_up_is_sent_anew(browser, follower, institution, coordinator):
    made = follower.follow()
    follower.receiver.answer = status(500)
    with institution_scope(institution):
        for _ in range(2):
            list_case(coordinator)
        WebhookDelivery.objects.filter(event__isnull=False).update(
            attempts=deliveries.MOST_ATTEMPTS - 1
        )
    work(institution)
    place = f"{ADDRESS}subscriptions/{made['id']}/"
    assert "Given up: 2" in text(browser.get(place))
    follower.receiver.answer = status(204)
    with institution_scope(institution):
        one = WebhookDelivery.objects.filter(state="dead").first()
    assert "sent anew" in text(browser.post(f"{place}replay/{one.pk}/", follow=True))
    again = text(browser.post(f"{place}replay/{one.pk}/", follow=True))
    assert "was not given up" in again
    assert "All of them are sent anew." in text(browser.post(f"{place}replay/", follow=True))
    work(institution)
    assert {state for _, state, _ in follower.deliveries()} == {"delivered"}


def test_others_see_nothing_of_it(client, follower, institution, coordinator, other_institution):
    """ASVS v5.0.0-8.2.1."""
    made = follower.follow()
    place = f"{ADDRESS}subscriptions/{made['id']}/"
    client.force_login(coordinator)
    for address in (place, f"{place}off/", f"{place}replay/"):
        assert client.post(address).status_code in (403, 405)
    stranger = add_member(other_institution, "ADMINISTRATOR", email="s@south.example", name="Sam")
    client.force_login(stranger)
    theirs = place.replace("/north/", "/south/")
    assert client.get(theirs).status_code == 404
    assert client.post(f"{theirs}off/").status_code == 404
    assert follower.read(made["id"])["status"] == "active"
