"""Messages that come at once, and over MLLP."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from cases.intake import mllp
from cases.intake.mllp import END, START, Listener
from cases.models import InboxMessage, InboxProposal, IntakeSource
from tests.integration.intake import messages as of
from tumorboard.accounts import clients
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_the_same_message_from_many_threads_is_one(institution, known, case):
    raw = of.laboratory().encode()
    start = threading.Barrier(6)

    def one(_number):
        start.wait()
        try:
            return mllp.answer(raw, slug="north", client_id=known.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(one, range(6)))

    assert len(answers) == 1
    assert b"MSA|AA|L1" in answers.pop()
    with institution_scope(institution):
        assert InboxMessage.objects.count() == 1
        assert InboxProposal.objects.filter(kind="lab_result").count() == 1


def test_the_first_messages_of_a_source_make_one_source(institution, sender):
    start = threading.Barrier(4)

    def one(number):
        start.wait()
        try:
            raw = of.laboratory(f"M{number}").encode()
            return mllp.answer(raw, slug="north", client_id=sender.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(b"MSA|AA" in each for each in pool.map(one, range(4)))
    with institution_scope(institution):
        assert IntakeSource.objects.count() == 1
        assert InboxMessage.objects.count() == 4


@pytest.fixture
def port(known):
    """A listener at a free port."""
    with Listener(("127.0.0.1", 0), slug="north", client_id=known.pk) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield listener.server_address[1]
        listener.shutdown()
        thread.join()


def received(sock):
    found = b""
    while not found.endswith(END):
        more = sock.recv(4096)
        if not more:
            break
        found += more
    return found


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_every_message_of_a_connection_is_answered(institution, case, port, caplog):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        both = START + of.laboratory("A").encode() + END + START + of.order().encode() + END
        sock.sendall(both[:20])
        sock.sendall(both[20:-1])
        first = received(sock)
        sock.sendall(both[-1:])
        second = received(sock)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(START + b"hello" + END)
        assert b"MSA|AE" in received(sock)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert received(sock) == b""

    assert first.startswith(START)
    assert b"MSA|AA|A" in first
    assert b"MSA|AA|O1" in second
    with institution_scope(institution):
        assert InboxMessage.objects.count() == 2
    assert "Berg" not in caplog.text
    assert "4711" not in caplog.text


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_message_without_end_is_cut_off(port, monkeypatch):
    monkeypatch.setattr(mllp, "MOST_BYTES", 1_000)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(START + b"x" * 3_000)
        assert b"MSA|AE" in received(sock)


def test_a_client_that_may_not_send_is_told(institution, known, administrator):
    with institution_scope(institution):
        clients.set_access(
            client=known, granted=["system/Patient.rs"], requests_per_minute=60, by=administrator
        )

    answer = mllp.answer(of.laboratory().encode(), slug="north", client_id=known.pk)

    assert b"may not send" in answer
    with institution_scope(institution):
        assert not InboxMessage.objects.exists()
