"""The listener for MLLP with TLS: who is let in, and that nobody else does harm."""

import hashlib
import itertools
import shlex
import socket
import ssl
import subprocess
import threading
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.intake import mllp, tls
from cases.intake.mllp import END, START, Listener
from cases.services.intake import receiving
from tests.integration.intake import messages as of
from tests.integration.intake.certificates import Authority
from tests.integration.intake.test_documented import COMMANDS
from tests.integration.intake.test_mllp import framed, received

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]


@pytest.fixture
def authority(tmp_path):
    """The hospital's own."""
    return Authority(tmp_path, "hospital")


@pytest.fixture
def shown(authority):
    """What the listener shows."""
    return authority.issue("listener", is_server=True)


@pytest.fixture
def listen(known, authority, shown):
    """Starts listeners with TLS, which are closed at the end."""
    running = []

    def start(*senders):
        context = tls.context_of(
            certificate=shown.certificate, key=shown.key, client_ca=authority.path
        )
        listener = Listener(
            ("127.0.0.1", 0),
            slug="north",
            client_id=known.pk,
            context=context,
            senders=frozenset(senders),
        )
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((listener, thread))
        return listener

    yield start
    for listener, thread in running:
        listener.shutdown()
        listener.server_close()
        thread.join()


@pytest.fixture
def connect(authority):
    """Opens connections: in the clear, or with TLS and a certificate or none."""
    opened = []

    def plain(listener):
        sock = socket.create_connection(("127.0.0.1", listener.server_address[1]), timeout=20)
        opened.append(sock)
        return sock

    def sealed(listener, files=None, **settings):
        context = ssl.create_default_context(cafile=authority.path)
        for name, value in settings.items():
            setattr(context, name, value)
        if files:
            context.load_cert_chain(files.certificate, files.key)
        sock = context.wrap_socket(plain(listener), server_hostname="localhost")
        opened.append(sock)
        return sock

    sealed.plain = plain
    yield sealed
    for each in opened:
        each.close()


@pytest.fixture
def let_go(monkeypatch):
    """Waits until a listener has let a connection go."""

    def watch(listener):
        gone = threading.Event()
        free = listener._free.release
        monkeypatch.setattr(listener._free, "release", lambda: (free(), gone.set()))
        return lambda: gone.wait(20)

    return watch


def refused(connect, listener, files=None, **settings):
    """Whether one who tries to send gets no answer."""
    try:
        with closing(connect(listener, files, **settings)) as sock:
            sock.sendall(framed(of.laboratory()))
            return received(sock) == b""
    except OSError:
        return True


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_sender_with_a_certificate_is_answered(listen, connect, stored, case, authority, version):
    sock = connect(listen(), authority.issue("laboratory"), maximum_version=version)
    for number in "AB":
        sock.sendall(framed(of.laboratory(number, value=str(ord(number)))))
        assert f"MSA|AA|{number}".encode() in received(sock)

    assert sock.version() == {771: "TLSv1.2", 772: "TLSv1.3"}[version]
    assert stored() == 2


def test_the_listener_says_that_it_is_done(listen, connect, case, authority):
    """A cut is told from an end: it takes its leave as TLS asks for."""
    sock = connect(listen(), authority.issue("laboratory"))
    sock.suppress_ragged_eofs = False
    sock.sendall(framed(of.laboratory()) + b"no frame")

    assert b"MSA|AA" in received(sock)
    assert received(sock) == b""


def test_no_certificate_one_of_others_one_that_is_over_and_a_listeners_own_are_refused(
    listen, connect, stored, case, authority, tmp_path, shown, caplog, let_go
):
    elsewhere = Authority(tmp_path, "elsewhere")
    wrong = {
        "peer did not return a certificate": None,
        "unable to get local issuer certificate": elsewhere.issue("stranger"),
        "certificate has expired": authority.issue("former", is_over=True),
        "unsuitable certificate purpose": shown,
    }
    listener = listen()
    good = connect(listener, authority.issue("laboratory"))
    for why, files in wrong.items():
        gone = let_go(listener)
        assert refused(connect, listener, files), why
        assert gone(), why
        assert f"a connection was refused: {why}" in caplog.text

    assert stored() == 0
    good.sendall(framed(of.laboratory()))
    assert b"MSA|AA" in received(good)


def test_an_old_tls_is_refused(listen, connect, stored, case, authority):
    weak = {"minimum_version": ssl.TLSVersion.TLSv1_1, "maximum_version": ssl.TLSVersion.TLSv1_1}

    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        assert refused(connect, listen(), authority.issue("laboratory"), **weak)
    assert stored() == 0


def test_what_comes_in_the_clear_is_neither_kept_nor_told(
    listen, connect, stored, case, authority, caplog, let_go
):
    listener = listen()
    good = connect(listener, authority.issue("laboratory"))
    gone = let_go(listener)
    sock = connect.plain(listener)
    sock.sendall(framed(of.laboratory()))

    assert b"MSA" not in received(sock)
    assert gone()
    assert "a connection was refused" in caplog.text
    assert not {"Berg", of.NUMBER, "Anna"} & set(caplog.text.replace("^", " ").split())
    assert stored() == 0
    good.sendall(framed(of.laboratory()))
    assert b"MSA|AA" in received(good)


def test_a_slow_handshake_is_let_go_while_others_are_answered(
    listen, connect, stored, case, authority, caplog, monkeypatch, let_go
):
    listener = listen()
    waits, over = threading.Event(), threading.Event()
    greet = tls.greet

    def slow(connection, **more):
        if not waits.is_set():
            waits.set()
            # The time is over once the others were answered.
            assert over.wait(20)
            monkeypatch.setattr(tls, "HANDSHAKE_SECONDS", 0.01)
        greet(connection, **more)

    monkeypatch.setattr(tls, "greet", slow)
    # The beginning of a record of TLS, and nothing after it.
    mute = connect.plain(listener)
    mute.sendall(b"\x16\x03\x01")
    assert waits.wait(20)
    good = connect(listener, authority.issue("laboratory"))
    good.sendall(framed(of.laboratory()))
    assert b"MSA|AA" in received(good)
    gone = let_go(listener)
    with caplog.at_level("INFO"):
        over.set()
        assert received(mute) == b""
        assert gone()

    assert "nothing came in time" in caplog.text
    assert stored() == 1


def test_who_goes_in_the_middle_of_a_handshake_does_no_harm(
    listen, connect, case, authority, caplog, let_go
):
    listener = listen()
    gone = let_go(listener)
    with caplog.at_level("INFO"):
        sock = connect.plain(listener)
        sock.sendall(b"\x16\x03\x01")
        sock.close()
        assert gone()

    assert "a connection broke off" in caplog.text
    good = connect(listener, authority.issue("laboratory"))
    good.sendall(framed(of.laboratory()))
    assert b"MSA|AA" in received(good)


def test_only_the_certificates_that_are_named_may_send(
    listen, connect, stored, case, authority, caplog, let_go
):
    ours, renewed, others = (authority.issue(name) for name in ("old", "new", "archive"))
    listener = listen(ours.fingerprint, renewed.fingerprint)
    gone = let_go(listener)

    assert refused(connect, listener, others)
    assert gone()
    assert f"the certificate {others.fingerprint} is not one that may send" in caplog.text
    assert stored() == 0
    for files in (ours, renewed):
        sock = connect(listener, files)
        sock.sendall(framed(of.laboratory()))
        assert b"MSA|AA" in received(sock)


def test_what_is_being_stored_is_answered_sealed_before_the_listener_stops(
    listen, connect, stored, case, authority, monkeypatch
):
    listener = listen()
    files = authority.issue("laboratory")
    sender, idle, shaking = (
        connect(listener, files),
        connect(listener, files),
        connect.plain(listener),
    )
    # Hands are shaken for the listener too once it answers.
    idle.sendall(framed(of.laboratory()))
    assert b"MSA|AA|L1" in received(idle)
    inside, go_on = threading.Event(), threading.Event()
    receive = receiving.receive

    def held(**more):
        inside.set()
        assert go_on.wait(20)
        return receive(**more)

    monkeypatch.setattr(receiving, "receive", held)
    sender.sendall(framed(of.laboratory("L2", value="9")))
    assert inside.wait(20)
    listener.shutdown()
    stopping = threading.Thread(target=listener.server_close)
    stopping.start()
    assert received(idle) == b""
    assert b"MSA" not in received(shaking)
    go_on.set()

    assert b"MSA|AA|L2" in received(sender)
    stopping.join(20)
    assert not stopping.is_alive()
    assert stored() == 2


def test_an_answer_that_is_read_too_slowly_is_given_up_as_a_whole(
    listen, connect, stored, case, authority, monkeypatch, caplog, let_go
):
    """Each part of it is read in time, and all of it is not."""
    listener = listen()
    gone = let_go(listener)
    take = mllp.answer

    def long(raw, **more):
        said = take(raw, **more) + b" " * 2_000_000
        ticks = itertools.count(step=mllp.MESSAGE_SECONDS / 10)
        monkeypatch.setattr(mllp, "monotonic", lambda: next(ticks))
        return said

    monkeypatch.setattr(mllp, "answer", long)
    sock = connect(listener, authority.issue("laboratory"))
    sock.sendall(framed(of.laboratory()))

    assert not received(sock).endswith(END)
    assert gone()
    assert "its answers are not read" in caplog.text
    assert stored() == 1


def test_a_connection_too_many_is_closed_before_it_shakes_hands(
    known, listen, connect, case, authority, monkeypatch
):
    monkeypatch.setattr(mllp, "MOST_CONNECTIONS", 1)
    listener = listen()
    files = authority.issue("laboratory")
    first = connect(listener, files)

    assert refused(connect, listener, files)
    first.sendall(framed(of.laboratory()))
    assert b"MSA|AA" in received(first)


def run(known, *words):
    """What the command says that stops as soon as it listens."""
    said = StringIO()
    base = ("--institution", "north", "--client", str(known.pk), "--port", "0")
    call_command("mllp", *base, *words, stdout=said)
    return said.getvalue()


@pytest.fixture
def started(monkeypatch):
    """The listeners that commands start; each stops at once."""
    found = []

    def stop(listener):
        found.append(listener)
        raise KeyboardInterrupt

    monkeypatch.setattr(Listener, "serve_forever", stop)
    return found


def test_the_command_listens_with_what_it_is_given(known, authority, shown, started):
    files = ["--certificate", shown.certificate, "--key", shown.key, "--client-ca", authority.path]
    written = ssl.PEM_cert_to_DER_cert(Path(shown.certificate).read_text())
    colons = hashlib.sha256(written).digest().hex(":").upper()

    assert ", without TLS." in run(known)
    assert ", with TLS." in run(known, *files)
    assert ", with TLS." in run(known, *files, "--sender", colons, "--sender", "0" * 64)
    assert [len(listener.senders) for listener in started] == [0, 0, 2]
    assert shown.fingerprint in started[2].senders


def test_the_command_says_what_of_tls_cannot_be_used(known, authority, shown, started, tmp_path):
    locked = authority.issue("locked", is_server=True, password=b"secret")
    other = authority.issue("other", is_server=True)
    empty, missing = tmp_path / "empty.pem", str(tmp_path / "missing.pem")
    empty.write_text("nothing")

    def said(certificate=shown.certificate, key=shown.key, client_ca=authority.path, *more):
        with pytest.raises(CommandError) as caught:
            run(
                known,
                *("--certificate", certificate, "--key", key, "--client-ca", client_ca, *more),
            )
        return str(caught.value)

    assert missing in said(certificate=missing)
    assert "no such file or directory" in said(certificate=missing)
    assert "key values mismatch" in said(key=other.key)
    assert "needs a password" in said(certificate=locked.certificate, key=locked.key)
    assert f"{empty} cannot be used" in said(client_ca=str(empty))
    assert missing in said(client_ca=missing)
    assert "no SHA-256 fingerprint" in said(*shown[:2], authority.path, "--sender", "12:34")
    for words in (["--certificate", shown.certificate], ["--sender", shown.fingerprint]):
        with pytest.raises(CommandError, match="needs all of"):
            run(known, *words)
    assert started == []


def test_the_page_tells_how_it_is_started_and_tried(
    known, authority, listen, stored, case, started, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("message.hl7").write_text(of.laboratory(), newline="")
    shown, sender = authority.issue("listener", is_server=True), authority.issue("laboratory")
    start, trial = COMMANDS[3:5]
    words = dict(itertools.pairwise(shlex.split(start)))
    assert words["manage.py"] == "mllp"
    names = {"--certificate": shown.certificate, "--key": shown.key, "--client-ca": authority.path}
    assert {name: Path(path).name for name, path in names.items()} == {
        name: words[name] for name in names
    }
    named = [word for name in names for word in (name, words[name])]
    assert ", with TLS." in run(known, *named, "--sender", words["--sender"])

    monkeypatch.undo()
    listener = listen(sender.fingerprint)
    assert "localhost:2575" in trial
    here = trial.replace("localhost:2575", f"127.0.0.1:{listener.server_address[1]}")
    with subprocess.Popen(
        ["/bin/sh", "-c", here],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        answer = b""
        while not answer.endswith(END) and (more := process.stdout.read(1)):
            answer += more
        listener.shutdown()
        listener.server_close()
    assert answer.startswith(START)
    assert b"MSA|AA|L1" in answer
    assert stored() == 1
