"""From the ranked queue to a list, one case by protocol, and its audit, in a browser."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cases.models import AgendaItem, Candidacy, ProtocolAudit
from cases.services import cases
from tests.factories.boards import make_asking_case, make_meeting
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member
from tests.factories.standards import make_settled_case, make_standard, sign_by_protocol
from tests.functional.conftest import SCREENSHOTS, Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_queue_leads_to_a_list(live_server, north, cora, page: Page, shoot: Shoot):
    add_member(north, "BOARD_CHAIR", email="cora@north.example", name="Cora Nottareal")
    other = add_member(north, "BOARD_CHAIR", email="chris@north.example", name="Chris Nottareal")
    with institution_scope(north):
        standard = make_standard(by=cora, name="Surveillance after resection")
        meeting = make_meeting(by=cora, board=standard.board)
        signed = sign_by_protocol(by=cora, standard=standard, signer=other)
        settled = make_settled_case(by=cora)
        asking = make_asking_case(by=cora, family_name="Okafor")
        waits = timezone.localdate() - datetime.timedelta(days=25)
        Candidacy.objects.filter(case=asking).update(begins_on=waits)
        worse = make_case(by=cora, family_name="Lindqvist")
        make_study(case=worse, by=cora, outcome="progression")
        cases.change(case=worse, board_question="Resect or treat?", by=cora)
        audit = ProtocolAudit.objects.get(decision=signed)
    root = f"{live_server.url}/i/north"
    sign_in(page, f"{root}/queue/")

    expect(page.get_by_text("48 = 25 positive + 20 guidance + 3 weeks waiting")).to_be_visible()
    page.locator(".queue-why summary").first.press("Enter")
    expect(page.get_by_text("Progression, MRI of 12 Jan 2026")).to_be_visible()
    for name, path in (
        ("candidates-queue", "queue/"),
        ("candidates-standards", f"boards/{standard.board_id}/standards/"),
        ("candidates-standard", f"standards/{standard.pk}/"),
        ("candidates-audits", "protocol-audits/"),
        ("candidates-audit", f"protocol-audits/{audit.pk}/"),
        ("candidates-overview", ""),
    ):
        page.goto(f"{root}/{path}")
        if name == "candidates-queue":
            page.locator(".queue-why summary").first.press("Enter")
        shoot(page, name)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    page.goto(f"{root}/queue/")
    page.pdf(prefer_css_page_size=True, path=SCREENSHOTS / "queue.pdf")
    for case in (worse, asking):
        page.locator(f"#case-{case.pk}").check()
    page.get_by_label("Put the ticked cases on").select_option(str(meeting.pk))
    page.get_by_role("button", name="Put on", exact=True).click()
    expect(page.get_by_text("2 cases are on the list.")).to_be_visible()
    page.locator(f"#case-{settled.pk}").check()
    page.get_by_label("Put the ticked cases on").select_option(str(meeting.pk))
    page.get_by_role("button", name="Put on, settled by protocol").click()
    expect(page.get_by_text("No case asks for the board")).to_be_visible()
    page.goto(f"{root}/meetings/{meeting.pk}/")
    expect(page.get_by_role("button", name="Discuss it after all")).to_be_visible()
    shoot(page, "candidates-meeting")
    with institution_scope(north):
        reasons = AgendaItem.objects.filter(meeting=meeting).order_by("position")
        assert [item.listed_because for item in reasons][:2] == ["result", "result"]
