"""One agenda item in one screen, beside the decision, alone, and on paper."""

import datetime
import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cases.services import devices, results, treatments
from tests.factories.boards import make_item
from tests.factories.cases import FEASIBLE, make_case
from tests.factories.labs import make_lab_result
from tests.factories.lesions import make_course
from tests.factories.people import add_member, make_institution
from tests.factories.rich_item import make_rich_item
from tests.functional.conftest import SCREENSHOTS, Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Follow-up of treated disease of the liver (SC-05).
FOLLOW_UP = {
    **FEASIBLE,
    "ki67_percent": 8,
    "functional_status": "non_functioning",
    "sstr_result": "positive",
    "clinical_question": "treatment_followup",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "prior_prrt": "unknown",
    "metastases_known": True,
    "metastatic_sites": ["liver"],
    "liver_burden_percent": 20,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
    "distant_metastasis": True,
}

#: What a board asks for in the first minute, by its heading.
HEADINGS = (
    "Question for the board",
    "Key numbers",
    "Missing or too old",
    "Imaging: current and previous",
    "Timeline",
    "Guidance",
    "What follows each result",
)
#: What is in sight beside the decision too; the rest stands below it, with a link at the top.
BESIDE = tuple(name for name in HEADINGS if name not in ("Missing or too old", "Timeline"))


@pytest.fixture
def item(live_server, transactional_db, settings):
    """A full case on a list."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    north = make_institution(slug="north", name="North Hospital")
    add_member(north, "BOARD_CHAIR", email="cora@north.example", name="Cora Nottareal")
    cora = add_member(north, "COORDINATOR", email="coco@north.example", name="Coco Nottareal")
    with institution_scope(north):
        case = make_case(by=cora, **FOLLOW_UP)
        given = (
            {"type": "SSA", "agent": "lanreotide", "start": datetime.date(2022, 9, 1)},
            {"type": "TACE", "target": "right lobe", "start": datetime.date(2024, 11, 12)},
        )
        for row in given:
            treatments.add(case=case, by=cora, ongoing=row["type"] == "SSA", **row)
        make_lab_result(case, "chromogranin_a", "320", "ng/mL", "2025-10-02", by=cora)
        _, made = make_course(case, 40, 36, 52, by=cora, modality="MRI")
        summary = "Two of the three target lesions in segments VI and VII have grown."
        for study, outcome in zip(made, ("stable", "stable", "progression"), strict=True):
            words = summary if outcome == "progression" else ""
            results.enter(study=study, outcome=outcome, summary=words, by=cora)
        devices.add(patient=case.patient, kind="pacemaker", mri_safety="unsafe", by=cora)
        case.refresh_from_db()
        return make_item(by=cora, case=case, question="PRRT, or another systemic therapy?")


@pytest.fixture
def address(live_server, item):
    return f"{live_server.url}/i/north/agenda/{item.pk}/"


def bottom(page: Page, name: str) -> float:
    """Where a heading of the screen ends."""
    words = re.compile(rf"^{re.escape(name)}( \(\d+\))?$")
    box = page.locator("#item-screen").get_by_role("heading", name=words).bounding_box()
    assert box
    return box["y"] + box["height"]


def test_everything_is_in_sight_without_scrolling(page: Page, address, shoot: Shoot):
    sign_in(page, address)
    for name, path, headings in (
        ("item-alone", "screen/", HEADINGS),
        ("item-decision", "", BESIDE),
    ):
        page.goto(address + path)
        page.locator(".item-timeline img").evaluate("image => image.decode()")
        page.screenshot(path=SCREENSHOTS / f"{name}.png", caret="initial")
        for heading in headings:
            assert bottom(page, heading) <= 900, (name, heading)
        if name == "item-decision":
            page.get_by_role("link", name="missing or too old").click()
            missing = page.locator("#item-screen").get_by_role("heading", name="Missing or too old")
            expect(missing).to_be_in_viewport()
        shoot(page, name)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def fullest(live_server, transactional_db, settings):
    """The screen of an item with as much on it as a board sees at once."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    north = make_institution(slug="north", name="North Hospital")
    cora = add_member(north, "BOARD_CHAIR", email="cora@north.example", name="Cora Nottareal")
    with institution_scope(north):
        full = make_rich_item(by=cora, members=(cora,))
    return f"{live_server.url}/i/north/agenda/{full.pk}/screen/"


def test_the_fullest_item_fits_on_one_screen(page: Page, fullest, shoot: Shoot):
    sign_in(page, fullest)
    # Without the word of welcome.
    page.reload()
    page.locator(".item-timeline img").evaluate("image => image.decode()")
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    # It does so with all that a board must see.
    for words in ("PRRT not shown: Uptake homogeneous (No)", "Checks, not acknowledged"):
        expect(page.locator("#item-screen")).to_contain_text(words)
    shoot(page, "item-fullest")


def test_the_decision_stays_at_hand(page: Page, address):
    sign_in(page, address)
    page.goto(address)
    form = page.locator("#decision-form")
    page.get_by_role("heading", name="Treatments", exact=True).last.scroll_into_view_if_needed()
    expect(form).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("link", name="To the decision", exact=True).click()
    expect(form).to_be_in_viewport()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_screen_is_printed_on_two_pages(page: Page, address, paper):
    sign_in(page, f"{address}screen/")
    pdf = page.pdf(format=paper, path=SCREENSHOTS / f"item-{paper}.pdf")
    pages = PdfReader(io.BytesIO(pdf)).pages
    words = " ".join(sheet.extract_text() for sheet in pages)
    assert len(pages) <= 2
    for heading in HEADINGS:
        assert heading in words
    for button in ("To the decision", "Acknowledge"):
        assert button not in words
