"""A body that is too long is refused before it is kept anywhere."""

import asyncio
import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from tumorboard import body_limits
from tumorboard.accounts.tokens import issue
from tumorboard.body_limits import ELSEWHERE, BodyLimit
from tumorboard.tenancy.scope import institution_scope

UPLOAD = "/i/north/studies/0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11/files/new/"
TABLE = "/i/north/imports/"
MEGABYTE = 1_000_000


class Server:
    """Sends one request in pieces of a megabyte; notes how much was asked for."""

    def __init__(self, path: str, *, size: int, cookie: str = "", **headers: str) -> None:
        given = [(name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()]
        self.scope = {
            "type": "http",
            "path": path,
            "headers": [*given, (b"cookie", cookie.encode())],
        }
        self.left, self.taken, self.sent = size, 0, []

    async def receive(self) -> dict[str, Any]:
        piece = min(self.left, MEGABYTE)
        self.left -= piece
        self.taken += piece
        return {"type": "http.request", "body": bytes(piece), "more_body": self.left > 0}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def status(self) -> int:
        """What the site in front of which the limit stands, or the limit, answers."""

        async def site(_scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["more_body"]:
                pass
            await send({"type": "http.response.start", "status": 200})

        asyncio.run(BodyLimit(site)(self.scope, self.receive, self.send))
        return self.sent[0]["status"]


@pytest.fixture
def signed_in(client, coordinator) -> str:
    client.force_login(coordinator)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/i/north/patients/", TABLE])
def test_what_says_that_it_is_too_long_is_not_read(path, monkeypatch):
    """ASVS v5.0.0-5.2.1: nobody fills a disk with what no page takes."""
    monkeypatch.setattr(body_limits, "_is_signed_in", lambda _key: False)
    server = Server(path, size=ELSEWHERE + 1, content_length=str(ELSEWHERE + 1))
    assert (server.status(), server.taken) == (413, 0)
    headers = dict(server.sent[0]["headers"])
    assert headers[b"cache-control"] == b"no-store"
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    if path.startswith("/api/"):
        assert json.loads(server.sent[1]["body"])["status"] == 413


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/cds-services/north/pnet-imaging-select", "application/problem+json"),
        ("/fhir/north/Patient", "application/fhir+json"),
        ("/intake/north/fhir", "application/fhir+json"),
        ("/intake/north/hl7v2", "application/hl7-v2"),
        ("/i/north/cases/", "text/plain; charset=utf-8"),
    ],
)
def test_each_door_says_so_in_its_own_format(path, kind):
    server = Server(path, size=ELSEWHERE + 1, content_length=str(ELSEWHERE + 1))
    assert server.status() == 413
    assert dict(server.sent[0]["headers"])[b"content-type"].decode() == kind
    told = server.sent[1]["body"].decode()
    if kind == "application/problem+json":
        assert json.loads(told)["status"] == 413
    elif kind == "application/fhir+json":
        assert json.loads(told)["issue"][0]["code"] == "too-long"
    elif kind == "application/hl7-v2":
        # An engine that speaks HL7 v2 looks for the code of the acknowledgment.
        [said] = [line for line in told.split("\r") if line.startswith("MSA|")]
        assert said.split("|")[1] in ("AE", "AR")


@pytest.mark.parametrize("said", ["", "10", "-1", "9" * 400, "x"])
def test_what_does_not_say_it_is_counted(said, monkeypatch):
    """ASVS v5.0.0-5.2.1: a body has a limit, whatever is said of its length."""
    monkeypatch.setattr(body_limits, "_is_signed_in", lambda _key: False)
    server = Server("/", size=50 * MEGABYTE, content_length=said)
    assert server.status() == 413
    assert server.taken <= ELSEWHERE + MEGABYTE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "most"), [(UPLOAD, 251), (TABLE, 11)])
def test_large_files_are_taken_of_those_who_are_signed_in(institution, signed_in, path, most):
    """ASVS v5.0.0-5.2.1: a stranger sends no large file anywhere."""
    fits, over = most * MEGABYTE, most * MEGABYTE + 1
    assert Server(path, size=MEGABYTE, content_length=str(fits), cookie=signed_in).status() == 200
    assert Server(path, size=MEGABYTE, content_length=str(over), cookie=signed_in).status() == 413
    anonymous = SessionStore()
    anonymous.create()
    name = settings.SESSION_COOKIE_NAME
    for cookie in ("", f"{name}=unknown", f"{name}=%00", f"{name}={anonymous.session_key}"):
        server = Server(path, size=MEGABYTE, content_length=str(fits), cookie=cookie)
        assert server.status() == 413


def test_ordinary_requests_ask_no_database():
    assert Server("/", size=MEGABYTE, content_length=str(MEGABYTE)).status() == 200


def test_what_is_no_request_passes():
    seen = []

    async def site(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(BodyLimit(site)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


@pytest.mark.django_db(transaction=True)
def test_scripts_bring_large_files_with_a_token_of_the_institution(
    institution, other_institution, coordinator
):
    """ASVS v5.0.0-5.2.1: a stranger sends no large file anywhere."""
    with institution_scope(institution):
        _, secret = issue(user=coordinator, label="test", days=1, by=coordinator)
    path = "/api/v1/i/{}/studies/0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11/files/"

    def status(slug: str, shown: str, size: int = 250) -> int:
        length = str(size * MEGABYTE)
        given = {"content_length": length, "authorization": shown}
        return Server(path.format(slug), size=MEGABYTE, **given).status()

    assert status("north", f"Bearer {secret}") == 200
    assert status("north", f"Bearer {secret}", size=251) == 413
    for slug, shown in (
        ("south", f"Bearer {secret}"),
        ("nowhere", f"Bearer {secret}"),
        ("north", "Bearer tb_guessed"),
        ("north", f"Basic {secret}"),
        ("north", ""),
    ):
        assert status(slug, shown) == 413
