"""Asking a ClamAV daemon whether a file holds a virus.

Its INSTREAM command takes a file in chunks, each behind its length, over a Unix socket or TCP; the
daemon needs to read no file of ours. Whatever is no plain answer is no answer: who asks keeps the
file away until there is one.
"""

import socket
import struct
import time
from typing import IO

CHUNK = 256 * 1024
LENGTH = struct.Struct("!L")
#: The longest answer that is listened to; a signature's name has a few dozen letters.
LONGEST_ANSWER = 4_096
#: What the name of a file would be, had it one; and the two ends that an answer may have.
SUBJECT, CLEAN, FOUND = "stream: ", "OK", " FOUND"
END = b"\0"
#: What the daemon calls a file of which it has read only a part (its AlertExceedsMax).
READ_IN_PART = "Heuristics.Limits.Exceeded"


class ScannerUnavailable(Exception):
    """The daemon did not say whether the file holds a virus: down, slow, or at its limits."""


def scan(content: IO[bytes], *, address: str, timeout_seconds: float) -> str:
    """The name of the signature that matches the file; empty where none does.

    Args:
        content: read from its beginning.
        address: path of a Unix socket, or host:port.
        timeout_seconds: for everything together.

    Raises:
        ScannerUnavailable: there is no whole answer about the whole file in this time.
    """
    content.seek(0)
    try:
        with _Line(address, timeout_seconds) as line:
            return _signature(line.ask(content))
    except (OSError, ValueError) as error:
        raise ScannerUnavailable(type(error).__name__) from None


def _signature(answer: str) -> str:
    verdict = answer.removeprefix(SUBJECT)
    name = verdict.removesuffix(FOUND)
    if verdict == answer or not verdict.isprintable():
        raise ScannerUnavailable("no answer")
    if verdict == CLEAN:
        return ""
    # One without a name must not pass for one that was not found.
    if name == verdict or not name.strip() or name.startswith(READ_IN_PART):
        raise ScannerUnavailable(verdict[:200])
    return name


class _Line:
    """One connection with a deadline."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        self._deadline = time.monotonic() + timeout_seconds
        self._socket = _connected(address, timeout_seconds)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, content: IO[bytes]) -> str:
        """Send the file, and read what is said of it.

        Raises:
            ValueError: the answer has no end, or says that it is clean what was not sent whole.
        """
        is_sent = False
        try:
            self._send(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                self._send(LENGTH.pack(len(chunk)) + chunk)
            self._send(LENGTH.pack(0))
            is_sent = True
        except (BrokenPipeError, ConnectionResetError):
            # At its limit it stops listening, and may have said so.
            pass
        answer = b""
        while not answer.endswith(END) and len(answer) < LONGEST_ANSWER:
            self._wait_no_longer()
            if not (more := self._socket.recv(LONGEST_ANSWER)):
                break
            answer += more
        said = answer.removesuffix(END).decode()
        if said == answer.decode() or (not is_sent and not said.endswith(FOUND)):
            raise ValueError
        return said

    def _send(self, part: bytes) -> None:
        self._wait_no_longer()
        self._socket.sendall(part)

    def _wait_no_longer(self) -> None:
        """Give the next step what is left of the time.

        Raises:
            TimeoutError: nothing is left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _connected(address: str, timeout_seconds: float) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout_seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_seconds)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection
