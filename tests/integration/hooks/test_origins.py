"""Browsers of other origins: discovery is for everybody, cards only for whom an EHR names."""

import pytest

from cases.services import hook_clients
from cases.services.hook_clients import Ways
from tests.factories.clients import ec_key
from tests.factories.hooks import ISSUER, SELECT, Ehr, call, make_ehr
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

PAGE = "https://ehr.north.example"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def from_a_page(institution, administrator) -> Ehr:
    make_ehr(institution, administrator, ways=Ways(ISSUER, origins=[PAGE]))
    return Ehr()


def preflight(ehr: Ehr, origin: str = PAGE, path: str = f"north/{SELECT}", method: str = "POST"):
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type",
    }
    return ehr.browser.options(f"/cds-services/{path}", headers=headers)


def asked(ehr: Ehr, origin: str, body=None):
    token = ehr.jwt(ehr.claims())
    headers = {"authorization": f"Bearer {token}", "origin": origin}
    return ehr.browser.post(
        f"/cds-services/north/{SELECT}",
        call() if body is None else body,
        content_type="application/json",
        headers=headers,
    )


def test_discovery_is_for_every_page(ehr: Ehr):
    for path in ("north", "north/"):
        answer = ehr.browser.get(f"/cds-services/{path}", headers={"origin": "https://any.example"})
        assert answer.status_code == 200
        assert answer[ALLOWED] == "*"
        asked_first = preflight(ehr, "https://any.example", path, "GET")
        assert asked_first.status_code == 204
        assert asked_first[ALLOWED] == "https://any.example"
        assert "authorization" in asked_first["Access-Control-Allow-Headers"]
    assert ALLOWED not in ehr.browser.options("/cds-services/north")


@pytest.mark.parametrize("path", [f"north/{SELECT}", f"north/{SELECT}/feedback"])
def test_a_named_page_may_call(from_a_page: Ehr, path):
    answer = preflight(from_a_page, path=path)
    assert answer.status_code == 204
    assert answer[ALLOWED] == PAGE
    assert answer["Access-Control-Allow-Methods"] == "POST"
    assert answer["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]
    cards = asked(from_a_page, PAGE)
    assert cards.status_code == 200
    assert cards[ALLOWED] == PAGE
    assert "Origin" in cards["Vary"]
    # What is wrong with a call its page may read too.
    refused = asked(from_a_page, PAGE, body={})
    assert (refused.status_code, refused[ALLOWED]) == (422, PAGE)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "https://ehr.north.example.evil.example", f"{PAGE}:8443",
        "http://ehr.north.example", "HTTPS://EHR.NORTH.EXAMPLE", f"{PAGE}/", "",
    ],
)  # fmt: skip
def test_no_other_page_may(from_a_page: Ehr, origin):
    """ASVS v5.0.0-3.4.2: the origin is compared as a whole with those that are registered."""
    assert ALLOWED not in preflight(from_a_page, origin)
    assert ALLOWED not in asked(from_a_page, origin)


def test_without_a_registered_origin_no_page_may(ehr: Ehr):
    assert ALLOWED not in preflight(ehr)
    assert ALLOWED not in asked(ehr, PAGE)


def test_an_answer_to_a_stranger_is_for_no_page(from_a_page: Ehr):
    answer = Ehr(key=ec_key("evil")).post(SELECT, call())
    assert answer.status_code == 401
    assert ALLOWED not in answer
    headers = {"origin": PAGE}
    bare = from_a_page.browser.post(
        f"/cds-services/north/{SELECT}", {}, content_type="application/json", headers=headers
    )
    assert bare.status_code == 401
    assert ALLOWED not in bare


def test_one_ehrs_page_reads_nothing_of_anothers(from_a_page: Ehr, institution, administrator):
    key = ec_key("second")
    make_ehr(institution, administrator, issuer="https://other.example/", key=key)
    other = Ehr(issuer="https://other.example/", key=key)
    assert ALLOWED not in asked(other, PAGE)


def test_what_is_switched_off_names_no_page(from_a_page: Ehr, institution, administrator):
    with institution_scope(institution):
        row = hook_clients.HookClient.objects.get()
        hook_clients.switch_off(row=row, by=administrator)
    assert ALLOWED not in preflight(from_a_page)


def test_another_institutions_page_is_none_here(from_a_page: Ehr, other_institution):
    """ASVS v5.0.0-8.4.1."""
    theirs = add_member(other_institution, "ADMINISTRATOR", email="x@south.example", name="X")
    make_ehr(other_institution, theirs, ways=Ways(ISSUER, origins=["https://ehr.south.example"]))
    assert ALLOWED not in preflight(from_a_page, "https://ehr.south.example")
    assert ALLOWED in preflight(from_a_page, "https://ehr.south.example", f"south/{SELECT}")
    assert ALLOWED not in preflight(from_a_page, PAGE, f"nowhere/{SELECT}")
