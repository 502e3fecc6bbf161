"""How often somebody may ask."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories.clients import Machine, make_client
from tests.factories.people import add_member, make_institution
from tumorboard.accounts.client_models import RateCount
from tumorboard.accounts.rate_limits import Limit, count
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

THREE = Limit("test", 3)


def test_it_counts_each_caller_by_itself(db):
    assert [count(THREE, "a").used for _ in range(4)] == [1, 2, 3, 4]
    assert not count(THREE, "b").is_exceeded
    assert count(THREE, "a").is_exceeded
    assert count(Limit("other", 3), "a").used == 1


def test_a_window_ends(db):
    count(THREE, "a")
    RateCount.objects.update(began_at=timezone.now() - datetime.timedelta(seconds=61), count=99)
    again = count(THREE, "a")
    assert (again.used, again.resets_in_seconds) == (1, 60)


def test_nobody_can_be_read_from_a_count(db):
    """ASVS v5.0.0-14.2.4: a count shows neither an address nor a client."""
    count(THREE, "192.0.2.7")
    assert "192.0.2.7" not in str(RateCount.objects.values().get())


def test_a_client_is_told_and_then_refused(institution, administrator):
    """ASVS v5.0.0-2.4.1: a client's requests are limited, with the headers of the IETF draft."""
    client = make_client(institution, administrator, requests_per_minute=10)
    machine = Machine(str(client.pk))
    tokens = [machine.token(), machine.token()]
    answers = [machine.call("GET", "patients/", tokens[place % 2]) for place in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert answers[0]["RateLimit-Policy"] == '"client";q=10;w=60'
    assert re.fullmatch(r'"client";r=9;t=\d+', answers[0]["RateLimit"])
    refused = answers[-1]
    assert re.fullmatch(r'"client";r=0;t=\d+', refused["RateLimit"])
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:tumorboard:problem:too-many-requests"


def test_a_refused_request_does_nothing_and_an_error_counts(institution, administrator, actions):
    """ASVS v5.0.0-2.4.1: errors count too, and what is refused is not done."""
    client = make_client(institution, administrator, requests_per_minute=10)
    machine = Machine(str(client.pk))
    token = machine.token()
    for _ in range(10):
        assert machine.call("GET", "patients/?nonsense=1", token).status_code == 422
    before = len(actions())
    assert machine.call("GET", "patients/", token).status_code == 429
    assert len(actions()) == before


def test_a_persons_token_is_limited(client, institution, coordinator, settings):
    """ASVS v5.0.0-2.4.1: scripts with personal tokens are limited, each token by itself."""
    settings.RATE_PERSONAL_TOKEN = 1
    with institution_scope(institution):
        secrets = [issue(user=coordinator, label="s", days=1, by=coordinator)[1] for _ in "ab"]
    statuses = [
        client.get(
            "/api/v1/i/north/patients/", headers={"authorization": f"Bearer {secret}"}
        ).status_code
        for secret in (secrets[0], secrets[0], secrets[1])
    ]
    assert statuses == [200, 429, 200]


def test_guessing_is_limited_by_address_and_says_nothing(client, institution, settings):
    """ASVS v5.0.0-6.3.1: guessed tokens are throttled, wherever they are tried."""
    settings.RATE_FAILED_AUTHENTICATION = 2
    addresses = ["north", "nowhere", "north"]
    answers = [
        client.get(f"/api/v1/i/{slug}/patients/", headers={"authorization": "Bearer tb_guess"})
        for slug in addresses
    ]
    assert [a.status_code for a in answers] == [401, 401, 429]
    elsewhere = client.get("/api/v1/i/north/patients/", REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 401


def test_the_token_endpoint_is_limited_by_address(institution, administrator, settings):
    """ASVS v5.0.0-6.3.1: assertions cannot be tried without end."""
    settings.RATE_TOKEN_REQUESTS = 1
    machine = Machine(str(make_client(institution, administrator).pk))
    assert machine.ask("x").status_code == 401
    refused = machine.ask()
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert int(refused["Retry-After"]) >= 1
    assert refused["RateLimit-Policy"] == '"token-requests";q=1;w=60'


def test_a_header_of_the_client_is_no_other_address(client, institution, settings):
    """ASVS v5.0.0-15.3.4: X-Forwarded-For counts only from a trusted proxy."""
    settings.RATE_FAILED_AUTHENTICATION = 1
    statuses = [
        client.get(
            "/api/v1/i/north/patients/", headers={"x-forwarded-for": f"192.0.2.{place}"}
        ).status_code
        for place in range(2)
    ]
    assert statuses == [401, 429]


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_do_not_pass_a_limit_of_ten():
    """ASVS v5.0.0-15.4.2: counting is one step, so exactly ten of fifty parallel requests pass."""
    north = make_institution(slug="north", name="North Hospital")
    ada = add_member(north, "ADMINISTRATOR", email="ada@north.example", name="Ada Admin")
    client = make_client(north, ada, requests_per_minute=10)
    token = Machine(str(client.pk)).token()
    together = threading.Barrier(10)

    def ask(_: int) -> list[int]:
        try:
            machine = Machine(str(client.pk), browser=Client())
            together.wait()
            return [machine.call("GET", "patients/", token).status_code for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        found = [status for statuses in pool.map(ask, range(10)) for status in statuses]
    assert sorted(found) == [200] * 10 + [429] * 40
