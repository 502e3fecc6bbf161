"""The guidance library in a real browser: from the contents to an answer that nobody keeps."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.functional.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, cora):
    return live_server.url


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("radiogroup", name=question).get_by_text(answer, exact=True).click()


def test_a_reader_walks_the_library_and_tries_the_guidance(page: Page, site: str, shoot):
    sign_in(page, site)
    page.get_by_role("navigation", name="Primary").get_by_role("link", name="Guidance").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Imaging guidance")
    shoot(page, "library-contents")

    page.get_by_role("link", name="Initial staging for distant disease").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Initial staging for distant disease")
    expect(page.locator("#MRI_AP_WWO")).to_contain_text("Usually Appropriate")
    shoot(page, "library-scenario")
    page.locator("#MRI_AP_WWO").get_by_role("link", name="002 L7").click()
    expect(page).to_have_url(re.compile(r"/guidance/sources/#source-002$"))
    expect(page.locator("#source-002")).to_contain_text("Initial staging")

    page.get_by_label("Search the guidance").fill("W-CHEST")
    page.get_by_label("Search the guidance").press("Enter")
    page.locator(".results").get_by_role("link", name="The lungs are not covered").click()
    expect(page).to_have_url(re.compile(r"/guidance/checks/#W-CHEST$"))
    expect(page.locator("#W-CHEST")).to_be_in_viewport()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Try it").click()
    page.get_by_label("What should imaging answer?").select_option("distant_staging")
    page.get_by_label("How old is the patient?").fill("abc")
    page.get_by_role("button", name="Assess").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#id_age_years_error")).to_contain_text("Enter a whole number")
    expect(page.get_by_label("How old is the patient?")).to_have_value("abc")

    page.get_by_label("How old is the patient?").fill("61")
    page.get_by_label("Where did the tumor arise?").select_option("pancreas")
    page.get_by_role("button", name="Assess").click()
    answer = page.locator("#answer")
    expect(answer).to_contain_text("Not enough is known")
    expect(answer).to_contain_text("Has definitive treatment been given?")
    choose(page, "Has definitive treatment been given?", "No")
    page.get_by_role("button", name="Assess").click()
    page.get_by_label("What is the diagnosis based on?").select_option("pathology_confirmed")
    page.get_by_role("button", name="Assess").click()
    expect(
        answer.get_by_role("heading", name="Initial staging for distant disease")
    ).to_be_visible()
    expect(answer).to_contain_text("MRI abdomen and pelvis without and with IV contrast")

    page.get_by_role("button", name=re.compile("^Feasibility and contraindications")).click()
    choose(page, "Is MRI contraindicated?", "Yes")
    page.get_by_role("button", name="Assess").first.click()
    expect(answer).to_contain_text("SUB-01: MRI is contraindicated")
    shoot(page, "library-try")

    link = page.get_by_label("Link to share").input_value()
    assert link.endswith("/guidance/2026.1/scenarios/SC-01/")
    assert not [url for url in asked if "61" in url.partition("/guidance")[2]]
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Initial staging for distant disease")
