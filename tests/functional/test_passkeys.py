"""Passkeys in a real browser, with an authenticator that Chromium makes up."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories.people import PASSWORD, add_member, make_institution
from tests.functional.conftest import Shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(transactional_db, settings, live_server, _no_second_factor):
    """A coordinator; passkeys belong to a name, and a second factor is required."""
    settings.SECOND_FACTOR = "required"
    settings.ALLOWED_HOSTS = ["localhost"]
    north = make_institution(slug="north", name="North Hospital")
    add_member(north, "COORDINATOR", email="cora@north.example", name="Cora Nottareal")
    add_member(north, "CLINICIAN", email="carl@north.example", name="Carl Clinician")
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, email: str = "cora@north.example") -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_set_up_and_signs_in_alone(site, page: Page, shoot: Shoot):
    """ASVS v5.0.0-6.3.3: a factor that withstands phishing is supported."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto(f"{site}/i/north/cases/")
    shoot(page, "sign-in")
    sign_in(page)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    shoot(page, "factor-set-up")
    page.get_by_role("link", name="Add a passkey").click()
    shoot(page, "passkey-add")
    page.get_by_label("Name of this passkey").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    shoot(page, "recovery-codes")
    page.get_by_role("button", name="I have kept them").click()
    expect(page).to_have_url(f"{site}/i/north/cases/")

    page.goto(f"{site}/accounts/security/")
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    shoot(page, "security")
    page.goto(f"{site}/accounts/2fa/totp/activate/")
    shoot(page, "authenticator-app")
    page.goto(f"{site}/accounts/security/sessions/")
    shoot(page, "sessions")
    page.locator(".site-person summary").click()
    page.get_by_role("button", name="Sign out").click()

    # Without a password.
    page.goto(f"{site}/accounts/login/?next=/i/north/cases/")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page).to_have_url(f"{site}/i/north/cases/")
    page.locator(".site-person summary").click()
    page.get_by_role("button", name="Sign out").click()

    # After it.
    page.goto(f"{site}/accounts/login/?next=/i/north/cases/")
    sign_in(page)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    shoot(page, "second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{site}/i/north/cases/")


def test_what_is_typed_outlives_the_session(site, settings, page: Page, shoot: Shoot):
    """HIPAA 164.312(a)(2)(iii): automatic logoff, which covers the page and loses nothing."""
    settings.SECOND_FACTOR = "optional"
    page.clock.install()
    page.goto(f"{site}/i/north/cases/new/")
    sign_in(page)
    page.get_by_label("Family name").fill("Typed before")
    status = {"left": 100}
    page.route(
        "**/accounts/session/north/",
        lambda route: route.fulfill(json={"left": status["left"], "person": person, "csrf": token}),
    )
    person = page.locator("body").get_attribute("data-session-person")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    page.clock.run_for(181_000)
    expect(page.get_by_role("alertdialog", name="Are you still there?")).to_be_visible()
    shoot(page, "session-warning")
    status["left"] = 0
    page.clock.run_for(25_000)
    expect(page.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
    expect(page.get_by_label("Family name")).to_be_hidden()
    shoot(page, "session-ended")
    status["left"] = 900
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(page.get_by_label("Family name")).to_have_value("Typed before")
