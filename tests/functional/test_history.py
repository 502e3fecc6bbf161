"""Pathology, treatments and procedures of a case, entered through their pages."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.cases import STAGING, make_case
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server, north, cora):
    """The page of a case without specimens and treatments."""
    with institution_scope(north):
        case = make_case(by=cora, **STAGING)
    return f"{live_server.url}/i/north/cases/{case.pk}/"


def stays_within(page: Page) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def add_specimen(page: Page, *, taken_on: str, site: str, ki67: str, mitoses: str) -> None:
    page.get_by_role("link", name="Add specimen").first.click()
    page.get_by_label("How it was taken").select_option(label="Biopsy (core)")
    page.get_by_label("Where it was taken").select_option(label=site)
    page.get_by_label("Taken on").fill(taken_on)
    page.get_by_label("Ki-67").fill(ki67)
    page.get_by_label("Mitoses").fill(mitoses)
    page.get_by_label("Text of the report").fill("Well-differentiated neuroendocrine tumor.")


def test_two_specimens_whose_grades_differ(address, page, shoot):
    sign_in(page, f"{address}pathology/")
    shoot(page, "pathology-empty")
    add_specimen(page, taken_on="3 Feb 2024", site="Pancreas", ki67="1", mitoses="1")
    stays_within(page)
    shoot(page, "specimen-form")
    page.get_by_role("button", name="Save specimen").click()
    add_specimen(page, taken_on="5 May 2026", site="Liver", ki67="1", mitoses="4")
    page.get_by_role("button", name="Save specimen").click()

    expect(page.get_by_text("The grade rose from G1", exact=False)).to_be_visible()
    expect(page.get_by_text("Ki-67 1 %: G1; mitoses 4 per 10 HPF: G2.")).to_be_visible()
    stays_within(page)
    shoot(page, "pathology")
    page.goto(address)
    section = page.get_by_role("region", name="Pathology")
    expect(section.get_by_text("used by the guidance")).to_be_visible()
    shoot(page, "pathology-on-the-case-page")
    page.goto(f"{address}pathology/")

    page.get_by_role("link", name="Change the specimen of 5 May 2026").click()
    page.get_by_label("Ki-67").fill("140")
    page.get_by_role("button", name="Save specimen").click()
    expect(page.get_by_label("Ki-67")).to_have_value("140")
    shoot(page, "specimen-refused")


def test_treatments_and_procedures(address, page, shoot):
    sign_in(page, f"{address}treatments/")
    shoot(page, "treatments-empty")
    page.get_by_role("link", name="Add treatment").click()
    page.get_by_label("Treatment", exact=True).select_option(label="Surgery of the primary")
    page.get_by_label("Started on").fill("14 May 2022")
    page.get_by_label("Resection margin").select_option(label="R0, no residual tumor")
    page.get_by_role("button", name="Save treatment").click()
    page.get_by_role("link", name="Add treatment").click()
    page.get_by_label("Treatment", exact=True).select_option(label="Everolimus")
    page.get_by_label("Line").fill("2")
    page.get_by_label("Intent").select_option(label="Disease control")
    page.get_by_label("Started on").fill("1 Feb 2024")
    page.get_by_label("Ended on").fill("1 Nov 2024")
    page.get_by_label("Reason stopped").select_option(label="Progression")
    stays_within(page)
    shoot(page, "treatment-form")
    page.get_by_role("button", name="Save treatment").click()
    expect(page.get_by_text("No treatment of line 1.")).to_be_visible()

    page.get_by_role("link", name="Add procedure").click()
    page.get_by_label("Procedure").select_option(label="Pancreatoduodenectomy (Whipple)")
    page.get_by_label("Done on").fill("14 May 2022")
    shoot(page, "procedure-form")
    page.get_by_role("button", name="Save procedure").click()
    expect(page.get_by_text("Concerns it")).to_be_visible()
    expect(page.get_by_text("What the treatments suggest")).to_be_visible()
    stays_within(page)
    shoot(page, "treatments")
    page.goto(address)
    section = page.get_by_role("region", name="Treatments")
    expect(section.get_by_text("concerns liver-directed therapy")).to_be_visible()
    shoot(page, "treatments-on-the-case-page")
