"""What the board reads of a full record, in a browser: nothing wider than the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.boards import make_item
from tests.factories.records import make_full_case
from tests.functional.conftest import Shoot, sign_in
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_board_reads_the_record_where_it_decides(
    live_server, north, cora, page: Page, shoot: Shoot
):
    with institution_scope(north):
        item = make_item(by=cora, case=make_full_case(by=cora))
    root = f"{live_server.url}/i/north"
    sign_in(page, f"{root}/agenda/{item.pk}/")

    for name, path in (
        ("board-decides", f"agenda/{item.pk}"),
        ("board-list", f"meetings/{item.meeting_id}"),
        ("board-case", f"cases/{item.case_id}"),
    ):
        page.goto(f"{root}/{path}/")
        expect(page.get_by_text("Minor discrepancy on re-reading").first).to_be_visible()
        shoot(page, name)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
