"""A newer edition in a real browser: announced, compared, tried on all cases, adopted."""

import pytest
from playwright.sync_api import Page, expect

import cases.jobs  # noqa: F401 - as in a worker
from tests.factories.cases import STAGING, SURVEILLANCE, make_case
from tests.factories.editions import item, loaded, mri_less_appropriate
from tests.factories.people import add_member
from tests.functional.conftest import sign_in
from tests.integration.outbox.delivery import deliver_all
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def revise(content):
    """Changes of several kinds."""
    mri_less_appropriate(content)
    item(content["checks"]["checks"], code="W-NAMED-ONLY")["severity"] = "CAUTION"
    item(content["intervals"]["intervals"], id="FU-01")["rows"][0]["window"] = [3, 12]
    content["branches"]["branches"][0]["actions"].pop()
    content["ratings"]["ratings"]["SC-01"][0]["why"] = "Other words."


@pytest.fixture
def site(live_server, north, cora):
    add_member(north, "ADMINISTRATOR", email="ada@north.example", name="Ada Pretend")
    with institution_scope(north):
        for facts in (STAGING, SURVEILLANCE, STAGING):
            make_case(by=cora, **facts)
    loaded("2027.1", revise)
    return live_server.url


def test_an_administrator_sees_what_changes_and_adopts(page: Page, site: str, shoot):
    sign_in(page, site, "ada@north.example")
    shoot(page, "edition-announced")
    page.get_by_role("link", name="See what it changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What edition 2027.1 changes")
    expect(page.get_by_text("May be appropriate").first).to_be_visible()

    page.get_by_role("button", name="Find the cases that would change").click()
    expect(page.get_by_role("progressbar", name="Cases looked at")).to_be_visible()
    shoot(page, "edition-trial")
    deliver_all()
    expect(page.locator("#edition-trial")).to_contain_text("2 of 3 cases would change.")
    shoot(page, "edition")
    page.get_by_role("link", name="See what changes, case by case").click()
    expect(page.get_by_role("heading", name="Case 2")).to_be_visible()
    shoot(page, "edition-cases")

    page.go_back()
    page.get_by_role("link", name="Adopt edition 2027.1").click()
    page.get_by_label("Reason").fill("Reviewed by the board.")
    shoot(page, "edition-adopt")
    page.get_by_role("button", name="Adopt this edition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edition 2027.1 is in use")
    expect(page.get_by_text("Reviewed by the board.")).to_be_visible()
    shoot(page, "editions")
