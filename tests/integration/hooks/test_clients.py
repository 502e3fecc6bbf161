"""EHRs on the pages of those who manage API clients: registered, checked, rotated, switched off."""

import html
import json
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from cases.models import HookClient
from cases.services import hook_clients
from cases.services.errors import Invalid, Refused
from cases.services.hook_clients import Ways
from tests.factories.clients import ec_key, make_client, public, rsa_key
from tests.factories.hooks import ISSUER, SELECT, Ehr, call, make_ehr
from tests.factories.people import add_member
from tumorboard.accounts import clients, key_sets
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ADDRESS = "/i/north/settings/ehrs/"


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


def typed(**other):
    return {
        "label": "EHR of North",
        "issuer": ISSUER,
        "jwks": public(ec_key()),
        "requests_per_minute": 600,
        **other,
    }


def text(response) -> str:
    return html.unescape(response.content.decode())


def only(institution) -> HookClient:
    with institution_scope(institution):
        return HookClient.objects.select_related("client").get()


def seen(page) -> dict[str, str]:
    (version,) = re.findall(r'name="row_version" value="(\d+)"', text(page))
    return {"row_version": version}


def actions(institution) -> list[str]:
    with institution_scope(institution):
        rows = AuditEntry.objects.filter(action__startswith="hook.client").order_by("at", "id")
        return list(rows.values_list("action", flat=True))


def told(institution) -> list[str]:
    with institution_scope(institution):
        return [row.payload["body"] for row in OutboxMessage.objects.filter(topic="mail")]


def test_an_ehr_is_registered_and_asks(browser, institution, administrator):
    second = add_member(institution, "ADMINISTRATOR", email="bo@north.example", name="Bo")
    answer = browser.post(f"{ADDRESS}new/", typed(origins="https://ehr.north.example\n"))
    row = only(institution)
    assert answer.url == f"{ADDRESS}{row.pk}/"
    assert row.client.scopes == "system/GuidanceResponse.rs"
    assert row.origins == ["https://ehr.north.example"]
    assert actions(institution) == ["hook.client.registered"]
    assert second.email in json.dumps([m.payload for m in _mails(institution)])
    page = text(browser.get(answer.url))
    assert "none yet" in page
    assert "https://testserver/cds-services/north<" in page or "/cds-services/north<" in page
    assert Ehr().post(SELECT, call()).status_code == 200
    assert "none yet" not in text(browser.get(answer.url))
    assert "EHR of North" in text(browser.get(ADDRESS))


def _mails(institution):
    with institution_scope(institution):
        return list(OutboxMessage.objects.filter(topic="mail"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("issuer", "é", "Give the iss"),
        ("jwks", "", "Paste the public keys"),
        ("jwks", "{}", "JWK Set"),
        ("jwks_uri", "https://ehr.north.example/jwks", "not both"),
        ("tenant", "é", "letters of ASCII"),
        ("fhir_server", "https://inner.example/r4", "operator has not allowed"),
        ("fhir_server", "http://169.254.169.254/", "operator has not allowed"),
        ("origins", "*", "as the browser does"),
        ("origins", "http://ehr.example", "as the browser does"),
        ("origins", "https://ehr.example/path", "as the browser does"),
        ("origins", "null", "as the browser does"),
        ("origins", "https://*.example", "as the browser does"),
        ("origins", " ".join(f"https://{n}.example" for n in range(6)), "at most 5"),
        ("requests_per_minute", "1", "10"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(browser, institution, field, value, said):
    """ASVS v5.0.0-1.3.6: no address that the operator does not allow; no origin but a whole one."""
    answer = browser.post(f"{ADDRESS}new/", typed(**{field: value}))
    assert answer.status_code == 422
    assert said in text(answer)
    with institution_scope(institution):
        assert not HookClient.objects.exists()
        assert not clients.ApiClient.objects.exists()


def test_how_an_ehr_asks_is_changed_and_the_others_are_told(browser, institution, administrator):
    add_member(institution, "ADMINISTRATOR", email="bo@north.example", name="Bo")
    make_ehr(institution, administrator)
    row = only(institution)
    page = browser.get(f"{ADDRESS}{row.pk}/")
    change = {"issuer": ISSUER, "tenant": "north", **seen(page)}
    assert browser.post(f"{ADDRESS}{row.pk}/", change).status_code == 302
    assert only(institution).tenant == "north"
    assert any("changed how an EHR asks" in body for body in told(institution))
    before = len(told(institution))
    # The same again writes nothing.
    again = {**change, **seen(browser.get(f"{ADDRESS}{row.pk}/"))}
    assert browser.post(f"{ADDRESS}{row.pk}/", again).status_code == 302
    assert len(told(institution)) == before
    # Whoever saw an older row is told so.
    assert browser.post(f"{ADDRESS}{row.pk}/", {**change, "tenant": "x"}).status_code == 422
    bad = {**again, "fhir_server": "https://no.example/"}
    assert "has not allowed" in text(browser.post(f"{ADDRESS}{row.pk}/", bad))


@pytest.mark.parametrize(("name", "claim"), [("tenant", "tenant"), ("subject", "sub")])
def test_a_claim_that_is_registered_must_be_there(browser, institution, administrator, name, claim):
    """An EHR in a cloud signs for every hospital with the same keys."""
    make_ehr(institution, administrator, ways=Ways(ISSUER, **{name: "north"}))
    ehr = Ehr()
    assert (
        ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(**{claim: "north"}))).status_code == 200
    )
    for other in ("south", "NORTH", None, ["north"], 7):
        answer = ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(**{claim: other})))
        assert answer.status_code == 401
        assert f"Its {claim} is not the registered one." in answer.json()["detail"]
    page = text(browser.get(f"{ADDRESS}{only(institution).pk}/"))
    assert f"Its {claim} is not the registered one." in page


def test_why_a_signed_call_was_refused_stands_on_the_page_and_a_strangers_does_not(
    browser, institution, administrator
):
    make_ehr(institution, administrator)
    ehr = Ehr()
    address = f"{ADDRESS}{only(institution).pk}/"
    stranger = Ehr(key=ec_key("evil"))
    assert stranger.post(SELECT, call()).status_code == 401
    assert "none of a call that it had signed" in text(browser.get(address))
    for _ in range(2):
        ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(aud="https://else.example/")))
    assert "Its aud is not" in text(browser.get(address))
    ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(exp=None)))
    assert "no exp" in text(browser.get(address))


def test_where_an_ehr_says_its_keys_are_counts_for_nothing(browser, institution, administrator):
    """ASVS v5.0.0-9.1.3: CDS Hooks let an EHR send jku; keys that were pasted are its keys."""
    make_ehr(institution, administrator)
    ehr = Ehr()
    for jku in ("https://ehr.north.example/jwks.json", "https://evil.example/keys"):
        assert ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(), jku=jku)).status_code == 200
    # Whoever has another key gets nowhere by it.
    stranger = Ehr(key=ec_key("evil"))
    jku = "https://evil.example/keys"
    for kid in ("evil", "ec-1"):
        forged = stranger.jwt(stranger.claims(), jku=jku, kid=kid)
        assert stranger.post(SELECT, call(), token=forged).status_code == 401
    assert "none of a call that it had signed" in text(
        browser.get(f"{ADDRESS}{only(institution).pk}/")
    )


def test_another_address_of_keys_than_the_registered_one_is_told_on_the_page(
    browser, institution, administrator, monkeypatch
):
    """ASVS v5.0.0-9.1.3: only the registered address is asked."""
    client = make_ehr(institution, administrator)
    uri = "https://ehr.north.example/jwks.json"
    with institution_scope(institution):
        clients.ApiClient.objects.filter(pk=client.pk).update(
            jwks_uri=uri, keys_fetched_at=timezone.now()
        )
    asked = []
    monkeypatch.setattr(key_sets, "ask", lambda _reach, address: asked.append(address))
    ehr = Ehr()
    assert ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(), jku=uri)).status_code == 200
    other = "https://new.north.example/jwks.json"
    refused = ehr.post(SELECT, call(), token=ehr.jwt(ehr.claims(), jku=other))
    assert refused.status_code == 401
    assert uri not in refused.content.decode()
    page = text(browser.get(f"{ADDRESS}{only(institution).pk}/"))
    assert "Its jku is not the registered address." in page
    assert other not in page
    assert asked == []


def test_keys_are_replaced_with_an_overlap(browser, institution, administrator):
    make_ehr(institution, administrator)
    old, new = Ehr(), Ehr(key=rsa_key())
    address = f"{ADDRESS}{only(institution).pk}/keys/"
    assert new.post(SELECT, call()).status_code == 401
    assert browser.post(address, {"jwks": public(ec_key(), rsa_key())}).status_code == 302
    assert [e.post(SELECT, call()).status_code for e in (old, new)] == [200, 200]
    assert browser.post(address, {"jwks": public(rsa_key())}).status_code == 302
    assert [e.post(SELECT, call()).status_code for e in (old, new)] == [401, 200]
    wrong = browser.post(address, {"jwks": json.dumps({"keys": [ec_key().as_dict(private=True)]})})
    assert wrong.status_code == 422
    assert "private" in text(wrong)
    assert browser.post(address, {"jwks": ""}).status_code == 422
    assert new.post(SELECT, call()).status_code == 200


def test_keys_at_an_address_of_its_own_are_not_replaced(
    settings, browser, institution, administrator
):
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": ["https://ehr.north.example"]}})
    uri = "https://ehr.north.example/jwks.json"
    browser.post(f"{ADDRESS}new/", typed(jwks="", jwks_uri=uri))
    row = only(institution)
    assert uri in text(browser.get(f"{ADDRESS}{row.pk}/"))
    answer = browser.post(f"{ADDRESS}{row.pk}/keys/", {"jwks": public(ec_key())})
    assert answer.status_code == 422
    assert only(institution).client.keys == []


def test_an_ehr_is_switched_off_and_on(browser, institution, administrator):
    make_ehr(institution, administrator)
    ehr = Ehr()
    address = f"{ADDRESS}{only(institution).pk}/"
    for _ in range(2):  # the second time says so and changes nothing
        assert browser.post(f"{address}off/").status_code == 302
        assert ehr.post(SELECT, call()).status_code == 401
    assert "Off since" in text(browser.get(address))
    assert "off since" in text(browser.get(ADDRESS))
    for _ in range(2):
        assert browser.post(f"{address}on/").status_code == 302
        assert ehr.post(SELECT, call()).status_code == 200
    assert actions(institution)[1:] == ["hook.client.switched_off", "hook.client.switched_on"]


def test_a_disabled_client_stays_so(browser, institution, administrator):
    client = make_ehr(institution, administrator)
    row = only(institution)
    with institution_scope(institution):
        clients.disable(client=client, by=administrator)
        with pytest.raises(Refused):
            hook_clients.register(client=client, ways=Ways("https://x.example/"), by=administrator)
        with pytest.raises(Refused):
            hook_clients.replace_keys(row=row, jwks=public(rsa_key()), by=administrator)
        with pytest.raises(Refused):
            hook_clients.switch_on(row=row, by=administrator)
    assert "Disabled for good" in text(browser.get(f"{ADDRESS}{row.pk}/"))
    assert "disabled" in text(browser.get(ADDRESS))
    assert Ehr().post(SELECT, call()).status_code == 401


def test_keys_are_needed_and_in_one_way(institution, administrator):
    given = {"label": "x", "ways": Ways(ISSUER), "requests_per_minute": 600, "by": administrator}
    with institution_scope(institution):
        with pytest.raises(Invalid, match="jwks"):
            hook_clients.enroll(**given)
        with pytest.raises(Invalid, match="jwks_uri"):
            hook_clients.enroll(**given, jwks="x", jwks_uri="https://x.example")


def test_only_those_who_manage_clients_may(client, institution, coordinator, administrator):
    make_ehr(institution, administrator)
    row = only(institution)
    client.force_login(coordinator)
    for path in ("", "new/", f"{row.pk}/"):
        assert client.get(f"{ADDRESS}{path}").status_code == 403
    for path in ("keys/", "off/", "on/"):
        assert client.post(f"{ADDRESS}{row.pk}/{path}").status_code == 403
    assert only(institution).switched_off_at is None


def test_another_institutions_ehr_is_not_there(browser, other_institution):
    """ASVS v5.0.0-8.4.1."""
    theirs = add_member(other_institution, "ADMINISTRATOR", email="x@south.example", name="X")
    make_ehr(other_institution, theirs)
    row = only(other_institution)
    assert browser.get(f"{ADDRESS}{row.pk}/").status_code == 404
    assert browser.post(f"{ADDRESS}{row.pk}/off/").status_code == 404
    assert only(other_institution).switched_off_at is None


def test_the_command_takes_all_of_it(institution, administrator):
    client = make_client(institution, administrator)
    call_command(
        "hook_client", "north", str(client.pk), issuer=ISSUER, tenant="t", subject="s",
        origin=["https://ehr.north.example"], by=administrator.email,
    )  # fmt: skip
    row = only(institution)
    assert (row.tenant, row.subject, row.origins) == ("t", "s", ["https://ehr.north.example"])
