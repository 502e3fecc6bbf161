"""EHRs that ask by CDS Hooks and what became of their cards, over the wire."""

import json

import pytest

from cases.models import HookCard, HookClient
from tests.factories.clients import Machine, ec_key, make_client, public, rsa_key
from tests.factories.hooks import ISSUER, SELECT, Ehr, call, make_ehr
from tests.factories.people import add_member
from tests.integration.api.conftest import faults, script_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ANY = {"if-match": "*"}
BODY = {"label": "EHR", "issuer": ISSUER, "jwks": json.loads(public(ec_key()))}


@pytest.fixture
def admin(institution):
    """An administrator who may use tokens, as the role alone may not."""
    roles = ("ADMINISTRATOR", "COORDINATOR")
    return script_of(
        institution, add_member(institution, *roles, email="both@north.example", name="Bo Both")
    )


def patch(script, key, body, **more):
    return script.ask("PATCH", f"hook-clients/{key}/", body, headers={**ANY, **more})


def test_an_ehr_is_registered_changed_switched_off_and_on(admin, institution):
    answer = admin.post("hook-clients/", BODY)
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["kids"], row["is_on"], row["called_on"]) == (["ec-1"], True, None)
    assert "jwks" not in row
    ehr = Ehr()
    assert ehr.post(SELECT, call()).status_code == 200
    assert admin.get(f"hook-clients/{row['id']}/").json()["called_on"]
    assert [one["id"] for one in admin.get("hook-clients/").json()["results"]] == [row["id"]]

    changed = patch(admin, row["id"], {"tenant": "north", "origins": ["https://ehr.example"]})
    assert changed.status_code == 200, changed.content
    assert changed.json()["tenant"] == "north"
    assert changed.json()["issuer"] == ISSUER
    assert ehr.post(SELECT, call()).status_code == 401
    assert patch(admin, row["id"], {"tenant": ""}).json()["origins"] == ["https://ehr.example"]

    assert patch(admin, row["id"], {"is_on": False}).json()["is_on"] is False
    assert patch(admin, row["id"], {"is_on": False}).status_code == 200
    assert ehr.post(SELECT, call()).status_code == 401
    assert patch(admin, row["id"], {"is_on": True}).json()["is_on"] is True
    assert ehr.post(SELECT, call()).status_code == 200

    keys = json.loads(public(rsa_key()))
    assert patch(admin, row["id"], {"jwks": keys}).json()["kids"] == ["rsa-1"]
    assert ehr.post(SELECT, call()).status_code == 401
    assert Ehr(key=rsa_key()).post(SELECT, call()).status_code == 200
    with institution_scope(institution):
        assert HookClient.objects.count() == 1


def test_a_change_names_the_version_that_was_seen(admin):
    row = admin.post("hook-clients/", BODY)
    key, tag = row.json()["id"], row["ETag"]
    assert admin.ask("PATCH", f"hook-clients/{key}/", {"tenant": "a"}).status_code == 428
    first = admin.ask("PATCH", f"hook-clients/{key}/", {"tenant": "a"}, headers={"if-match": tag})
    assert first.status_code == 200
    late = admin.ask("PATCH", f"hook-clients/{key}/", {"tenant": "b"}, headers={"if-match": tag})
    assert late.status_code == 412
    assert late.json()["current"]["tenant"] == "a"


def test_the_same_registration_twice_is_one(admin, institution):
    headers = {"idempotency-key": "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11"}
    first, again = (admin.post("hook-clients/", BODY, headers=headers) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert admin.post("hook-clients/", BODY).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"jwks": "text"}, "jwks"),
        ({"jwks": {"keys": [ec_key().as_dict(private=True)]}}, "jwks"),
        ({"jwks_uri": "https://x.example/jwks"}, "jwks_uri"),
        ({"fhir_server": "http://169.254.169.254/"}, "fhir_server"),
        ({"origins": ["*"]}, "origins"),
        ({"origins": "https://x.example"}, "origins"),
        ({"requests_per_minute": 1}, "requests_per_minute"),
        ({"scopes": "system/*.rs"}, "scopes"),
        ({"is_on": False}, "is_on"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(admin, institution, change, field):
    """ASVS v5.0.0-1.3.6."""
    assert field in faults(admin.post("hook-clients/", {**BODY, **change}))
    with institution_scope(institution):
        assert not HookClient.objects.exists()


def test_a_change_that_cannot_be_changes_nothing(admin):
    key = admin.post("hook-clients/", BODY).json()["id"]
    for change, field in (
        ({"tenant": "x", "origins": ["null"]}, "origins"),
        ({"tenant": "x", "jwks": {}}, "jwks"),
        ({"label": "x"}, "label"),
        ({"is_on": "no"}, "is_on"),
    ):
        assert field in faults(patch(admin, key, change))
    assert admin.get(f"hook-clients/{key}/").json()["tenant"] == ""


def test_systems_read_numbers_and_register_nobody(institution, administrator):
    """To let an EHR in is a person's."""
    make_ehr(institution, administrator)
    granted = ["system/MeasureReport.rs"]
    client = make_client(institution, administrator, rsa_key(), granted=granted)
    machine = Machine(str(client.pk), key=rsa_key())
    token = machine.token(scope=" ".join(granted))
    assert machine.call("GET", "hook-clients/", token).status_code == 403
    assert machine.call("POST", "hook-clients/", token, BODY).status_code == 403
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
