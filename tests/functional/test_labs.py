"""Laboratory values and feasibility, entered by keyboard in a real browser."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import LabResult
from cases.services import allergies, devices
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.labs import make_lab_result
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONTH = datetime.timedelta(days=30)
PASTED = """Laboratory of 12.03.2026
Gastrin 80 pg/mL (<100)
Insulin 20
Dear colleague, the platelets follow."""


@pytest.fixture
def address(north, cora, live_server):
    """The page of the laboratory values of a case."""
    today = timezone.localdate()
    rows = [
        ("chromogranin_a", "210", "ng/mL", 13, {"upper": "100", "laboratory": "City"}),
        ("chromogranin_a", "180", "ng/mL", 7, {"upper": "100", "laboratory": "City"}),
        ("nse", "9", "ng/mL", 7, {"upper": "16.3"}),
        ("creatinine", "0.9", "mg/dL", 7, {"lower": "0.5", "upper": "1.2"}),
        ("creatinine", "110", "µmol/L", 1, {"lower": "45", "upper": "106"}),
        ("egfr", "58", "mL/min/1.73 m²", 7, {"lower": "60"}),
        ("alp", "240", "U/L", 1, {"upper": "120", "laboratory": "Country"}),
    ]
    with institution_scope(north):
        case = make_case(by=cora, **{**SURVEILLANCE, "functional_subtype": "gastrinoma"})
        for *row, months, fields in rows:
            date = (today - months * MONTH).isoformat()
            make_lab_result(case, *row, date, by=cora, **fields)
        devices.add(patient=case.patient, kind="pacemaker", mri_safety="unsafe", by=cora)
        allergies.add(
            patient=case.patient,
            substance="gadolinium_contrast",
            severity="severe",
            reaction="Anaphylaxis",
            occurred_on=datetime.date(2024, 5, 2),
            by=cora,
        )
    return f"{live_server.url}/i/north/cases/{case.pk}/"


@pytest.fixture
def signed_in(address, page: Page):
    """The browser after signing in."""
    sign_in(page, f"{address}labs/")
    expect(page.get_by_role("heading", name="Markers and laboratory")).to_be_visible()
    return page


def within_the_screen(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_panel_is_typed_and_its_trend_computed(address, signed_in, north, shoot):
    page = signed_in
    page.get_by_role("link", name="Add values").click()
    page.get_by_label("Taken on").fill(timezone.localdate().isoformat())
    value = page.get_by_label("Chromogranin A", exact=True)
    value.focus()
    page.keyboard.type("345")
    # Enter leads to the next field: a half-typed panel is not saved.
    page.keyboard.press("Enter")
    expect(value).not_to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The value was added.")).to_be_visible()
    row = page.locator("#chromogranin_a")
    expect(row.get_by_text("Rising")).to_be_visible()
    expect(row.get_by_text("+91.7 %")).to_be_visible()
    expect(row.get_by_text("3.5 x ULN")).to_be_visible()
    shoot(page, "labs")
    within_the_screen(page)
    with institution_scope(north):
        assert LabResult.objects.filter(analyte="chromogranin_a").count() == 3
        assert LabResult.objects.latest("entered_at").upper_limit == 100


def test_a_grid_with_an_error_keeps_what_was_typed(address, signed_in, shoot):
    page = signed_in
    page.goto(f"{address}labs/new/?panel=organs")
    page.get_by_label("Creatinine", exact=True).fill("9000")
    page.get_by_role("button", name="Save values").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Creatinine", exact=True)).to_have_value("9000")
    shoot(page, "labs-new")
    within_the_screen(page)


def test_pasted_values_are_checked_and_saved(address, signed_in, north, shoot):
    page = signed_in
    page.get_by_role("link", name="Paste values").click()
    page.get_by_label("Laboratory values, one a line").fill(PASTED)
    page.get_by_role("button", name="Read values").click()
    expect(page.get_by_text("Dear colleague, the platelets follow.")).to_be_visible()
    shoot(page, "labs-pasted")
    within_the_screen(page)
    page.get_by_label("Insulin: unit").fill("uU/mL")
    page.get_by_role("button", name="Save values").click()
    expect(page.get_by_text("2 values were added.")).to_be_visible()
    with institution_scope(north):
        assert LabResult.objects.get(analyte="insulin").unit == "µU/mL"


def test_what_stands_in_the_way_is_seen_at_once(address, signed_in, shoot):
    page = signed_in
    page.goto(f"{address}feasibility/")
    expect(page.get_by_text("In place and MR unsafe: Pacemaker").first).to_be_visible()
    expect(page.get_by_text("(30 weeks old)")).to_be_visible()
    shoot(page, "feasibility")
    within_the_screen(page)
