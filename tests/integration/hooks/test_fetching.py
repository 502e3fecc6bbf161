"""What a prefetch lacks, asked of the EHR's FHIR server."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from cases.hooks import fetching
from cases.services.errors import Invalid
from cases.services.hooks import register
from tests.factories.clients import make_client
from tests.factories.hooks import (
    PATIENT_ID,
    SELECT,
    Ehr,
    bundle,
    call,
    diagnosis,
    make_ehr,
    patient,
)
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


class Server:
    """A FHIR server: `answers` by the type that is asked for."""

    def __init__(self) -> None:
        self.answers = {"Patient": patient(), "Condition": bundle(diagnosis())}
        self.asked: list[tuple[str, str]] = []
        self.waits = 0.0
        self.address = ""


@pytest.fixture
def server(settings) -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers["Authorization"]))
            kind = self.path.removeprefix("/fhir/").split("?")[0].split("/")[0]
            time.sleep(found.waits)
            known = found.answers.get(kind)
            self.send_response(200 if known else 403)
            self.end_headers()
            self.wfile.write(json.dumps(known or {}).encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    host = f"http://127.0.0.1:{http.server_port}"
    found.address = f"{host}/fhir"
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [host]}})
    yield found
    http.shutdown()
    http.server_close()


@pytest.fixture
def asking(server, institution, administrator, monkeypatch) -> Ehr:
    monkeypatch.setattr(fetching, "SECONDS", 5)
    make_ehr(institution, administrator, fhir_server=server.address)
    return Ehr()


def opened(server: str, **more):
    authorization = {
        "access_token": "open-sesame",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "cds",
        "patient": PATIENT_ID,
    }
    found = call(fhirServer=server, fhirAuthorization=authorization, **more)
    del found["prefetch"]
    return found


def test_what_is_lacking_is_fetched_and_what_is_not_had_is_told(asking: Ehr, server):
    [card] = asking.cards(SELECT, opened(server.address))
    assert card["summary"].startswith("Not enough data")
    assert "- observations" in card["detail"]
    assert "- conditions" not in card["detail"]
    assert (f"/fhir/Condition?patient={PATIENT_ID}", "Bearer open-sesame") in server.asked


def test_what_was_prefetched_is_not_asked_for(asking: Ehr, server):
    body = opened(server.address)
    failed = {"resourceType": "OperationOutcome", "issue": []}
    body["prefetch"] = {"patient": patient(), "conditions": None, "devices": failed}
    assert asking.cards(SELECT, body) == []
    asked = {path.split("?")[0] for path, _ in server.asked}
    assert not asked & {"/fhir/Condition", f"/fhir/Patient/{PATIENT_ID}", "/fhir/Device"}
    assert "/fhir/Observation" in asked


def test_another_server_than_the_registered_one_is_not_asked(asking: Ehr, server):
    """ASVS v5.0.0-1.3.6: the caller does not choose where the server asks."""
    answer = asking.post(SELECT, opened(server.address.replace("/fhir", "/other")))
    assert answer.status_code == 412
    assert server.asked == []


def test_a_host_that_the_operator_took_away_is_not_asked(asking: Ehr, server, settings):
    settings.IDENTITY_PROVIDERS = "{}"
    assert asking.post(SELECT, opened(server.address)).status_code == 412
    assert server.asked == []


def test_an_answer_about_somebody_else_is_not_taken(asking: Ehr, server):
    other = {"reference": "Patient/other"}
    server.answers["Condition"] = bundle(diagnosis(subject=other))
    assert asking.cards(SELECT, opened(server.address)) == []


def test_a_slow_server_does_not_hold_the_answer(asking: Ehr, server, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.05)
    server.waits = 0.5
    body = opened(server.address)
    body["prefetch"] = {"patient": patient(), "conditions": bundle(diagnosis())}
    [card] = asking.cards(SELECT, body)
    assert "- observations" in card["detail"]


@pytest.mark.parametrize(
    ("issuer", "server", "field"),
    [
        ("", "", "issuer"),
        ("x" * 401, "", "issuer"),
        ("https://ehr.north.example/", "", "issuer"),
        ("https://b.example/", "https://not-listed.example/fhir", "fhir_server"),
        ("https://b.example/", "http://169.254.169.254/fhir", "fhir_server"),
        ("https://b.example/", "https://x.example/fhir?a=b", "fhir_server"),
    ],
)
def test_what_cannot_be_registered(ehr, institution, administrator, issuer, server, field):
    """ASVS v5.0.0-1.3.6: only hosts that the operator allows."""
    client = make_client(institution, administrator, label="Another")
    with institution_scope(institution), pytest.raises(Invalid) as refused:
        register(client=client, issuer=issuer, fhir_server=server, by=administrator)
    assert list(refused.value.errors) == [field]
