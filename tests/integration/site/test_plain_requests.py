"""Without TLS a browser is led on, and a program is refused."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

TOKEN = {"Authorization": "Bearer canary"}


@pytest.fixture
def over_tls_alone(settings):
    """As in production."""
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("path", ["/api/v1/i/north/patients/", "/api/v1/i/north/oauth/token"])
def test_a_program_is_refused_and_told(path, over_tls_alone):
    """ASVS v5.0.0-4.1.2: a token that goes in the clear is not led on in silence."""
    for ask in (Client().get, Client().post):
        refused = ask(path, headers=TOKEN)
        assert refused.status_code == 403
        assert refused["Content-Type"] == "application/problem+json"
        assert "https://" in refused.json()["detail"]
        assert "canary" not in refused.content.decode()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/fhir/north/Patient", "application/fhir+json"),
        ("/intake/north/fhir", "application/fhir+json"),
        ("/intake/north/hl7v2", "text/plain; charset=utf-8"),
        ("/cds-services/north", "application/problem+json"),
        ("/cds-services/north/pnet-imaging-select", "application/problem+json"),
    ],
)
def test_every_door_of_programs_refuses_in_its_own_format(path, kind, over_tls_alone):
    """ASVS v5.0.0-4.1.2."""
    for ask in (Client().get, Client().post):
        refused = ask(path, headers=TOKEN)
        assert (refused.status_code, refused["Content-Type"]) == (403, kind)
        assert "https://" in refused.content.decode()
        assert "canary" not in refused.content.decode()


def test_a_browser_is_led_on(over_tls_alone):
    """ASVS v5.0.0-12.2.1: nothing is answered without TLS."""
    led = Client().get("/accounts/login/")
    assert led.status_code == 301
    assert led.url == "https://testserver/accounts/login/"


def test_over_tls_both_come_in(over_tls_alone):
    assert Client().get("/api/v1/i/north/patients/", secure=True).status_code == 401
    assert Client().get("/accounts/login/", secure=True).status_code == 200


def test_trying_out_needs_no_tls():
    assert Client().get("/api/v1/i/north/patients/").status_code == 401
