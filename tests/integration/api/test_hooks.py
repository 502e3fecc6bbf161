"""EHRs that ask by CDS Hooks and what became of their cards, over the wire."""

import json

import pytest

from cases.models import HookCard, HookClient
from cases.services import hook_clients
from cases.services.hook_clients import Ways
from tests.factories.clients import Machine, ec_key, make_client, public, rsa_key
from tests.factories.hooks import ISSUER, SELECT, Ehr, call, make_ehr
from tests.factories.people import add_member
from tests.integration.api.conftest import faults, script_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(institution):
    """An administrator who may use tokens, as the role alone may not."""
    roles = ("ADMINISTRATOR", "COORDINATOR")
    return script_of(
        institution, add_member(institution, *roles, email="both@north.example", name="Bo Both")
    )


def test_an_ehr_is_read_with_its_keys_and_its_last_call(admin, institution, administrator):
    make_ehr(institution, administrator, ways=Ways(ISSUER, origins=("https://ehr.example",)))
    [row] = admin.get("hook-clients/").json()["results"]
    assert (row["label"], row["issuer"], row["origins"]) == ("EHR", ISSUER, ["https://ehr.example"])
    assert (row["kids"], row["jwks_uri"]) == (["ec-1"], "")
    assert (row["is_on"], row["called_on"]) == (True, None)
    before = admin.get(f"hook-clients/{row['id']}/")
    assert before.json() == row
    ehr = Ehr()
    assert ehr.post(SELECT, call()).status_code == 200
    called = admin.get(f"hook-clients/{row['id']}/")
    assert called.json()["called_on"]
    # A version does not change with each call.
    assert ehr.post(SELECT, call()).status_code == 200
    assert admin.get(f"hook-clients/{row['id']}/")["ETag"] == called["ETag"] != before["ETag"]
    with institution_scope(institution):
        hook_clients.switch_off(row=HookClient.objects.get(), by=administrator)
    assert admin.get(f"hook-clients/{row['id']}/").json()["is_on"] is False


def test_a_token_lets_no_ehr_in_and_changes_none(admin, institution, administrator):
    """ASVS v5.0.0-8.2.1: with a stolen token nobody makes an entrance of their own."""
    make_ehr(institution, administrator)
    [row] = admin.get("hook-clients/").json()["results"]
    keys = json.loads(public(ec_key("evil")))
    new = {"label": "EHR", "issuer": "https://evil.example/", "jwks": keys}
    tries = {
        "POST": ("hook-clients/", new),
        "PATCH": (f"hook-clients/{row['id']}/", {"jwks": keys}),
        "PUT": (f"hook-clients/{row['id']}/", new),
        "DELETE": (f"hook-clients/{row['id']}/", None),
    }
    for method, (path, body) in tries.items():
        answer = admin.ask(method, path, body, headers={"if-match": "*"})
        assert answer.status_code == 405, method
    assert admin.get("hook-clients/").json()["results"] == [row]
    assert Ehr(key=ec_key("evil")).post(SELECT, call()).status_code == 401


def test_systems_read_numbers_and_no_ehrs(institution, administrator):
    """Who manages API clients is a person."""
    make_ehr(institution, administrator)
    granted = ["system/MeasureReport.rs"]
    client = make_client(institution, administrator, rsa_key(), granted=granted)
    machine = Machine(str(client.pk), key=rsa_key())
    token = machine.token(scope=" ".join(granted))
    assert machine.call("GET", "hook-clients/", token).status_code == 403
    assert machine.call("GET", "hook-numbers/", token).status_code == 200
    assert machine.call("GET", "hook-cards/", token).status_code == 200


def test_only_those_who_may(script, script_as, institution, administrator):
    make_ehr(institution, administrator)
    assert script_as("CLINICIAN").get("hook-clients/").status_code == 403
    assert script_as("RADIOLOGIST").get("hook-numbers/").status_code == 403


def test_numbers_and_cards_are_read(admin, script_as, ehr_of_north, institution, other_institution):
    chair = script_as("BOARD_CHAIR")
    found = chair.get("hook-numbers/").json()
    [line] = found["lines"]
    assert (line["hook"], line["kind"], line["shown"]) == ("order-select", "order", 2)
    assert (line["accepted"], line["overridden"], line["unanswered"]) == (0, 1, 1)
    assert line["reasons"] == [
        {"system": "urn:ehr", "code": "why", "words": "why", "cards": 1},
    ]
    assert found["removed"] == 0
    assert chair.get("hook-numbers/?first=2020-01-01&last=2020-01-02").json()["lines"] == []
    rows = chair.get("hook-cards/").json()["results"]
    assert {row["outcome"] for row in rows} == {"overridden", ""}
    assert {row["reason"] for row in rows} == {"why", ""}
    one = rows[0]["client"]
    assert len(chair.get(f"hook-cards/?client={one}").json()["results"]) == 2
    assert chair.get("hook-cards/?given_before=2020-01-01T00:00:00Z").json()["results"] == []
    theirs = add_member(other_institution, "BOARD_CHAIR", email="x@south.example", name="X")
    south = script_of(other_institution, theirs)
    assert south.get("hook-numbers/").json()["lines"] == []
    assert south.get("hook-cards/").json()["results"] == []


@pytest.fixture
def ehr_of_north(institution, administrator):
    client = make_ehr(institution, administrator)
    with institution_scope(institution):
        for told in (True, False):
            card = HookCard.objects.create(
                client=client, hook="order-select", kind="order", indicator="info"
            )
            if told:
                card.feedback.create(
                    outcome="overridden",
                    reason_system="urn:ehr",
                    reason="why",
                    happened_at=card.given_at,
                )
    return client


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=x", "first"),
        ("last=2026-13-01", "last"),
        ("first=2026-01-02&last=2026-01-01", "last"),
        ("first=1900-01-01&last=2026-01-01", "first"),
        ("day=1", "day"),
    ],
)
def test_days_are_judged(script_as, query, field):
    assert field in faults(script_as("BOARD_CHAIR").get(f"hook-numbers/?{query}"))
