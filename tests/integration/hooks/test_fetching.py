"""What a prefetch lacks, asked of the EHR's FHIR server."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from cases.hooks import fetching
from cases.services.errors import Invalid
from cases.services.hook_clients import Ways, register
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
        #: By the whole address below the host; these go before `answers`.
        self.pages: dict[str, dict] = {}
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
            known = found.pages.get(self.path) or found.answers.get(kind)
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


def page(*resources, after="", **more):
    link = [{"relation": "self", "url": "x"}, {"relation": "next", "url": after}]
    return {**bundle(*resources), "link": link if after else link[:1], **more}


def benign(key):
    return diagnosis({"system": "http://snomed.info/sct", "code": "44054006"}, id=key)


def had(asking: Ehr, server: Server, **prefetch):
    """What the card says; nothing where no page speaks of the tumor."""
    body = opened(server.address)
    body["prefetch"] = {"patient": patient(), **prefetch}
    cards = asking.cards(SELECT, body)
    return cards[0]["detail"] if cards else ""


PARTIAL = "**Only a part could be had from the EHR**\n\n- conditions"


def test_every_page_is_read(asking: Ehr, server):
    server.answers["Condition"] = page(benign("a"), after=f"{server.address}?_getpages=1")
    server.pages["/fhir?_getpages=1"] = page(benign("b"), after="Condition?page=3")
    server.pages["/fhir/Condition?page=3"] = page(diagnosis())
    detail = had(asking, server)
    assert "What should imaging answer?" in detail
    assert "- conditions" not in detail
    assert all(token == "Bearer open-sesame" for _, token in server.asked)


def test_a_prefetch_that_goes_on_is_read_to_its_end(asking: Ehr, server):
    server.pages["/fhir/Condition?page=2"] = page(diagnosis())
    first = page(benign("a"), after=f"{server.address}/Condition?page=2")
    detail = had(asking, server, conditions=first)
    assert "What should imaging answer?" in detail
    assert "- conditions" not in detail
    asked = [path for path, _ in server.asked if path.startswith("/fhir/Condition")]
    assert asked == ["/fhir/Condition?page=2"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/fhir/Condition?page=2",
        "http://127.0.0.1:1/fhir/Condition?page=2",
        "{host}/other/Condition?page=2",
        "{host}/fhir/../admin",
        "{host}/fhir/%2e%2e/admin",
        "{host}/fhir/a/%252e%252e/%2E%2E/admin",
        "{host}/fhirx?page=2",
        "//evil.example/fhir",
        "http://user@127.0.0.1/fhir/x",
        "{host}@evil.example/fhir/x",
        "file:///etc/passwd",
        "\\\\evil.example",
    ],
)
def test_a_page_elsewhere_is_never_asked_for(asking: Ehr, server, elsewhere):
    """ASVS v5.0.0-1.3.6: the token goes nowhere but to the registered server."""
    host = server.address.removesuffix("/fhir")
    server.answers["Condition"] = page(diagnosis(), after=elsewhere.replace("{host}", host))
    assert PARTIAL in had(asking, server)
    assert all(path.startswith("/fhir/") for path, _ in server.asked)
    assert not any("page=2" in path or "admin" in path for path, _ in server.asked)


def test_pages_that_go_round_in_a_circle_end(asking: Ehr, server):
    server.answers["Condition"] = page(diagnosis(), after=f"{server.address}/Condition?page=2")
    server.pages["/fhir/Condition?page=2"] = page(
        benign("b"), after=f"{server.address}/Condition?page=2"
    )
    assert PARTIAL in had(asking, server)
    assert len([path for path, _ in server.asked if "page=2" in path]) == 1


def test_more_pages_than_are_read_are_told(asking: Ehr, server, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_PAGES", 3)
    server.answers["Condition"] = page(diagnosis(), after="Condition?page=1")
    for number in range(1, 9):
        server.pages[f"/fhir/Condition?page={number}"] = page(
            benign(f"c{number}"), after=f"Condition?page={number + 1}"
        )
    assert PARTIAL in had(asking, server)
    assert len([path for path, _ in server.asked if "page=" in path]) == 2


def test_more_resources_than_are_read_are_told(asking: Ehr, server, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_ENTRIES", 2)
    server.answers["Condition"] = page(diagnosis(), benign("a"), after="Condition?page=2")
    server.pages["/fhir/Condition?page=2"] = page(benign("b"), benign("c"))
    assert PARTIAL in had(asking, server)


@pytest.mark.parametrize(
    "second",
    [
        {"resourceType": "OperationOutcome"},
        {"resourceType": "Patient", "id": PATIENT_ID},
        bundle(diagnosis(subject={"reference": "Patient/other"})),
        {"resourceType": "Bundle", "entry": 7},
    ],
)
def test_a_page_that_is_none_is_told(asking: Ehr, server, second):
    server.answers["Condition"] = page(diagnosis(), after="Condition?page=2")
    server.pages["/fhir/Condition?page=2"] = second
    assert PARTIAL in had(asking, server)


def test_a_page_that_is_not_had_is_told(asking: Ehr, server):
    server.answers["Condition"] = page(diagnosis(), after="Nothing?page=2")
    assert PARTIAL in had(asking, server)


@pytest.mark.parametrize(
    "links",
    [7, [7], [{"relation": "next"}], [{"relation": "next", "url": None}], [{"relation": "self"}]],
)
def test_links_that_lead_nowhere_are_passed_over(asking: Ehr, server, links):
    server.answers["Condition"] = {**bundle(diagnosis()), "link": links}
    assert "Only a part" not in had(asking, server)


def test_without_leave_to_ask_what_a_prefetch_lacks_is_told(ehr: Ehr):
    first = page(diagnosis(), after="https://ehr.example/fhir/Condition?page=2")
    [card] = ehr.cards(SELECT, call(prefetch={"conditions": first}))
    assert PARTIAL in card["detail"]


def test_the_token_stands_in_no_log(asking: Ehr, server, caplog):
    """ASVS v5.0.0-16.2.5."""
    caplog.set_level(0)
    server.answers["Condition"] = page(diagnosis(), after="https://evil.example/x")
    had(asking, server)
    asking.post(SELECT, opened(server.address.replace("/fhir", "/other")))
    assert "open-sesame" not in caplog.text
    assert "open-sesame" not in repr(fetching._Server("x", None, None, "open-sesame"))


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
        register(client=client, ways=Ways(issuer, fhir_server=server), by=administrator)
    assert list(refused.value.errors) == [field]
