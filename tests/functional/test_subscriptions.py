"""What is followed over FHIR, seen in a real browser, and switched off."""

import pytest
from playwright.sync_api import expect

from cases.models import WebhookDelivery
from cases.models.event import EventKind
from cases.models.subscription import Content
from cases.services.subscriptions import writing
from cases.services.subscriptions.writing import Wish
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.functional.conftest import sign_in
from tests.integration.webhooks.work import work
from tests.receivers import receiving, status
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_subscription_that_fails_is_seen_and_switched_off(
    page, live_server, north, settings, shoot
):
    settings.WEBHOOK_NETWORKS = "north=127.0.0.0/8"
    settings.WEBHOOK_PLAIN_HOSTS = "north=127.0.0.1"
    ada = add_member(
        north, "ADMINISTRATOR", "COORDINATOR", email="cora@north.example", name="Cora Nottareal"
    )
    with receiving() as receiver:
        with institution_scope(north):
            meeting = make_meeting(by=ada)
            wish = Wish(
                kind=EventKind.CASE_LISTED,
                address=receiver.address,
                content=Content.ID_ONLY,
                reason="To follow the board",
                filters={"board": meeting.board_id},
            )
            writing.add(wish=wish, by=ada)
        work(north)
        receiver.answer = status(500)
        with institution_scope(north):
            make_item(by=ada, meeting=meeting, case=make_case(by=ada))
            WebhookDelivery.objects.filter(event__isnull=False).update(attempts=12)
        work(north)
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/i/north/settings/webhooks/")
        shoot(page, "webhooks-subscriptions")
        page.get_by_role("link", name="A case was put on a list").click()
        expect(page.get_by_role("heading", name="Given up: 1")).to_be_visible()
        shoot(page, "subscription")
        receiver.answer = status(204)
        page.get_by_role("button", name="Send all anew").click()
        work(north)
        page.reload()
        expect(page.get_by_role("heading", name="Given up: 1")).to_be_hidden()
        page.get_by_role("button", name="Switch off").click()
        page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("The subscription is switched off.")).to_be_visible()
        expect(page.get_by_role("button", name="Switch off")).to_have_count(0)
