"""What the server asks of a provider: only where it may, never for longer or more than it may."""

import contextlib
import gzip
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tumorboard.accounts.sso import reach
from tumorboard.accounts.sso.faults import SignInFault
from tumorboard.accounts.sso.reach import Reach, ask

#: Seconds that everything together may take in these tests.
SECONDS = 0.4


def json_of(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler)
    handler.wfile.write(b'{"a": 1}')


def a_redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/json_of")
    handler.end_headers()


def too_much(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler)
    handler.wfile.write(b'{"a": "' + b"x" * reach.LARGEST + b'"}')


def packed(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler, "gzip")
    handler.wfile.write(gzip.compress(b'{"a": 1}'))


def a_list(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler)
    handler.wfile.write(b"[1]")


def too_deep(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler)
    handler.wfile.write(b"[" * 100_000)


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
    _drip(handler, b'\r\n\r\n{"a": 1}')


def a_dripping_body(handler: BaseHTTPRequestHandler) -> None:
    _begin(handler)
    _drip(handler, b'{"a": 1}')


def _begin(handler: BaseHTTPRequestHandler, encoding: str = "identity") -> None:
    handler.send_response(200)
    handler.send_header("Content-Encoding", encoding)
    handler.end_headers()


def _drip(handler: BaseHTTPRequestHandler, end: bytes) -> None:
    """A byte now and then, far beyond the deadline, and then all that was asked for."""
    with contextlib.suppress(OSError):
        for _ in range(20):
            handler.wfile.write(b" ")
            time.sleep(SECONDS / 4)
        handler.wfile.write(end)


WAYS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    f"/{way.__name__}": way
    for way in (
        json_of,
        a_redirect,
        too_much,
        packed,
        a_list,
        too_deep,
        dripping_headers,
        a_dripping_body,
    )
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        WAYS[self.path](self)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A provider that the operator allows, and that does as its path says."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_is_read(site):
    assert ask(Reach(frozenset({site})), f"{site}/json_of") == {"a": 1}


def test_nobody_is_asked_who_is_not_allowed(site):
    """ASVS v5.0.0-13.2.4: denied unless the operator allows it."""
    with pytest.raises(SignInFault):
        ask(Reach(), f"{site}/json_of")


@pytest.mark.parametrize("path", [path for path in WAYS if path != "/json_of"])
def test_what_answers_falsely_is_left_in_time(site, path, monkeypatch):
    """ASVS v5.0.0-15.3.2: no redirect is followed.

    ASVS v5.0.0-15.2.2: one deadline for the whole answer, also where each byte comes in time.
    """
    monkeypatch.setattr(reach, "LONGEST", SECONDS)
    with pytest.raises(SignInFault):
        ask(Reach(frozenset({site})), f"{site}{path}")
