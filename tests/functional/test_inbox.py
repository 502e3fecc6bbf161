"""The inbox in a real browser: a message is read beside the record and accepted."""

import pytest
from playwright.sync_api import expect

from cases.models import LabResult, Study
from cases.services.intake import hl7v2, receiving, sources
from tests.factories.clients import make_client
from tests.functional.conftest import sign_in
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_report_is_read_and_accepted(live_server, page, north, cora, shoot):
    client = make_client(north, cora, granted=["system/Bundle.c"], label="Radiology system")
    with institution_scope(north):
        source = sources.source_of(client)
        sources.change(source=source, authorities=[of.AUTHORITY], rules=[], by=cora)
        open_for(of.NUMBER, by=cora)
        other = of.message("ADT^A01", of.pid("MRN-1"), control_id="A1")
        for text in (of.laboratory(), of.radiology(), other):
            raw = text.encode()
            incoming = hl7v2.incoming(raw, hl7v2.parsed(raw))
            receiving.receive(client=client, incoming=incoming)
    sign_in(page, f"{live_server.url}/i/north/inbox/")
    shoot(page, "inbox")

    page.get_by_role("row", name="Berg").last.get_by_role("link").click()
    shoot(page, "inbox-message")
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("Everything was accepted.")).to_be_visible()
    with institution_scope(north):
        assert Study.objects.count() == 1
        assert not LabResult.objects.exists()

    page.goto(f"{live_server.url}/i/north/inbox/")
    page.get_by_role("row", name="not known yet").get_by_role("link").click()
    shoot(page, "inbox-unmatched")
    page.goto(f"{live_server.url}/i/north/inbox/sources/")
    page.get_by_role("link", name="Radiology system").click()
    shoot(page, "inbox-source")
