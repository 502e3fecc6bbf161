"""The whole job in a real browser: from sign-in to the signed decision as PDF."""

import io
import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from guidance.engine.edition import load_edition
from tests.factories.people import PASSWORD, add_member
from tests.functional.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What the coordinator answers when the case page asks for it.
ANSWERS = {
    "primary_site": "pancreas",
    "resection_status": "complete",
    "residual_disease_known": "false",
    "recurrence_status": "none",
    "metastases_known": "false",
    "new_symptoms": "reviewed_none",
    "cga_trend": "normal",
    "stage_class": "early",
    "mitoses_per_10hpf": "1",
}
RESULT_ANSWERS = {"imaging_clinical_discordant": "false", "report_complex_or_subtle": "false"}


@pytest.fixture
def site(live_server, north, cora):
    add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Imaginary")
    return live_server.url


def action_text(code: str) -> str:
    """The words of an action in the current edition."""
    actions = load_edition().content["actions"]["actions"]
    return next(action["text"] for action in actions if action["code"] == code)


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()


def give(page: Page, name: str, value: str) -> None:
    """Answer one field, whatever kind it is, when no part of the page is on its way."""
    expect(page.locator("fieldset[disabled], [inert]")).to_have_count(0)
    choice = page.locator(f"input[name='{name}'][value='{value}']")
    if choice.count():
        choice.check(force=True)
    elif page.locator(f"select[name='{name}']").count():
        page.locator(f"select[name='{name}']").select_option(value)
    else:
        page.locator(f"[name='{name}_0'], [name='{name}']").first.fill(value)


def save(page: Page) -> None:
    page.locator("main form button.button-primary[type=submit]").first.click()


def follow_open_questions(page: Page, answers: dict[str, str]) -> list[str]:
    """Follow each question that stands open and has an answer here, until none is left."""
    followed: list[str] = []
    while True:
        links = page.locator(".questions a").evaluate_all("all => all.map(a => a.href)")
        names = {re.sub(r"^(fact|id)[-_]", "", urlsplit(link).fragment): link for link in links}
        todo = [name for name in names if name in answers and name not in followed]
        if not todo:
            return followed
        page.goto(names[todo[0]])
        give(page, todo[0], answers[todo[0]])
        save(page)
        followed.append(todo[0])


def open_case(page: Page, site: str) -> None:
    page.goto(f"{site}/i/north/")
    page.get_by_role("link", name="New case").first.click()
    give(page, "record_number", "N-4711")
    page.get_by_label("Family name").fill("Testperson")
    page.get_by_label("Given name").fill("Nobody")
    give(page, "birth_date", "1968-02-03")
    give(page, "sex", "male")
    page.get_by_label("Diagnosis in a few words").fill("pNET of the tail, resected")
    for name, value in {
        "clinical_question": "routine_surveillance",
        "diagnosis_basis": "pathology_confirmed",
        "differentiation": "well",
        "ki67_percent": "6",
    }.items():
        give(page, name, value)
    save(page)


def text_of(page: Page, url: str) -> str:
    """The text of a PDF, fetched as the person who is signed in."""
    response = page.request.get(url)
    assert response.status == 200
    assert response.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.body()))
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())


def test_from_sign_in_to_the_signed_decision(page, site, shoot):
    sign_in(page, site)
    shoot(page, "overview")

    # A case, completed by following its open questions.
    open_case(page, site)
    case_url = page.url
    main = page.locator("main")
    expect(main).to_contain_text("Testperson, Nobody")
    followed = follow_open_questions(page, ANSWERS)
    assert {"resection_status", "recurrence_status", "new_symptoms"} <= set(followed)
    expect(main).to_contain_text("CT abdomen and pelvis with IV contrast")
    expect(main).to_contain_text("Usually Appropriate")
    expect(main).to_contain_text("1-10 mSv")
    shoot(page, "case-before-the-study")

    # A study and its result.
    page.get_by_role("link", name="Add study").first.click()
    give(page, "modality", "CT")
    give(page, "procedure", "CT_AP_W")
    give(page, "performed_on", "2026-01-15")
    save(page)
    page.get_by_role("link", name="Enter result").first.click()
    give(page, "outcome", "positive")
    for name, value in RESULT_ANSWERS.items():
        give(page, name, value)
    shoot(page, "result")
    save(page)
    page.goto(case_url)
    expect(main).to_contain_text("question before the result", ignore_case=True)
    expect(main).to_contain_text(action_text("ACT-CONFIRM-RESTAGE"))
    shoot(page, "case-after-the-result")

    # It asks for the board; it goes on the list of the next meeting.
    page.goto(f"{site}/i/north/boards/")
    page.get_by_label("Name").first.fill("Pancreatic NET board")
    save(page)
    page.get_by_role("link", name="Plan a meeting").first.click()
    give(page, "starts_at", f"{timezone.localdate().year + 1}-01-13T14:00")
    save(page)
    page.goto(f"{site}/i/north/queue/")
    expect(main).to_contain_text("Testperson")
    shoot(page, "queue")
    main.get_by_role("link", name=re.compile("Put on with a question")).first.click()
    page.locator("[name=question]").fill("Recurrence in the liver: what next?")
    save(page)
    expect(main).to_contain_text("1 case, 0 signed")
    meeting_url = page.url
    page.get_by_role("button", name=re.compile("Present.*Chris Imaginary")).click()
    expect(page.locator("#present")).to_contain_text("Chris Imaginary")
    shoot(page, "agenda")
    agenda = text_of(page, meeting_url + "agenda.pdf")
    assert "N-4711" in agenda
    assert "Usually Appropriate" in agenda

    # The coordinator drafts, the chair signs.
    page.goto(meeting_url)
    page.locator("a[href*='/agenda/']:not([href$='.pdf'])").first.click()
    decision_url = page.url
    give(page, "recommendations-0-kind", "imaging")
    expect(page.locator("select[name='recommendations-0-code']")).to_be_visible()
    give(page, "recommendations-0-code", "PET_DOTATATE")
    page.get_by_label("Rationale").fill("A new lesion <enhances> & needs its receptor status.")
    page.get_by_role("button", name="Save draft").last.click()
    shoot(page, "decision-draft")
    sign_out(page, site)
    sign_in(page, site, "chris@north.example")
    page.goto(decision_url)
    page.get_by_role("button", name="Save and go to signing").click()
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("[name=gap_reason]").fill("The rest of the record follows on paper.")
    page.locator("[name=early_reason]").fill("Everybody agreed by telephone.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign decision").click()
    expect(main).to_contain_text("Signed")
    expect(main).to_contain_text("A new lesion <enhances> & needs its receptor status.")
    shoot(page, "decision-signed")
    record = text_of(page, decision_url + "decision.pdf")
    for words in ("N-4711", "Chris Imaginary", "DOTATATE PET/CT", "<enhances> &"):
        assert words in record
    assert "Draft, not signed" not in record
