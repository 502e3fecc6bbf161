"""What is taken for an answer of a virus scanner, and what is not."""

import io
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tumorboard import clamd
from tumorboard.clamd import ScannerUnavailable, scan

Answer = Callable[[socket.socket], None]


@pytest.fixture
def scanner() -> Iterator[Callable[[Answer], str]]:
    """A scanner on loopback that does with its one connection what a test says; its address."""
    threads = []

    def start(answer: Answer) -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listening, listening.accept()[0] as line:
                answer(line)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for thread in threads:
        thread.join()


def heard(line: socket.socket) -> bytes:
    """All that is sent, put together again."""
    file = line.makefile("rb")
    with file:
        assert file.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(file.read(4), "big"):
            content += file.read(size)
        return content


def saying(words: bytes) -> Answer:
    def answer(line: socket.socket) -> None:
        heard(line)
        line.sendall(words)

    return answer


def test_the_whole_file_is_sent_from_its_beginning(scanner, monkeypatch):
    monkeypatch.setattr(clamd, "CHUNK", 10)
    content, got = io.BytesIO(b"0123456789" * 3 + b"end"), []
    content.seek(5)

    def answer(line: socket.socket) -> None:
        got.append(heard(line))
        line.sendall(b"stream: ")
        line.sendall(b"OK\0")

    assert scan(content, address=scanner(answer), timeout_seconds=10) == ""
    assert got == [content.getvalue()]


def test_the_name_of_what_was_found_is_told(scanner):
    address = scanner(saying(b"stream: Win.Test.EICAR_HDB-1 FOUND\0"))
    assert scan(io.BytesIO(b"x"), address=address, timeout_seconds=10) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"stream: OK, as far as it was read\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
        b"\xff\xfe\0",
        b"stream: OK" * 1_000,
        # Of a signature without a name nothing is left once the words around it are gone.
        b"stream:  FOUND\0",
        b" FOUND\0",
        b"stream: \0",
        b"OK\0",
        b"stream: A\nB FOUND\0",
        b"stream: Win\0 FOUND\0",
        # Cut off, it could go on otherwise.
        b"stream: OK",
        b"stream: Win.Test FOUND",
    ],
)
def test_whatever_is_no_plain_answer_is_none(scanner, words):
    """ASVS v5.0.0-16.5.3: what the scanner does not say plainly is not taken for “clean”."""
    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(b"x"), address=scanner(saying(words)), timeout_seconds=10)


def test_one_that_closes_before_the_end_has_not_answered(scanner):
    def answer(line: socket.socket) -> None:
        line.recv(1)

    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(b"x" * 20_000_000), address=scanner(answer), timeout_seconds=10)


def test_one_that_says_clean_of_half_a_file_has_not_answered(scanner):
    """ASVS v5.0.0-5.4.3: clean is what was scanned whole."""

    def answer(line: socket.socket) -> None:
        line.recv(1)
        line.sendall(b"stream: OK\0")
        # Closed with something unread, so that the sender meets a broken line.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(b"x" * 20_000_000), address=scanner(answer), timeout_seconds=10)


def test_one_that_never_answers_is_waited_for_only_so_long(scanner):
    waits = threading.Event()

    def answer(line: socket.socket) -> None:
        heard(line)
        waits.wait(10)

    with pytest.raises(ScannerUnavailable, match="Timeout"):
        scan(io.BytesIO(b"x"), address=scanner(answer), timeout_seconds=0.05)
    waits.set()


def test_time_that_is_over_is_over(scanner, monkeypatch):
    clock = iter([0.0, 100.0])
    monkeypatch.setattr(clamd.time, "monotonic", lambda: next(clock))
    with pytest.raises(ScannerUnavailable, match="Timeout"):
        scan(io.BytesIO(b"x"), address=scanner(lambda _: None), timeout_seconds=10)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "127.0.0.1:port"])
def test_one_that_is_not_there_has_not_answered(address):
    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(b"x"), address=address, timeout_seconds=1)
