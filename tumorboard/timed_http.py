"""HTTP whose answer is there in time.

The timeouts of `requests` count from byte to byte, so a server that drips would hold a worker for
ever. Here one deadline holds for everything that is asked through a session.
"""

import io
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Deadline:
    """A point in time by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _TimedReader(io.RawIOBase):
    """What a socket sends, until the deadline."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class TimedSocket:
    """A connected socket whose answers must be in before the deadline."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """What `http.client` reads the answer from."""
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))


def _timed(connection: Any, deadline: Deadline) -> Any:
    """`connection`, a class, whose sockets keep to the deadline."""

    class Timed(connection):
        sock: Any

        def connect(self) -> None:
            super().connect()
            self.sock = TimedSocket(self.sock, deadline)

    return Timed


class TimedAdapter(HTTPAdapter):
    """What a session sends its requests by: every connection of it keeps to the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let every connection know the deadline."""
        super().init_poolmanager(*args, **kwargs)
        plain = {"ConnectionCls": _timed(HTTPConnection, self._deadline)}
        secure = {"ConnectionCls": _timed(HTTPSConnection, self._deadline)}
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("TimedHTTP", (HTTPConnectionPool,), plain),
            "https": type("TimedHTTPS", (HTTPSConnectionPool,), secure),
        }
