"""Searching for a patient in a real browser: found while typing, and no trace in an address."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.cases import make_case
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, north, cora, monkeypatch):
    monkeypatch.setattr("cases.web.case_list.PAGE_SIZE", 2)
    with institution_scope(north):
        for name in ("Munroe", "Munson", "Munter", "Sato"):
            make_case(by=cora, family_name=name)
    return live_server.url


def test_a_patient_is_found_and_stands_in_no_address(page: Page, site: str):
    sign_in(page, site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/i/north/cases/")
    cases = page.locator("#cases")
    expect(cases).to_contain_text("Sato")

    page.get_by_label("Name or record number").press_sequentially("mu")
    expect(cases).to_contain_text("Type at least 3 letters of each word.")
    page.get_by_label("Name or record number").press_sequentially("n")
    expect(cases).not_to_contain_text("Sato")
    expect(cases).to_contain_text("Munter")
    expect(page.get_by_label("Name or record number")).to_be_focused()

    page.get_by_role("button", name="Next").click()
    expect(cases).to_contain_text("Munroe")
    expect(cases).not_to_contain_text("Sato")
    page.get_by_label("Name or record number").press("End")
    page.get_by_label("Name or record number").press_sequentially("s")
    expect(cases).to_contain_text("Munson")
    expect(cases).not_to_contain_text("Munroe")

    page.get_by_label("Name or record number").press("Enter")
    expect(cases).to_contain_text("Munson")
    assert page.url == f"{site}/i/north/cases/"
    assert not [url for url in asked if "mu" in url.partition("/i/north")[2].lower()]
