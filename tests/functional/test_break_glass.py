"""Opening a restricted record in a real browser, and closing it again."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.cases import make_case
from tests.factories.people import PASSWORD, add_member
from tests.factories.restrictions import restricted
from tests.functional.conftest import Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_opened_with_a_reason_then_closed(north, cora, live_server, page: Page, shoot: Shoot):
    """HIPAA 164.312(a)(2)(ii): whoever must see a restricted record in an emergency can."""
    chair = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")
    with institution_scope(north):
        case = make_case(by=cora)
        number = case.patient.record_number
        restricted(case, chair, by=cora)
    sign_in(page, f"{live_server.url}/i/north/break-glass/")
    page.get_by_label("Record number").fill(number)
    page.get_by_label("In words").fill("Bleeding in the ward.")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_text("Choose why you must see the record.").first).to_be_visible()
    expect(page.get_by_label("Record number")).to_have_value(number)
    shoot(page, "break-glass")
    page.get_by_label("Emergency care of this patient").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_text("A restricted record is open to you")).to_be_visible()
    expect(page.get_by_role("heading", name="Rivera, Ana")).to_be_visible()
    shoot(page, "break-glass-open")
    page.get_by_role("button", name="Close the record now").click()
    expect(page.get_by_text("The record is closed again.")).to_be_visible()
    expect(page.get_by_text("Rivera, Ana")).to_have_count(0)
