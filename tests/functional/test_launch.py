"""From a patient's record in an EHR to the case, in a real browser: cookies, frames, our policy.

The site is `localhost` and the EHR is `127.0.0.1`: for a browser these are two sites.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.services import cases, patients
from tests.ehrs import StandIn, allowed, registered, standing_in
from tests.factories.people import add_member
from tests.functional.conftest import Shoot, sign_in
from tumorboard.accounts.ehr_models import EhrLink
from tumorboard.accounts.ehrs import addresses
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADA = "ada@north.example"


@pytest.fixture
def site(transactional_db, settings, live_server) -> str:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    return settings.SITE_URL


@pytest.fixture
def stand_in(site, settings, north: Institution, cora: User) -> Iterator[StandIn]:
    """An EHR of the institution, which knows its coordinator."""
    settings.ALLOWED_HOSTS = ["localhost"]
    ada = add_member(north, "ADMINISTRATOR", email=ADA, name="Ada Admin")
    with standing_in() as found:
        settings.IDENTITY_PROVIDERS = allowed(found, "north")
        with institution_scope(north):
            ehr = registered(found, by=ada)
            EhrLink.objects.create(ehr=ehr, subject="ehr-248", user=cora)
        yield found


@pytest.fixture
def record(site, stand_in) -> str:
    """The patient's record in the EHR."""
    return f"{stand_in.issuer}/record?{urlencode({'opens': addresses.launch('north')})}"


def test_from_the_ehrs_page_to_the_case(
    stand_in, record, north, cora, settings, page: Page, shoot: Shoot
):
    """As a real EHR does it: in a frame, where one button opens a window with the case."""
    settings.SECOND_FACTOR = "required"
    with institution_scope(north):
        patient = patients.add(record_number="N-0001", family_name="Nottareal", by=cora)
        cases.open_case(patient=patient, title="pNET of the tail", answers={}, by=cora)
    page.goto(record)
    button = page.frame_locator("iframe").get_by_role("link", name="Open the case in a new window")
    expect(button).to_be_visible()
    shoot(page, "launch-in-a-frame")
    with page.context.expect_page() as opened:
        button.click()
    window = opened.value
    expect(window.get_by_role("heading", level=1)).to_contain_text("Nottareal")
    assert reverse("case_list", args=["north"]) in window.url
    # Without a frame, and with the session that is there by now.
    page.goto(record)
    page.get_by_role("link", name="Tumorboard", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nottareal")


def test_a_patient_without_a_case_becomes_one(stand_in, record, page: Page, shoot: Shoot):
    page.goto(record)
    page.get_by_role("link", name="Tumorboard", exact=True).click()
    expect(page.get_by_role("heading", name="No case of this patient")).to_be_visible()
    shoot(page, "launched-without-a-case")
    page.get_by_role("link", name="New case").click()
    expect(page.get_by_label("Family name")).to_have_value("Nottareal")


def test_somebody_links_once(site, stand_in, record, north, page: Page, shoot: Shoot):
    with institution_scope(north):
        EhrLink.objects.all().delete()
    page.goto(record)
    page.get_by_role("link", name="Tumorboard", exact=True).click()
    shoot(page, "launch-not-linked")
    way = page.get_by_role("link", name="Sign in and link").get_attribute("href")
    sign_in(page, f"{site}{way}")
    shoot(page, "launch-link")
    page.get_by_label("Your password of this site").fill("correct horse battery staple")
    page.get_by_role("button", name="Link and go on").click()
    expect(page.get_by_role("heading", name="No case of this patient")).to_be_visible()


def test_an_administrator_registers_one(site, stand_in, page: Page, shoot: Shoot):
    sign_in(page, f"{site}{reverse('ehrs', args=['north'])}", ADA)
    shoot(page, "ehrs")
    page.get_by_role("link", name="Hospital EHR").click()
    shoot(page, "ehr")
    page.goto(f"{site}{reverse('ehr_add', args=['north'])}")
    shoot(page, "ehr-add")
