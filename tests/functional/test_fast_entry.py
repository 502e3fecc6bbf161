"""Entering a referral without a mouse, and without losing what was typed."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, FormDraft
from cases.services import patients
from tests.functional.conftest import sign_in
from tumorboard.accounts.models import User
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: 90 seconds at 200 characters a minute.
MOST_KEYS = 300
LETTER = """Dear colleagues,

thank you for seeing Ms. Ana Nottareal, born 3 April 1961, record number N-4711, in whom a CT of
2 November 2026 showed a mass of 24 mm in the tail of the pancreas. EUS biopsy: well-differentiated
neuroendocrine tumor, Ki-67 4 %. Please advise on staging and resection.

Dr. Imaginary, 9 November 2026"""


class Keyboard:
    """A keyboard that counts: one for each key, also for each that is held with another."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def type(self, text: str) -> None:
        """Type text, letter by letter."""
        self.count += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other; "Control+V" counts as two."""
        for key in keys:
            self.count += len(key.split("+"))
            self.page.keyboard.press(key)


@pytest.fixture
def site(live_server, cora):
    return live_server.url


def is_opened(page: Page) -> None:
    """See the page of the new case, with its picture, which asks the server too."""
    page.wait_for_url(lambda url: "/cases/" in url and not url.endswith("/new/"))
    page.wait_for_load_state("networkidle")


def focused(page: Page) -> str:
    """The name of the field that has the focus."""
    return page.evaluate("document.activeElement.name")


def test_a_referral_becomes_a_case_in_few_keys_and_without_a_mouse(page, site, north, shoot):
    sign_in(page, f"{site}/i/north/")
    keys = Keyboard(page)
    keys.press("g", "n")
    page.wait_for_url("**/cases/new/")
    assert focused(page) == "referral_text"

    # What Ctrl and V do, without the clipboard, which a browser under test does not share.
    keys.count += 2
    page.keyboard.insert_text(LETTER)
    keys.press("Tab")
    for text in ("N-4711", "Nottareal", "Ana", "3apr1961"):
        keys.type(text)
        keys.press("Enter")
    assert focused(page) == "sex"
    keys.press("Tab", "Shift+Tab")  # no radio is checked but "Unknown"; the arrows choose
    keys.press("ArrowRight")
    expect(page.locator("input[name='sex']:checked")).to_have_value("female")
    keys.press("Enter")
    for text in ("Dr. Imaginary", "9nov2026", "pNET of the tail, 24 mm", "Staging? Resection?"):
        assert focused(page) in ("referred_by", "referred_on", "title", "board_question")
        keys.type(text)
        keys.press("Tab")
    assert focused(page) == "clinical_question"
    for start in ("stag", "conf", "well"):
        keys.type(start)
        keys.press("Enter")
    keys.type("4")
    shoot(page, "new-case")
    keys.press("Control+Enter")

    is_opened(page)
    print(f"a referral took {keys.count} keys")
    assert keys.count <= MOST_KEYS
    with institution_scope(north):
        case = Case.objects.select_related("patient").get()
        assert case.referral_text.splitlines() == LETTER.splitlines()
        assert case.patient.name == "Nottareal, Ana"
        assert case.patient.birth_date.isoformat() == "1961-04-03"
        facts = case.assessment.facts
        assert facts["clinical_question"] == "distant_staging"
        assert facts["diagnosis_basis"] == "pathology_confirmed"
        assert (facts["differentiation"], facts["ki67_percent"]) == ("well", 4)


def test_somebody_who_is_here_already_is_shown_while_typing(page, site, north, shoot):
    with institution_scope(north):
        by = User.objects.get()
        known = patients.add(record_number="N-4711", family_name="Nottareal", by=by)
    sign_in(page, f"{site}/i/north/")
    page.goto(f"{site}/i/north/cases/new/")
    page.get_by_label("Record number").fill("n-4711")
    page.keyboard.press("Enter")

    shown = page.locator("#duplicates")
    expect(shown).to_contain_text("A patient with this record number is here already.")
    expect(shown).to_contain_text("Nottareal")
    assert page.url.endswith("/cases/new/")
    shoot(page, "new-case-duplicate")
    shown.get_by_label("The same person as N-4711").check()
    page.get_by_label("Diagnosis in a few words").fill("Second tumor")
    page.get_by_role("button", name="Open case").click()
    is_opened(page)
    with institution_scope(north):
        assert Case.objects.get().patient == known


def test_what_was_typed_survives_a_lost_session(page, site, north, shoot):
    sign_in(page, f"{site}/i/north/")
    page.goto(f"{site}/i/north/cases/new/")
    page.get_by_label("Record number").fill("N-1")
    page.get_by_label("Diagnosis in a few words").fill("pNET of the tail")
    page.locator("input[name='sex'][value='female']").check(force=True)
    expect(page.locator(".draft-status")).to_contain_text("Draft kept")

    page.context.clear_cookies(name="sessionid")
    title = page.get_by_label("Diagnosis in a few words")
    title.fill("pNET of the tail, resected")
    trouble = page.get_by_role("alert").filter(has_text="You are signed out")
    expect(trouble).to_contain_text("stays on this page")
    expect(title).to_have_value("pNET of the tail, resected")
    shoot(page, "draft-signed-out")

    # Signed in again in another tab: the page that is still open goes on, with a fresh token.
    other = page.context.new_page()
    sign_in(other, f"{site}/i/north/")
    other.close()
    title.fill("pNET of the tail, resected in 2024")
    expect(page.locator(".draft-status")).to_contain_text("Draft kept")
    expect(trouble).to_have_count(0)

    # The tab is lost, the text is not.
    page.goto(f"{site}/i/north/cases/new/")
    offer = page.get_by_role("region", name="Text that was not saved")
    expect(offer).to_contain_text("was not saved")
    shoot(page, "draft-offered")
    offer.get_by_role("button", name="Restore it").click()
    expect(page.get_by_text("Restored: what you typed on")).to_be_visible()
    expect(page.get_by_label("Record number")).to_have_value("N-1")
    expect(title).to_have_value("pNET of the tail, resected in 2024")
    expect(page.locator("input[name='sex'][value='female']")).to_be_checked()
    page.wait_for_load_state("networkidle")

    page.get_by_role("button", name="Open case").click()
    is_opened(page)
    with institution_scope(north):
        assert Case.objects.get().title == "pNET of the tail, resected in 2024"
        assert not FormDraft.objects.exists()


def test_signing_out_keeps_what_was_just_typed_and_discarding_forgets_it(page, site, north):
    sign_in(page, f"{site}/i/north/")
    page.goto(f"{site}/i/north/cases/new/")
    page.get_by_label("Record number").fill("N-1")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/cases/new/" not in url)
    with institution_scope(north):
        assert FormDraft.objects.get().fields["record_number"] == ["N-1"]

    sign_in(page, f"{site}/i/north/")
    page.goto(f"{site}/i/north/cases/new/")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_text("Discarded.")).to_be_visible()
    with institution_scope(north):
        assert not FormDraft.objects.exists()


def test_keys_lead_about_and_can_be_switched_off(page, site, shoot):
    sign_in(page, f"{site}/i/north/")
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys")
    for words in ("g then n", "New case", "Search the cases", "Ctrl + Enter", "Alt + Page Down"):
        expect(listed).to_contain_text(words)
    shoot(page, "keys")
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)

    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cases/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/new/")

    # Typed into a field, they are letters; groups are reached with Alt.
    letter = page.get_by_label("Referral letter")
    expect(letter).to_be_focused()
    page.keyboard.type("g c ?")
    expect(letter).to_have_value("g c ?")
    expect(page.locator(".draft-status")).to_contain_text("Draft kept")
    page.keyboard.press("Alt+PageDown")
    assert focused(page) == "record_number"
    page.keyboard.press("Alt+PageDown")
    assert focused(page) == "referred_by"
    page.keyboard.press("Alt+PageUp")
    assert focused(page) == "record_number"

    page.get_by_role("heading", name="New case").click()
    page.keyboard.press("?")
    page.get_by_label("Use the keys without Ctrl or Alt").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="New case")).to_be_visible()
    assert page.url.endswith("/cases/new/")
