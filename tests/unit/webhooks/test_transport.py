"""One POST to a real server on loopback, whatever that server does."""

import socket
import ssl
import subprocess
import threading

import pytest

from cases.models.webhook import Fault
from cases.services.webhooks import transport
from cases.services.webhooks.faults import SendError
from cases.services.webhooks.reach import Reach
from tests.receivers import receiving, status


@pytest.fixture
def reach(settings):
    settings.WEBHOOK_NETWORKS = "north=127.0.0.0/8"
    settings.WEBHOOK_PLAIN_HOSTS = "north=127.0.0.1,north=engine.test"
    return Reach.of("north")


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def fault_of(address, reach) -> tuple[Fault, int | None]:
    with pytest.raises(SendError) as error:
        transport.post(address, body=b"{}", headers={}, reach=reach)
    return error.value.fault, error.value.status_code


def raw(answer: bytes):
    """An answer that is written as it stands."""
    return lambda to: to.wfile.write(answer)


def test_the_host_is_asked_at_the_address_that_was_judged(receiver, reach, monkeypatch):
    """ASVS v5.0.0-15.4.2: what a name leads to is looked up once, judged, and that is asked."""
    port = int(receiver.address.split(":")[2].split("/")[0])
    asked = []

    def once(host, port, **_):
        asked.append(host)
        # A second look would lead elsewhere.
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    real = socket.getaddrinfo
    by_name = lambda host, *a, **k: (once if host == "engine.test" else real)(host, *a, **k)  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", by_name)
    address = f"http://engine.test:{port}/events"
    assert transport.post(address, body=b"{}", headers={"x": "y"}, reach=reach) == 204
    assert asked == ["engine.test"]
    (got,) = receiver.got
    assert got.headers["host"] == f"engine.test:{port}"
    assert got.headers["x"] == "y"


def test_the_next_address_of_a_name_is_tried(receiver, reach, monkeypatch):
    monkeypatch.setattr(Reach, "addresses", lambda *_: ["::1", "127.0.0.1"])
    assert transport.post(receiver.address, body=b"", headers={}, reach=reach) == 204


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(301, Location="http://127.0.0.1/"), (Fault.REDIRECTED, 301)),
        (status(410), (Fault.GONE, 410)),
        (status(400), (Fault.REFUSED, 400)),
        (status(500), (Fault.REFUSED, 500)),
        (raw(b"hello\r\n\r\n"), (Fault.NOT_HTTP, None)),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n"), (Fault.NOT_HTTP, None)),
        (raw(b""), (Fault.UNREACHABLE, None)),
    ],
)
def test_what_is_no_success_says_why(receiver, reach, answer, expected):
    """ASVS v5.0.0-15.3.2."""
    receiver.answer = answer
    assert fault_of(receiver.address, reach) == expected


def test_an_answer_of_any_length_is_not_read_to_its_end(receiver, reach):
    """ASVS v5.0.0-15.2.2."""
    receiver.answer = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx")
    assert transport.post(receiver.address, body=b"", headers={}, reach=reach) == 200


def test_an_answer_that_drips_is_ended(receiver, reach, monkeypatch):
    """ASVS v5.0.0-15.2.2: the time is that of everything together, not from byte to byte."""
    monkeypatch.setattr(transport, "LONGEST", 0.4)
    done = threading.Event()

    def drip(to):
        while not done.wait(0.05):
            to.wfile.write(b"H")

    receiver.answer = drip
    assert fault_of(receiver.address, reach) == (Fault.TOO_SLOW, None)
    done.set()


def test_nobody_listens(receiver, reach):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert fault_of(f"http://127.0.0.1:{port}/", reach) == (Fault.UNREACHABLE, None)


def test_what_may_not_be_asked_is_not_asked(receiver):
    """ASVS v5.0.0-1.3.6."""
    assert fault_of(receiver.address, Reach()) == (Fault.NOT_ALLOWED, None)
    secure = receiver.address.replace("http://127.0.0.1", "https://localhost")
    assert fault_of(secure, Reach()) == (Fault.NOT_ALLOWED, None)
    assert receiver.got == []


@pytest.fixture
def certificate(tmp_path):
    """Of localhost, signed by itself."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert


def test_certificates_are_checked_against_the_name(settings, monkeypatch, certificate):
    """ASVS v5.0.0-12.3.2: only a certificate of a trusted authority, for the host's own name."""
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    settings.WEBHOOK_NETWORKS = "north=127.0.0.0/8"
    monkeypatch.setattr(Reach, "addresses", lambda *_: ["127.0.0.1"])
    reach = Reach.of("north")
    with receiving(context) as receiver:
        by_number = receiver.address.replace("http://", "https://")
        by_name = by_number.replace("127.0.0.1", "localhost")
        assert fault_of(by_name, reach) == (Fault.UNTRUSTED, None)
        settings.WEBHOOK_CA_FILE = str(cert)
        assert fault_of(by_number, reach) == (Fault.UNTRUSTED, None)
        assert transport.post(by_name, body=b"{}", headers={}, reach=reach) == 204
        assert len(receiver.got) == 1
