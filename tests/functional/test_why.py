"""The reasons of one line open under it; without a script the same link leads to their page."""

import datetime

import pytest
from playwright.sync_api import Browser, expect

from cases.services import results
from tests.factories.cases import FEASIBLE, make_case, make_study
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Progression of treated liver metastases; nobody knows of an earlier PRRT.
PROGRESSION = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
    "prior_prrt": "unknown",
}


@pytest.fixture
def address(live_server, north, cora):
    """The page of a case whose newest study shows progression."""
    with institution_scope(north):
        case = make_case(by=cora, **PROGRESSION)
        study = make_study(
            case=case,
            by=cora,
            procedure="MRI_AP_WWO",
            performed_on=datetime.date(2026, 9, 12),
        )
        results.enter(study=study, outcome="progression", new_lesions=True, by=cora)
    return f"{live_server.url}/i/north/cases/{case.pk}/"


def test_the_reasons_open_under_their_line_and_close_again(address, page, shoot):
    sign_in(page, address)
    place = page.locator("#why-missing-prior_prrt")
    place.get_by_role("link", name="Why?").focus()
    page.keyboard.press("Enter")

    expect(place.get_by_text("Wanted by what follows this result")).to_be_visible()
    expect(place.get_by_text("Shown: Evaluate for PRRT.")).to_be_visible()
    expect(place.get_by_text("Entered by Cora Nottareal")).to_be_visible()
    assert page.url == address
    expect(place.locator("summary").first).to_be_focused()
    shoot(page, "why-on-the-case-page")
    page.keyboard.press("Enter")
    expect(place.get_by_text("Wanted by what follows this result")).to_be_hidden()


def test_the_page_of_reasons_stays_within_the_screen(address, page, shoot):
    sign_in(page, address)
    page.goto(f"{address}why/")
    expect(page.get_by_role("heading", name="Why this answer")).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    shoot(page, "why")


def test_without_a_script_the_link_leads_to_the_line(address, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.locator("#why-board-E-03").get_by_role("link", name="Why?").click()

    expect(page.get_by_role("heading", name="Why this answer")).to_be_visible()
    assert page.url.endswith("/why/#board-E-03")
    expect(page.locator("#board-E-03").get_by_text("could involve")).to_be_in_viewport()
    context.close()
