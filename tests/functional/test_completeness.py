"""What is missing is asked for and accepted in its row; the worklist and the data set follow."""

import pytest
from playwright.sync_api import Browser, expect

from cases.models import GapAcceptance, GapRequest
from cases.services import data_set_items, gaps
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago, make_complete_case
from tests.factories.people import add_member
from tests.functional.conftest import sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cora(north):
    """A coordinator who may also choose what is asked for."""
    return add_member(
        north, "COORDINATOR", "BOARD_CHAIR", email="cora@north.example", name="Cora Nottareal"
    )


@pytest.fixture
def stale_case(north, cora):
    """A case of which only the CT is too old."""
    with institution_scope(north):
        return make_complete_case(by=cora, performed_on=days_ago(70))


@pytest.fixture
def home(live_server, stale_case):
    """The institution's address."""
    return f"{live_server.url}/i/north"


def test_a_gap_is_asked_for_and_accepted_in_its_row(north, home, stale_case, page, shoot):
    sign_in(page, f"{home}/cases/{stale_case.pk}/completeness/")
    row, form = (page.locator(f"#{name}-surveillance-imaging") for name in ("item", "form"))
    expect(page.get_by_text("Not ready, 1 gap")).to_be_visible()

    row.get_by_role("link", name="Ask for").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_label("Asked of")).to_be_focused()
    form.get_by_label("Asked of").fill("Dr. Patel")
    form.get_by_label("Asked on").fill("soon")
    form.get_by_role("button", name="Note who was asked").click()
    expect(form.get_by_text("Enter a date like 21 Nov 2026.").first).to_be_visible()
    shoot(page, "completeness-form")
    form.get_by_label("Asked on").fill("2026-01-12")
    form.get_by_role("button", name="Note who was asked").click()
    expect(row.get_by_text("asked 12 Jan 2026")).to_be_visible()

    row.get_by_role("link", name="Accept").click()
    form.get_by_label("Why the board can decide").fill("Stable for years")
    form.get_by_role("button", name="Accept the gap").click()
    expect(page.get_by_text("Ready, gaps accepted")).to_be_visible()
    expect(row.get_by_text("accepted by Cora Nottareal")).to_be_visible()
    shoot(page, "completeness")
    with institution_scope(north):
        assert GapRequest.objects.get().asked_of == "Dr. Patel"
        assert GapAcceptance.objects.get().reason == "Stable for years"

    row.get_by_role("button", name="Withdraw acceptance").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Not ready, 1 gap")).to_be_visible()


def test_the_same_forms_work_without_a_script(home, stale_case, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, f"{home}/cases/{stale_case.pk}/completeness/")
    page.locator("#item-surveillance-imaging").get_by_role("link", name="Accept").click()
    page.get_by_label("Why the board can decide").fill("Stable for years")
    page.get_by_role("button", name="Accept the gap").click()
    expect(page.get_by_text("Ready, gaps accepted")).to_be_visible()
    context.close()


def test_the_worklist_keeps_its_filters_in_the_address(north, cora, home, page, shoot):
    with institution_scope(north):
        bare = make_case(by=cora, family_name="Lopez")
        gaps.ask(case=bare, item="ki67", asked_of="Dr. Weber", asked_on=days_ago(3), by=cora)
    sign_in(page, f"{home}/gaps/")
    expect(page.get_by_role("row")).to_have_count(6)
    shoot(page, "gaps")
    page.get_by_label("Who is asked").select_option("Pathology")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/gaps/?asked_of=pathology")
    expect(page.get_by_role("row")).to_have_count(3)
    page.reload()
    expect(page.get_by_label("Who is asked")).to_have_value("pathology")
    page.get_by_role("link", name="Lopez, Ana").first.click()
    page.wait_for_url("**/completeness/#item-*")


def test_the_default_stands_beside_the_own_choice(north, cora, home, page, shoot):
    with institution_scope(north):
        data_set_items.add(
            item="staging-imaging",
            scenario="SC-01",
            is_required=True,
            max_age_weeks=6,
            asked_of="coordinator",
            reason="Our surgeons want it newer",
            by=cora,
        )
    sign_in(page, f"{home}/settings/minimum-data-set/")
    row = page.get_by_role("row").filter(has_text="Staging CT or MRI")
    expect(row.get_by_text("At most 8 weeks old")).to_be_visible()
    expect(row.get_by_text("At most 6 weeks old")).to_be_visible()
    shoot(page, "data-set")
    row.get_by_role("link", name="Change").click()
    page.get_by_label("At most weeks old").fill("7")
    shoot(page, "data-set-choice")
    page.get_by_role("button", name="Save choice").click()
    expect(row.get_by_text("At most 7 weeks old")).to_be_visible()
    row.get_by_role("link", name="Reset to default").click()
    page.get_by_label("Reason").fill("The default is enough")
    page.get_by_role("button", name="Reset to default").click()
    expect(row.get_by_text("as the default")).to_be_visible()
