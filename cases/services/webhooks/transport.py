"""One POST that ends in time, at the address that was judged, whatever the other side does."""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from cases.models.webhook import Fault
from cases.services.webhooks.faults import SendError
from cases.services.webhooks.reach import Reach
from tumorboard.timed_http import Deadline, TimedSocket

#: [INT] Seconds for everything together. Less than the lease of a message of the outbox, which
#: another worker takes up afterwards.
LONGEST = 15.0
#: Bytes of an answer that are read, so that the other side can end it in peace. Nobody looks.
MOST_BYTES = 4096


class _Connection(HTTPConnection):
    """A connection to addresses that were judged, under the name that was typed."""

    def __init__(
        self, host: str, port: int, *, is_secure: bool, addresses: list[str], deadline: Deadline
    ) -> None:
        self.default_port = 443 if is_secure else 80
        super().__init__(host, port)
        self._is_secure, self._addresses, self._deadline = is_secure, addresses, deadline

    def connect(self) -> None:
        """Connect to the first address that answers."""
        sock: Any = self._connected()
        if self._is_secure:
            sock.settimeout(self._deadline.left())
            sock = _context().wrap_socket(sock, server_hostname=self.host)
        sock.settimeout(self._deadline.left())
        self.sock = TimedSocket(sock, self._deadline)

    def _connected(self) -> socket.socket:
        *others, last = self._addresses
        for address in others:
            try:
                return self._connected_to(address)
            except OSError:
                continue
        return self._connected_to(last)

    def _connected_to(self, address: str) -> socket.socket:
        # All but a name: nothing is looked up a second time.
        return socket.create_connection((address, self.port), timeout=self._deadline.left())


def post(address: str, *, body: bytes, headers: Mapping[str, str], reach: Reach) -> int:
    """Send `body`, without proxies and redirects.

    Returns:
        The status of the answer, 200 to 299.

    Raises:
        SendError: there is no answer, or no success.
    """
    if reach.fault_of(address):
        raise SendError(Fault.NOT_ALLOWED)
    parts = urlsplit(address)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    deadline = Deadline(LONGEST)
    addresses = reach.addresses(host, port)
    connection = _Connection(
        host, port, is_secure=is_secure, addresses=addresses, deadline=deadline
    )
    try:
        return _asked(connection, parts.path or "/", body, headers)
    except ssl.SSLError:
        raise SendError(Fault.UNTRUSTED) from None
    except TimeoutError:
        raise SendError(Fault.TOO_SLOW) from None
    except RemoteDisconnected:
        raise SendError(Fault.UNREACHABLE) from None
    except HTTPException:
        raise SendError(Fault.NOT_HTTP) from None
    except OSError:
        raise SendError(Fault.UNREACHABLE) from None
    finally:
        connection.close()


def _asked(connection: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    sent = {"Content-Type": "application/json", "User-Agent": "Tumorboard", **headers}
    connection.request("POST", path, body=body, headers=sent)
    # Where the other side ends the connection, it belongs to the answer.
    with connection.getresponse() as answer:
        status = answer.status
        if 300 <= status < 400:
            raise SendError(Fault.REDIRECTED, status)
        if status == 410:
            raise SendError(Fault.GONE, status)
        if not 200 <= status < 300:
            raise SendError(Fault.REFUSED, status)
        with suppress(OSError, HTTPException):
            answer.read(MOST_BYTES)
    return status


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.WEBHOOK_CA_FILE:
        context.load_verify_locations(cafile=settings.WEBHOOK_CA_FILE)
    return context
