"""Adding a webhook in a real browser, trying it, and seeing what became of it."""

import pytest
from playwright.sync_api import expect

from cases.models import WebhookDelivery
from tests.factories.boards import make_item
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.functional.conftest import sign_in
from tests.integration.webhooks.work import work
from tests.receivers import receiving, status
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_webhook_is_added_tried_and_its_dead_letters_are_sent_anew(
    page, live_server, north, settings, shoot
):
    settings.WEBHOOK_NETWORKS = "north=127.0.0.0/8"
    settings.WEBHOOK_PLAIN_HOSTS = "north=127.0.0.1"
    ada = add_member(
        north, "ADMINISTRATOR", "COORDINATOR", email="cora@north.example", name="Cora Nottareal"
    )
    with receiving() as receiver:
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/i/north/settings/webhooks/")
        page.get_by_role("link", name="Add a webhook").click()
        page.get_by_label("Which system is it?").fill("EHR of North")
        page.get_by_label("Address").fill(receiver.address)
        page.get_by_label("A case was put on a list").check()
        page.get_by_label("A decision was signed").check()
        page.get_by_role("button", name="Add the webhook").click()
        expect(page.get_by_role("heading", name="Copy the secret now")).to_be_visible()
        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_text("A test is on its way.")).to_be_visible()
        receiver.next = [status(204)]
        receiver.answer = status(500)
        work(north)
        with institution_scope(north):
            make_item(by=ada, case=make_case(by=ada))
            WebhookDelivery.objects.filter(state="waiting").update(attempts=12)
        work(north)
        page.reload()
        expect(page.get_by_role("heading", name="Given up: 1")).to_be_visible()
        shoot(page, "webhook")
        receiver.answer = status(204)
        page.get_by_role("button", name="Send all anew").click()
        work(north)
        page.reload()
        expect(page.get_by_role("heading", name="Given up: 1")).to_be_hidden()
        assert receiver.types == ["webhook.test", "case.listed", "case.listed"]
        page.goto(f"{live_server.url}/i/north/settings/webhooks/")
        expect(page.get_by_role("cell", name="Active")).to_be_visible()
        shoot(page, "webhooks")
