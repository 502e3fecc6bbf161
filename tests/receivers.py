"""A system that takes events: a small server on loopback that answers what a test says."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Got:
    """One request, as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body, read."""
        return json.loads(self.body)


def status(code: int, **headers: str) -> Answer:
    """An answer with nothing in it."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", "0")
        to.end_headers()

    return answer


@dataclass
class Receiver:
    """What came in, in order, and how it is answered: by `answer`, but first by each of `next`."""

    answer: Answer = field(default_factory=lambda: status(204))
    next: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    address: str = ""

    @property
    def sequences(self) -> list[int]:
        """The numbers of the events that came in."""
        return [each.said["sequence"] for each in self.got]

    @property
    def types(self) -> list[str]:
        """Their kinds."""
        return [each.said["type"] for each in self.got]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens; over TLS where a context is given."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(self.path, headers, body))
            answer = receiver.next.pop(0) if receiver.next else receiver.answer
            # The client may have heard enough.
            with suppress(BrokenPipeError, ConnectionResetError):
                answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    if tls is not None:
        # Each hand is shaken in its own thread, so that a refusal does not end the server.
        listening.socket = tls.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
        listening.handle_error = lambda *_: None
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.address = f"http://127.0.0.1:{listening.server_port}/events"
    try:
        yield receiver
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
