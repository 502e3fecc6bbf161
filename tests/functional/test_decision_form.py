"""Writing a decision in a browser: few actions, and nothing typed is lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.models import AgendaItem, Decision, DecisionDraft, FormDraft
from cases.services import agendas, attendances
from cases.services.decision_drafts import save_draft
from tests.factories.boards import bring_near, make_item, make_meeting
from tests.factories.completeness import make_complete_case
from tests.factories.people import PASSWORD, add_member
from tests.functional.conftest import Shoot, sign_in
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carl(north: Institution) -> User:
    """A chair, who writes and signs."""
    return add_member(north, "BOARD_CHAIR", email="carl@north.example", name="Carl Nottareal")


@pytest.fixture
def item(north: Institution, cora: User) -> AgendaItem:
    """A case before a board, somebody present."""
    with institution_scope(north):
        meeting = bring_near(make_meeting(by=cora))
        item = make_item(by=cora, meeting=meeting, case=make_complete_case(by=cora))
        attendances.note_present(
            meeting=item.meeting, name="Nina Nottareal", specialty_code="nuclear_medicine", by=cora
        )
    return item


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose console may complain: here lines break and two people write at once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def form(live_server, page: Page, carl: User, item: AgendaItem) -> Callable[[], Page]:
    """Opens the page of the decision, signed in."""
    sign_in(page, f"{live_server.url}/i/north/agenda/{item.pk}/", "carl@north.example")
    expect(page.get_by_role("heading", name="Decision", exact=True)).to_be_visible()

    def again() -> Page:
        page.goto(f"{live_server.url}/i/north/agenda/{item.pk}/")
        return page

    return again


def test_three_actions_beside_free_text(
    north: Institution, item: AgendaItem, form: Callable[[], Page], page: Page, shoot: Shoot
):
    shoot(page, "decision-empty")
    actions = 0

    page.keyboard.press("a")
    actions += 1
    expect(page.get_by_label("Recommendation 1, In words")).to_have_value(
        "Keep the surveillance schedule."
    )
    expect(page.get_by_role("textbox", name="Rationale")).to_be_focused()
    page.keyboard.type("No sign of recurrence.")
    shoot(page, "decision-taken-over")

    page.keyboard.press("Control+Enter")
    actions += 1
    expect(page.get_by_label("Your password")).to_be_focused()

    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    actions += 1
    expect(page.get_by_text("The decision is signed.")).to_be_visible()
    assert actions == 3
    with institution_scope(north):
        signed = Decision.objects.get(agenda_item=item)
        assert signed.rationale == "No sign of recurrence."
        assert signed.concordance == "concordant"
        (asked,) = signed.recommendations.all()
        assert (asked.kind, asked.intent) == ("imaging", "surveillance")
        assert asked.due_on is not None


def test_an_option_is_one_action_more(
    north: Institution, carl: User, form: Callable[[], Page], page: Page, live_server, shoot: Shoot
):
    """What the source only lists, the board chooses: three actions, and one for each option."""
    with institution_scope(north):
        item = make_item(by=carl, meeting=make_meeting(by=carl))
    page.goto(f"{live_server.url}/i/north/agenda/{item.pk}/")

    page.keyboard.press("a")
    expect(page.get_by_role("textbox", name="Rationale")).to_be_focused()
    expect(page.get_by_label("Recommendation 2, Which")).to_have_value("PET_DOTATATE")
    expect(page.get_by_label("Recommendation 3, Kind")).to_have_count(0)
    page.get_by_role("button", name="Add: Evaluate for PRRT").click()

    expect(page.get_by_label("Recommendation 3, Which")).to_have_value("OPT-PRRT")
    expect(page.get_by_role("button", name="Added: Evaluate for PRRT")).to_be_visible()
    shoot(page, "decision-option-picked")


def draft_of(north: Institution, item: AgendaItem) -> DecisionDraft | None:
    """What is saved for all."""
    with institution_scope(north):
        return DecisionDraft.objects.filter(agenda_item=item).first()


def test_what_is_typed_is_saved_within_seconds(
    north: Institution, item: AgendaItem, form: Callable[[], Page], page: Page
):
    page.get_by_role("textbox", name="Rationale").fill("Half a thou")
    page.get_by_label("Recommendation 1, Kind").select_option("referral")
    expect(page.get_by_text("Saved ")).to_be_visible()
    expect(page.locator("#decision-form")).to_have_attribute("data-draft-state", "kept")

    # The session is lost, the page is opened again: nothing was.
    page = form()
    expect(page.get_by_role("textbox", name="Rationale")).to_have_value("Half a thou")
    assert draft_of(north, item).rationale == "Half a thou"


def test_what_got_no_answer_is_sent_again(
    north: Institution, item: AgendaItem, form: Callable[[], Page], page: Page
):
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Rationale").fill("Typed while the line was down.")
    expect(page.get_by_text("No answer from the server")).to_be_visible()

    page.context.set_offline(False)

    expect(page.get_by_text("Saved ")).to_be_visible()
    assert draft_of(north, item).rationale == "Typed while the line was down."


def test_a_case_that_is_taken_off_meanwhile(
    north: Institution,
    carl: User,
    item: AgendaItem,
    form: Callable[[], Page],
    page: Page,
    shoot: Shoot,
):
    with institution_scope(north):
        agendas.take_off(item=AgendaItem.objects.get(pk=item.pk), by=carl)

    page.get_by_role("textbox", name="Rationale").fill("Half a thou")
    expect(page.get_by_text("What you typed is kept for you.")).to_be_visible()
    expect(page.get_by_text("You are signed out")).to_have_count(0)

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_role("heading", name="This case was taken off the list")).to_be_visible()
    expect(page.get_by_label("What you typed, to copy")).to_have_value(re.compile("Half a thou"))
    shoot(page, "decision-taken-off")


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "The server has this page for you no longer"), (401, "You are signed out")],
)
def test_what_is_gone_is_told_from_being_signed_out(
    form: Callable[[], Page], page: Page, status: int, said: str
):
    page.route("**/autosave/", lambda route: route.fulfill(status=status))

    page.get_by_role("textbox", name="Rationale").fill("Half a thou")

    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("stays on this page")).to_be_visible()


def test_two_who_write_see_both_and_lose_nothing(
    north: Institution, carl: User, item: AgendaItem, form: Callable[[], Page], page: Page
):
    with institution_scope(north):
        save_draft(item=item, rationale="The other one's.", recommendations=(), by=carl)

    page.get_by_role("textbox", name="Rationale").fill("Mine.")

    expect(page.get_by_text("What is saved now")).to_be_visible()
    expect(page.get_by_text("The other one's.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Rationale")).to_have_value("Mine.")
    with institution_scope(north):
        assert FormDraft.objects.get().fields["rationale"] == ["Mine."]

    page.get_by_role("button", name="Replace it with mine").click()
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert draft_of(north, item).rationale == "Mine."
    with institution_scope(north):
        assert not FormDraft.objects.exists()


def test_what_could_not_be_saved_is_offered_again(
    north: Institution, item: AgendaItem, form: Callable[[], Page], page: Page
):
    page.get_by_role("textbox", name="Rationale").fill("Typed.")
    page.get_by_label("Recommendation 1, In words").fill("Wait and see.")
    page.locator("#details-0").click()
    page.get_by_label("Recommendation 1, Due on").fill("3/4/2030")
    expect(page.get_by_text("could be 3 Apr 2030 or 4 Mar 2030")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())

    page = form()
    page.get_by_role("button", name="Restore it").click()

    expect(page.get_by_role("textbox", name="Rationale")).to_have_value("Typed.")
    page.locator("#details-0").click()
    expect(page.get_by_label("Recommendation 1, Due on")).to_have_value("3/4/2030")
