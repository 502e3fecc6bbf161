"""What became of decisions, followed in a real browser."""

from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cases.models import Task
from cases.models.conclusion import Recommended
from cases.services import board_members, results, tasks
from tests.factories.boards import make_board
from tests.factories.cases import make_study
from tests.factories.tasks import CT, PET, PRRT, REFERRAL, ago, decided, tasks_of
from tests.functional.conftest import SCREENSHOTS, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def decision(north, cora):
    """A decision some of whose recommendations were carried out, and what came of them."""
    with institution_scope(north):
        board = make_board(by=cora, name="NET board")
        board_members.add(board=board, person=cora, duty="coordinator", by=cora)
        other = Recommended("imaging", "CT_AP_W", alternative_to=1)
        decision = decided(PET, other, PRRT, REFERRAL, by=cora, board=board)
        study = make_study(
            case=decision.case,
            by=cora,
            modality="PET_SSTR",
            procedure="PET_DOTATATE",
            performed_on=ago(12),
        )
        results.enter(study=study, outcome="positive", by=cora)
        _, _, prrt, referral = tasks_of(decision)
        tasks.drop(task=referral, reason="patient_wish", by=cora)
        Task.objects.filter(pk=prrt.pk).update(due_on=ago(3))
        (ct,) = tasks_of(decided(CT, by=cora, board=board, days_ago=2))
        Task.objects.filter(pk=ct.pk).update(due_on=ago(-5))
    return decision


def test_a_coordinator_closes_tasks_and_sees_the_loop(page: Page, live_server, decision, shoot):
    home = f"{live_server.url}/i/north/"
    sign_in(page, home)
    page.get_by_role("link", name="1 of your tasks is overdue").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.goto(f"{home}tasks/")
    expect(page.get_by_role("row")).to_have_count(3)
    shoot(page, "tasks")
    paper = page.pdf(prefer_css_page_size=True, path=SCREENSHOTS / "tasks.pdf")
    (sheet,) = PdfReader(BytesIO(paper)).pages
    assert sheet.mediabox.width > sheet.mediabox.height
    printed = " ".join(sheet.extract_text().split())
    assert "Whose: Mine. How far: To be done. Board: All. Page 1." in printed
    assert "NET board" in printed
    assert "Today" not in printed
    row = page.get_by_role("row", name="CT abdomen")
    row.get_by_role("button", name="Ordered").click()
    expect(row.get_by_text("Ordered", exact=True)).to_be_visible()
    expect(row.get_by_role("button", name="Ordered")).to_have_count(0)
    page.get_by_role("link", name="Evaluate for PRRT").click()
    shoot(page, "task")
    page.get_by_role("button", name="Not done").click()
    expect(page.get_by_role("link", name="Choose why it was not done.")).to_be_visible()
    shoot(page, "task-error")
    page.get_by_label("Why is it not done?").select_option("comorbidity")
    page.get_by_role("button", name="Not done").click()
    expect(page.get_by_text("Comorbidity or condition")).to_be_visible()
    page.get_by_role("link", name="What became of the decisions").click()
    expect(page.get_by_role("definition").filter(has_text="nothing")).to_be_visible()
    shoot(page, "follow-up")
    page.get_by_role("link", name="Details of the task: DOTATATE PET/CT").click()
    shoot(page, "task-matched")
    page.get_by_label("Why is it not what the task asked for?").select_option("incomplete")
    page.get_by_role("button", name="Take the match back").click()
    expect(page.get_by_text("It does not answer what was asked for.")).to_be_visible()
    shoot(page, "task-taken-back")
    page.get_by_label("Which study is what the task asked for?").select_option(index=1)
    page.get_by_role("button", name="This study").click()
    expect(page.get_by_text("(chosen by hand)")).to_be_visible()
    page.goto(f"{home}cases/{decision.case_id}/#follow-up")
    expect(page.get_by_role("heading", name="What became of the last decision")).to_be_visible()
    expect(page.locator("section", has=page.locator("#follow-up")).last).to_be_visible()
    shoot(page, "follow-up-section")
