"""`manage.py run`, for real: everything starts, answers, and is gone after one signal."""

import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tumorboard.operations import demo
from tumorboard.operations.embedded import Cluster


@pytest.fixture
def taken_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_said_before_anything_starts(taken_port):
    with pytest.raises(CommandError, match=f"Port {taken_port} cannot be used.*PORT=8001"):
        call_command("run", port=taken_port)


def test_a_number_that_is_no_port_is_refused():
    with pytest.raises(CommandError, match="99999 is no port"):
        call_command("run", port=99999)


@pytest.fixture
def installation(tmp_path):
    """Environment and cluster of an installation that nobody has used yet."""
    cluster = Cluster.of(tmp_path, "run")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "TUMORBOARD_VAR": str(tmp_path),
        "TUMORBOARD_EMBEDDED": "run",
    }
    yield environment, cluster
    cluster.remove()


def started(environment, port):
    return subprocess.Popen(
        [sys.executable, "manage.py", "run", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def words_until(process, last):
    words = []
    for line in process.stdout:
        words.append(line)
        if last in line:
            return "".join(words)
    pytest.fail("".join(words))


def alive(family):
    """Those that have not ended within half a minute; whom nobody has buried yet has ended."""
    _, left = psutil.wait_procs(family, timeout=30)
    return [each for each in left if each.status() != psutil.STATUS_ZOMBIE]


def test_it_starts_answers_and_leaves_nothing_behind(installation, free_port):
    environment, cluster = installation
    with started(environment, free_port) as process:
        *_, last = (email for _, _, _, email, _ in demo.SIGN_INS)
        words = words_until(process, last)
        assert f"http://localhost:{free_port}/" in words
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2
        web = HTTPConnection("127.0.0.1", free_port, timeout=30)
        web.request("GET", "/healthz")
        assert web.getresponse().read() == b"ok"
        web.close()

        process.send_signal(signal.SIGTERM)
        assert "Everything has stopped." in words_until(process, "Everything has stopped.")
        assert process.wait(30) == 0
    assert alive(family) == []
    assert not cluster.is_running()

    # A second start finds all it needs; when a part dies, it says so and stops the rest.
    with started(environment, free_port) as process:
        words_until(process, last)
        family = psutil.Process(process.pid).children(recursive=True)
        web = next(each for each in family if "uvicorn" in " ".join(each.cmdline()))
        # More followers of a meeting than the embedded server takes connections.
        assert int(web.environ()["DATABASE_POOL_SIZE"]) > 0
        web.kill()
        assert "The web ended by itself" in words_until(process, "ended by itself")
        assert process.wait(30) == 1
    assert alive(family) == []
    assert not cluster.is_running()
