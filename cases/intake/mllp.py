"""HL7 v2 over MLLP (Minimal Lower Layer Protocol, release 1): one answer for every message.

With TLS both sides show a certificate (`tls`). Without, encryption and who may connect are the
operator's: the listener stands behind a proxy that ends TLS with client certificates, and listens
to this machine alone unless it is told otherwise.
"""

import logging
import socket
import socketserver
import ssl
import threading
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

import pghistory
from django.db import close_old_connections

from cases.intake import acknowledging, tls
from cases.services.intake.incoming import MOST_BYTES
from tumorboard.accounts import scopes
from tumorboard.accounts.client_models import ApiClient
from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import let_connection_go, member_scope

logger = logging.getLogger(__name__)

START, END = b"\x0b", b"\x1c\r"
#: Seconds that a connection may be silent, and that one message may take to arrive.
IDLE_SECONDS, MESSAGE_SECONDS = 300, 30
MOST_CONNECTIONS = 20
CHUNK = 65_536
GRANT = ("MessageHeader", "c")


class TooLong(Exception):
    """More came than a message may have."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__()
        #: What came of it, without the frame.
        self.beginning = beginning


class NotRead(Exception):
    """The sender does not read its answer."""


class Unframed(Exception):
    """Something that is no frame of MLLP."""


def answer(raw: bytes, *, slug: str, client_id: UUID, address: str = "") -> bytes:
    """The ACK for one message, in a transaction of its own; never raises."""
    try:
        close_old_connections()
        institution = Institution.objects.get(slug=slug)
        with member_scope(institution, None):
            client = ApiClient.objects.select_related("user").get(pk=client_id)
        if client.disabled_at or GRANT not in scopes.granted_by(client.scopes):
            return acknowledging.not_allowed(raw)
        with (
            member_scope(institution, client.user_id, opened=False),
            pghistory.context(person=str(client.user_id)),
            arriving(Via.API, address=address),
        ):
            return acknowledging.take(raw, client=client).answer
    except Exception as error:
        # The kind alone: what an error says may quote the message.
        logger.error("a message could not be stored: %s", type(error).__name__)
        return acknowledging.failed(raw)
    finally:
        let_connection_go()


class Frames:
    """The messages of one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._waiting = b""

    def next(self) -> bytes | None:
        """The next message; None where the sender has gone.

        Raises:
            TooLong: it is longer than `MOST_BYTES`.
            Unframed: it does not begin as a frame does.
            TimeoutError: the sender is silent.
        """
        until = monotonic() + IDLE_SECONDS
        found = self._waiting.lstrip(b"\r\n")
        while not found:
            more = self._more(until)
            if not more:
                return None
            found = more.lstrip(b"\r\n")
        if not found.startswith(START):
            raise Unframed
        until = monotonic() + MESSAGE_SECONDS
        parts = [found]
        length = len(found)
        while END not in (parts[-1] if len(parts) == 1 else parts[-2][-1:] + parts[-1]):
            if length > MOST_BYTES + len(START) + len(END):
                raise TooLong(b"".join(parts)[len(START) :])
            more = self._more(until)
            if not more:
                return None
            parts.append(more)
            length += len(more)
        message, _, self._waiting = b"".join(parts).partition(END)
        if len(message) > MOST_BYTES + len(START):
            raise TooLong(message[len(START) :])
        return message[len(START) :]

    def _more(self, until: float) -> bytes:
        """What comes next; however little comes at a time, nothing is waited for after `until`."""
        self._connection.settimeout(_seconds_left(until))
        return bytes(self._connection.recv(CHUNK))


def _seconds_left(until: float) -> float:
    """How long there still is.

    Raises:
        TimeoutError: no longer.
    """
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class Connection(socketserver.BaseRequestHandler):
    """One sender, whose messages are answered one after the other."""

    server: "Listener"

    def handle(self) -> None:
        """Answer until the sender goes, is silent, or sends what is no message."""
        frames = Frames(self.request)
        # A peer that has gone without a word is found out.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            if isinstance(self.request, ssl.SSLSocket):
                tls.greet(self.request, senders=self.server.senders)
            while not self.server.is_closing and (raw := self._next(frames)) is not None:
                said = answer(
                    raw,
                    slug=self.server.slug,
                    client_id=self.server.client_id,
                    address=str(self.client_address[0]),
                )
                self._send(said)
        except tls.Stranger as stranger:
            logger.warning("a connection was refused: %s", stranger)
        except Unframed:
            logger.warning("a connection was closed: no frame of MLLP")
        except NotRead:
            logger.warning("a connection was closed: its answers are not read")
        except TimeoutError:
            logger.info("a connection was closed: nothing came in time")
        except OSError as error:
            logger.info("a connection broke off: %s", type(error).__name__)

    def _next(self, frames: Frames) -> bytes | None:
        """The next message; None where none will come, or one that is too long was told so."""
        try:
            return frames.next()
        except TooLong as fault:
            logger.warning("a connection was closed: a message was too long")
            self._send(acknowledging.too_long(fault.beginning))
            return None

    def _send(self, said: bytes) -> None:
        """Answer.

        Raises:
            NotRead: the sender lets it lie; what it sent is kept, and answered when it comes again.
        """
        until = monotonic() + MESSAGE_SECONDS
        left = memoryview(START + said + END)
        try:
            # Not all at once: with TLS every part of it would have that long.
            while left:
                self.request.settimeout(_seconds_left(until))
                left = left[self.request.send(left[:CHUNK]) :]
        except TimeoutError as error:
            raise NotRead from error


class Listener(socketserver.ThreadingTCPServer):
    """Takes in the messages of one source of one institution."""

    allow_reuse_address = True
    #: Whether it takes no more messages; what is being stored is still answered.
    is_closing = False

    def __init__(
        self,
        address: tuple[str, int],
        *,
        slug: str,
        client_id: UUID,
        context: ssl.SSLContext | None = None,
        senders: frozenset[str] = frozenset(),
    ) -> None:
        self.slug, self.client_id = slug, client_id
        #: With TLS, and fingerprints of those that may send; every one of the CA where empty.
        self.context, self.senders = context, senders
        self._connections: set[Any] = set()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Connection)

    def get_request(self) -> tuple[Any, Any]:
        """The next connection; the handshake waits for its thread, so that no slow one holds up."""
        connection, address = super().get_request()
        if self.context is None:
            return connection, address
        sealed = self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        return sealed, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; a connection too many is closed at once."""
        if not self._free.acquire(blocking=False):
            logger.warning("a connection was refused: %s are open", MOST_CONNECTIONS)
            self.shutdown_request(request)
            return
        self._connections.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As the server does, and make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.discard(request)
            self._free.release()

    def shutdown_request(self, request: Any) -> None:
        """As the server does; with TLS the other side is told before."""
        if isinstance(request, ssl.SSLSocket):
            tls.take_leave(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and wait until what is being stored is stored and answered."""
        self.is_closing = True
        for connection in tuple(self._connections):
            # Whoever waits for more of it is told that there is none.
            # Past TLS, which would end with it: the answer still goes out sealed.
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RD)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing of a message reaches a log."""
        logger.error("a connection failed")
