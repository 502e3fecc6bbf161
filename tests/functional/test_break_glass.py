"""Opening a restricted record in a real browser, and closing it again."""

import pytest
from django.db.models import F
from playwright.sync_api import Browser, Page, expect

from cases.models import BreakGlass
from cases.services import break_glass
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


def test_the_minutes_run_and_what_is_typed_outlives_them(
    north, cora, live_server, browser: Browser, shoot: Shoot
):
    """HIPAA 164.312(a)(2)(ii): the record closes before the person's eyes, and no text is lost."""
    chair = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")
    with institution_scope(north):
        case = make_case(by=cora)
        restricted(case, chair, by=cora)
        break_glass.open_record(
            record_number=case.patient.record_number,
            cause="emergency",
            words="Bleeding in the ward.",
            by=cora,
        )
        patient = f"{live_server.url}/i/north/patients/{case.patient_id}/edit/"
    # A page of its own: that the record is not there any more is what the console shall say.
    page = browser.new_page()
    page.clock.install()
    sign_in(page, patient)
    bar = page.locator(".opening")
    expect(bar).to_contain_text("60 minutes more")
    # Before its script is there, the bar is as the server wrote it.
    page.wait_for_load_state()
    page.clock.fast_forward("10:00")
    expect(bar).to_contain_text("50 minutes more")
    page.clock.fast_forward("49:00")
    expect(bar).to_contain_text("1 minute more")
    name = page.get_by_label("Family name")
    name.fill("Typed in time")
    page.clock.fast_forward("02:00")
    expect(bar).to_contain_text("The time is over")
    expect(bar.get_by_role("button", name="Close the record now")).to_have_count(0)
    expect(bar.get_by_role("link", name="Open it again")).to_be_visible()
    shoot(page, "break-glass-over")
    with institution_scope(north):
        BreakGlass.objects.update(ends_at=F("began_at"))
    page.get_by_role("button", name="Save patient").click()
    expect(bar).to_contain_text("Nothing was sent")
    expect(name).to_have_value("Typed in time")
    page.close()
