"""What every answer tells the browser to do, and never to do."""

import pytest
from django.test import Client

from tumorboard.security import POLICY

pytestmark = pytest.mark.django_db

#: A page, a page that is not there, a door that is closed, the API, a file, and plain words.
KINDS = [
    "/accounts/login/",
    "/no/such/page/",
    "/i/north/",
    "/api/v1/i/north/patients/",
    "/api/v1/openapi.json",
    "/static/css/base.css",
    "/healthz",
]


def answer(path, **asked):
    response = Client().get(path, **asked)
    if response.streaming:
        # Read to its end, so that the file is closed.
        assert b"".join(response.streaming_content)
    return response


@pytest.mark.parametrize("path", KINDS)
def test_a_type_is_told_and_believed(path):
    """ASVS v5.0.0-3.4.4 and 4.1.1: an answer says what it is, and nobody guesses otherwise."""
    response = answer(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"]
    assert not response["Content-Type"].startswith("text/") or "utf-8" in response["Content-Type"]


@pytest.mark.parametrize("path", KINDS)
def test_addresses_stay_in_the_house(path):
    """ASVS v5.0.0-3.4.5: no other site learns from which page somebody came."""
    assert answer(path)["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", KINDS)
def test_no_other_origin_reads_an_answer(path):
    """ASVS v5.0.0-3.4.2: nothing is opened to scripts of other sites."""
    assert "Access-Control-Allow-Origin" not in answer(
        path, headers={"Origin": "https://evil.example"}
    )


@pytest.mark.parametrize("path", [path for path in KINDS if not path.startswith("/static/")])
def test_no_cache_keeps_an_answer(path):
    """ASVS v5.0.0-14.3.2: what may show a patient is stored nowhere on the way."""
    assert "no-store" in answer(path)["Cache-Control"]


#: Answered before any view: a missing slash, a host that is none of ours.
EARLY = [("/accounts/login", "testserver"), ("/accounts/login/", "evil.example")]


@pytest.mark.parametrize(("path", "host"), [*((path, "testserver") for path in KINDS), *EARLY])
def test_every_answer_has_the_policy(path, host):
    """ASVS v5.0.0-3.4.3 and 3.4.6: files, refusals and redirects too; nothing stands in a frame."""
    assert answer(path, headers={"Host": host})["Content-Security-Policy"] == POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_scripts_come_from_here_alone():
    """ASVS v5.0.0-3.4.3: no inline script, no eval, no plug-in, no other base."""
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules.get("object-src", rules["default-src"]) == "'none'"
    assert "unsafe" not in POLICY


def test_tracing_is_not_done():
    """ASVS v5.0.0-13.4.4: nothing echoes a request."""
    for path in KINDS:
        response = Client().trace(path, headers={"X-Canary": "canary"})
        assert response.status_code in (302, 401, 404, 405)
        assert b"canary" not in response.getvalue()


@pytest.mark.parametrize(
    "path", ["/static/", "/static/js/", "/.git/config", "/static/../.git/HEAD"]
)
def test_no_folder_is_listed(path):
    """ASVS v5.0.0-13.4.3 and 13.4.1: only named files below static/ are given out."""
    assert answer(path).status_code == 404


def test_a_form_of_another_site_does_nothing():
    """ASVS v5.0.0-3.5.1: what changes anything needs the page's own token."""
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})
    assert response.status_code == 403


def test_signing_out_clears_what_the_browser_kept(coordinator):
    """ASVS v5.0.0-14.3.1: after the end nobody goes back to pages that were seen before."""
    browser = Client()
    browser.force_login(coordinator)
    assert "Clear-Site-Data" not in browser.get("/i/north/")
    assert browser.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
