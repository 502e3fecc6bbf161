"""The listener for MLLP, over real connections: what it waits for, refuses and finishes."""

import signal
import socket
import threading
from io import StringIO
from itertools import count

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from cases.intake import acknowledging, mllp
from cases.intake.mllp import END, START, Listener
from cases.models import InboxMessage
from cases.services.intake import receiving
from tests.integration.intake import messages as of
from tumorboard.accounts.client_models import ApiClient
from tumorboard.tenancy.scope import institution_scope

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]


@pytest.fixture
def listening(known):
    """A listener at a free port, which is closed at the end."""
    with Listener(("127.0.0.1", 0), slug="north", client_id=known.pk) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield listener
        listener.shutdown()
        thread.join()


@pytest.fixture
def connect(listening):
    """Opens a connection."""
    opened = []

    def open_one():
        sock = socket.create_connection(("127.0.0.1", listening.server_address[1]), timeout=20)
        opened.append(sock)
        return sock

    yield open_one
    for each in opened:
        each.close()


def framed(text):
    return START + text.encode() + END


def received(sock):
    """One answer; what came of it where the connection ends before."""
    found = b""
    while not found.endswith(END):
        try:
            more = sock.recv(4096)
        except ConnectionResetError:
            break
        if not more:
            break
        found += more
    return found


def test_a_silent_sender_is_let_go(connect, monkeypatch):
    monkeypatch.setattr(mllp, "IDLE_SECONDS", 0.01)

    assert received(connect()) == b""


def test_a_message_that_never_ends_is_let_go_however_slowly_it_comes(connect, monkeypatch, stored):
    # By this clock the time is over when the second part is waited for.
    ticks = count(step=mllp.MESSAGE_SECONDS)
    monkeypatch.setattr(mllp, "monotonic", lambda: next(ticks))
    sock = connect()
    sock.sendall(START + b"MSH")

    assert received(sock) == b""
    assert stored() == 0


def test_what_breaks_off_is_not_kept(connect, stored, case):
    sock = connect()
    sock.sendall(framed(of.laboratory())[:-2])
    sock.shutdown(socket.SHUT_WR)

    assert received(sock) == b""
    assert stored() == 0


def test_the_end_of_a_message_may_come_in_pieces(connect, stored, case):
    sock = connect()
    for part in (framed(of.laboratory())[:-1], b"\r"):
        sock.sendall(part)

    assert b"MSA|AA|L1" in received(sock)


def test_line_ends_between_messages_are_passed_over(connect, stored, case):
    sock = connect()
    sock.sendall(b"\r\n" + framed(of.laboratory("A")) + b"\r\n\r\n")
    assert b"MSA|AA|A" in received(sock)
    sock.sendall(b"\n" + framed(of.laboratory("B", value="9")))
    assert b"MSA|AA|B" in received(sock)
    assert stored() == 2


@pytest.mark.parametrize("before", [b"x", b"\x00", b"\x1c\r", b"GET / HTTP/1.1\r\n\r\n"])
def test_anything_else_before_a_message_ends_the_connection(connect, stored, case, before):
    sock = connect()
    sock.sendall(before + framed(of.laboratory()))

    assert received(sock) == b""
    assert stored() == 0


def test_a_message_that_begins_within_another_is_refused(connect, stored, case):
    """The end of the first was lost: what is of whom cannot be told any more."""
    sock = connect()
    sock.sendall(START + of.laboratory("A").encode() + framed(of.laboratory("B")))

    answer = received(sock)
    assert b"MSA|AE" in answer
    assert b"frame of MLLP" in answer
    assert stored() == 0


def test_the_longest_message_is_taken_and_one_byte_more_is_not(connect, stored, case, monkeypatch):
    raw = of.laboratory()
    monkeypatch.setattr(mllp, "MOST_BYTES", len(raw))
    sock = connect()
    sock.sendall(framed(raw))
    assert b"MSA|AA" in received(sock)
    sock.sendall(framed(of.laboratory("L2") + "\r"))
    refused = received(sock)

    assert b"MSA|AE|L2" in refused
    assert b"bytes" in refused
    assert received(sock) == b""
    assert stored() == 1


def test_a_connection_too_many_is_closed_and_one_that_goes_makes_room(
    institution, known, case, monkeypatch
):
    monkeypatch.setattr(mllp, "MOST_CONNECTIONS", 1)
    with Listener(("127.0.0.1", 0), slug="north", client_id=known.pk) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        gone = threading.Event()
        free = listener._free.release
        monkeypatch.setattr(listener._free, "release", lambda: (free(), gone.set()))
        with socket.create_connection(listener.server_address[:2], timeout=20) as first:
            first.sendall(framed(of.laboratory()))
            assert b"MSA|AA" in received(first)
            with socket.create_connection(listener.server_address[:2], timeout=20) as second:
                assert received(second) == b""
        assert gone.wait(20)
        with socket.create_connection(listener.server_address[:2], timeout=20) as third:
            third.sendall(framed(of.laboratory()))
            assert b"MSA|AA" in received(third)
        listener.shutdown()
        thread.join()


def test_a_sender_that_goes_before_its_answer_loses_nothing(connect, stored, case, monkeypatch):
    taken = threading.Event()
    take = mllp.answer

    def slow(raw, **more):
        said = take(raw, **more)
        taken.set()
        return said

    monkeypatch.setattr(mllp, "answer", slow)
    sock = connect()
    sock.sendall(framed(of.laboratory()))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    sock.close()
    assert taken.wait(20)
    again = connect()
    again.sendall(framed(of.laboratory()))

    assert b"MSA|AA|L1" in received(again)
    assert stored() == 1


def test_a_message_much_too_long_is_not_read_to_its_end(connect, stored, monkeypatch):
    monkeypatch.setattr(mllp, "MOST_BYTES", 100)
    sock = connect()
    sock.sendall(START + of.laboratory().encode())

    assert b"MSA|AE|L1" in received(sock)
    assert received(sock) == b""
    assert stored() == 0


def test_a_sender_that_never_reads_its_answer_is_let_go(
    listening, connect, stored, case, monkeypatch, caplog
):
    gone = threading.Event()
    free = listening._free.release
    monkeypatch.setattr(listening._free, "release", lambda: (free(), gone.set()))
    take = mllp.answer

    def long(raw, **more):
        monkeypatch.setattr(mllp, "MESSAGE_SECONDS", 0.01)
        # More than the system keeps for somebody who does not read.
        return take(raw, **more) + b" " * 50_000_000

    monkeypatch.setattr(mllp, "answer", long)
    deaf = connect()
    deaf.sendall(framed(of.laboratory()))
    assert gone.wait(20)
    assert "not read" in caplog.text
    assert not received(deaf).endswith(END)
    monkeypatch.undo()
    again = connect()
    again.sendall(framed(of.laboratory()))

    assert b"MSA|AA|L1" in received(again)
    assert stored() == 1


def test_a_fault_in_one_connection_leaves_the_others(connect, stored, case, monkeypatch, caplog):
    def fail(_self):
        message = "Anna Berg MRN-4711"
        raise RuntimeError(message)

    with monkeypatch.context() as patched:
        patched.setattr(mllp.Frames, "next", fail)
        assert received(connect()) == b""
    assert "a connection failed" in caplog.text
    assert "Berg" not in caplog.text
    sock = connect()
    sock.sendall(framed(of.laboratory()))

    assert b"MSA|AA|L1" in received(sock)
    assert stored() == 1


def test_nothing_is_acknowledged_that_is_not_kept(connect, stored, case, monkeypatch, caplog):
    def fail(**_more):
        message = "Anna Berg MRN-4711"
        raise DatabaseError(message)

    monkeypatch.setattr(acknowledging.receiving, "receive", fail)
    sock = connect()
    sock.sendall(framed(of.laboratory()))
    answer = received(sock)

    assert b"MSA|AE|L1" in answer
    assert b"207^Application internal error" in answer
    assert stored() == 0
    assert "Berg" not in caplog.text
    monkeypatch.undo()
    # The fault passes, and the same connection goes on.
    sock.sendall(framed(of.laboratory()))
    assert b"MSA|AA|L1" in received(sock)


def test_what_is_being_stored_is_answered_before_the_listener_stops(
    listening, connect, stored, case, monkeypatch
):
    inside, go_on = threading.Event(), threading.Event()
    receive = receiving.receive

    def held(**more):
        inside.set()
        assert go_on.wait(20)
        return receive(**more)

    monkeypatch.setattr(receiving, "receive", held)
    sender, idle, half = connect(), connect(), connect()
    half.sendall(START + b"MSH|")
    sender.sendall(framed(of.laboratory()))
    assert inside.wait(20)
    listening.shutdown()
    closing = threading.Thread(target=listening.server_close)
    closing.start()
    # Those who wait are let go at once, while a message is still being stored.
    assert received(idle) == received(half) == b""
    go_on.set()

    assert b"MSA|AA|L1" in received(sender)
    assert received(sender) == b""
    closing.join(20)
    assert not closing.is_alive()
    assert stored() == 1


def test_the_command_stops_when_services_are_stopped(known, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(Listener, "serve_forever", lambda _: signal.raise_signal(signal.SIGTERM))
    said = StringIO()

    call_command(
        "mllp", "--institution", "north", "--client", str(known.pk), "--port", "0", stdout=said
    )

    assert "Stopping" in said.getvalue()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("raw", [of.laboratory().encode(), b"hello"])
def test_a_client_that_may_not_send_any_more_is_told_whatever_it_sends(
    institution, known, raw, stored
):
    with institution_scope(institution):
        ApiClient.objects.filter(pk=known.pk).update(scopes=[])

    answer = mllp.answer(raw, slug="north", client_id=known.pk)

    assert b"may not send" in answer
    assert b"MSA|AE" in answer
    assert stored() == 0


def test_a_listener_whose_institution_is_gone_says_so(known):
    for raw in (of.laboratory().encode(), b"hello"):
        answer = mllp.answer(raw, slug="nowhere", client_id=known.pk)
        assert b"could not be stored" in answer


def test_a_client_of_another_institution_cannot_send_by_mllp(other_institution, known):
    answer = mllp.answer(of.laboratory().encode(), slug="south", client_id=known.pk)

    assert b"MSA|AE" in answer
    with institution_scope(other_institution):
        assert not InboxMessage.objects.exists()
