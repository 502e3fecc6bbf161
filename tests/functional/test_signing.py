"""Signing, the record and its amendment in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import Decision
from cases.services import attendances, opinions
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from tests.factories.boards import EVERY_KIND, make_item
from tests.factories.people import PASSWORD, add_member
from tests.functional.conftest import Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def item(north, cora):
    """An item with a whole draft: opinion, dissent, alternatives."""
    add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Chair")
    with institution_scope(north):
        item = make_item(by=cora, question="Resect or treat?")
        opinions.give(item=item, text="I would wait.", specialty="radiology", by=cora)
        attendances.note_present(
            meeting=item.meeting, name="Nina Nuclear", specialty_code="nuclear_medicine", by=cora
        )
        save_draft(
            item=item,
            rationale="Receptor-positive disease.",
            recommendations=EVERY_KIND,
            conclusion=Concluded(
                concordance="deviates", deviation_reason="patient_wish", confidence="moderate"
            ),
            dissents=[Dissented("Nina Nuclear", "I would begin PRRT at once.")],
            by=cora,
        )
        return item


def test_signed_with_an_acceptance_then_amended(north, item, live_server, page: Page, shoot: Shoot):
    here = f"{live_server.url}/i/north/agenda/{item.pk}"
    sign_in(page, f"{here}/sign/", "chris@north.example")

    shoot(page, "sign")
    page.get_by_label("Why do you sign without them?").fill("They were asked by telephone.")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign decision").click()
    expect(page.get_by_text("Say why you sign all the same.").first).to_be_visible()
    expect(page.get_by_label("Why do you sign without them?")).to_have_value(
        "They were asked by telephone."
    )
    shoot(page, "sign-refused")
    page.get_by_label("Why do you sign without it?").fill("The images arrive tomorrow.")
    page.get_by_label("Why do you sign before the meeting?").fill("Agreed by telephone.")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign decision").click()
    expect(page.get_by_role("heading", name="Accepted by Chris Chair")).to_be_visible()
    shoot(page, "record")

    page.get_by_role("link", name="Amend").click()
    shoot(page, "amend")
    page.get_by_label("Why is it amended?").fill("The pathology was reread.")
    page.get_by_role("button", name="Open the next version").click()
    rationale = page.get_by_label("Rationale")
    expect(rationale).to_have_value("Receptor-positive disease.")
    rationale.fill("Receptor-positive disease, now G2.")
    shoot(page, "amending")
    page.emulate_media(media="print")
    expect(rationale).to_be_hidden()
    expect(page.locator(".on-paper")).to_contain_text("Receptor-positive disease.")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Save and go to signing").click()
    page.get_by_label("Why do you sign without them?").fill("As before.")
    page.get_by_label("Why do you sign without it?").fill("As before.")
    page.get_by_label("Why do you sign before the meeting?").fill("As before.")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign decision").click()

    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    expect(page.get_by_text("Receptor-positive disease, now G2.").first).to_be_visible()
    shoot(page, "record-amended")
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_text("Replaced by version 2.")).to_be_visible()
    shoot(page, "record-former")
    with institution_scope(north):
        assert Decision.objects.count() == 2
