"""Signing in at a hospital's own provider, in a real browser: cookies, redirects and our policy.

The site is `localhost` and the providers are `127.0.0.1`: for a browser these are two sites, as
they are in a hospital.
"""

import html
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories.people import add_member, make_institution
from tests.functional.conftest import Shoot, sign_in
from tests.integration.accounts.sso.conftest import configured
from tests.integration.accounts.sso.oidc_provider import SECRET, OidcProvider, running
from tests.integration.accounts.sso.saml_provider import (
    SamlProvider,
    encoded,
    make_pair,
    metadata_of,
)
from tumorboard.accounts.models import User
from tumorboard.accounts.sso import addresses, providers
from tumorboard.accounts.sso_models import IdentityProvider
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
def north(site: str) -> Institution:
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def ada(north: Institution) -> User:
    return add_member(north, "ADMINISTRATOR", email=ADA, name="Ada Admin")


@pytest.fixture
def idp(settings) -> Iterator[OidcProvider]:
    with running() as found:
        entry = {"hosts": [found.issuer], "secrets": {"tumorboard": SECRET}}
        settings.IDENTITY_PROVIDERS = json.dumps({"north": entry})
        found.claims["amr"] = ["mfa"]
        yield found


@pytest.fixture
def oidc(idp: OidcProvider, north: Institution, ada: User) -> IdentityProvider:
    with institution_scope(north):
        added = providers.add_oidc(
            label="Hospital account", issuer=idp.issuer, client_id="tumorboard", by=ada
        )
        return configured(added, by=ada, domain="north.example")


def test_from_the_sign_in_page_to_the_hospital_and_back(
    site, idp, oidc, settings, page: Page, shoot: Shoot
):
    settings.SECOND_FACTOR = "required"
    page.goto(f"{site}/i/north/cases/")
    shoot(page, "sign-in-with-hospital")
    page.get_by_label("Short name of your institution").fill("north")
    page.get_by_role("button", name="Go to your hospital").click()
    shoot(page, "institution-sign-in")
    page.get_by_role("link", name="Hospital account").click()
    expect(page).to_have_url(f"{site}/i/north/cases/")
    assert idp.asked


def test_an_administrator_looks_and_tries(site, oidc, page: Page, shoot: Shoot):
    sign_in(page, f"{site}{reverse('identity_providers', args=['north'])}", ADA)
    shoot(page, "identity-providers")
    page.get_by_role("link", name="Hospital account").click()
    shoot(page, "identity-provider")
    page.get_by_role("link", name="Try it out").click()
    expect(page.get_by_role("heading", name="What Hospital account says of you")).to_be_visible()
    shoot(page, "identity-provider-tried")
    page.goto(f"{site}{reverse('identity_provider_add_saml', args=['north'])}")
    shoot(page, "identity-provider-saml")


@pytest.fixture
def saml(north: Institution, ada: User) -> Iterator[SamlProvider]:
    """A provider whose page posts its answer to us by itself, from another site."""
    key, certificate = make_pair()
    idp = SamlProvider(
        key=key,
        certificate=certificate,
        audience=addresses.entity_id("north"),
        recipient=addresses.assertion_consumer("north"),
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            response = encoded(idp.response(idp.request_id(self.path)[0]))
            body = (
                f'<link rel="icon" href="data:,"><form method="post" action="{idp.recipient}">'
                f'<input name="SAMLResponse" value="{html.escape(response)}"></form>'
                "<script>document.forms[0].submit()</script>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    there = f"http://127.0.0.1:{server.server_port}/sso"
    text = metadata_of(certificate).replace("https://idp.north.example/sso", there)
    with institution_scope(north):
        added = providers.add_saml(label="Hospital by SAML", metadata_xml=text, by=ada)
        configured(added, by=ada, domain="north.example")
    yield idp
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_response_posted_from_another_site_finds_its_browser(site, saml, page: Page):
    page.goto(f"{site}/i/north/sign-in/?next=/i/north/cases/")
    page.get_by_role("link", name="Hospital by SAML").click()
    expect(page).to_have_url(f"{site}/i/north/cases/")
