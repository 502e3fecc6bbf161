"""Children of `manage.py run` end when asked, and by force with all that is theirs when not."""

import subprocess
import sys

from tumorboard.operations.processes import Child, stop

POLITE = "import sys, time; print('up', flush=True); time.sleep(60)"
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(own.pid, flush=True)
time.sleep(60)
"""


def start(monkeypatch, program):
    """A child whose first line of output can be read."""
    real = subprocess.Popen
    with monkeypatch.context() as patch:
        patch.setattr(
            subprocess, "Popen", lambda *a, **k: real(*a, **k, stdout=subprocess.PIPE, text=True)
        )
        child = Child.start("test", [sys.executable, "-c", program], {})
    words = child.process.stdout.readline().strip()
    return child, words


def test_a_child_that_ended_by_itself_is_seen():
    child = Child.start("test", [sys.executable, "-c", ""], {})
    child.process.wait()
    assert child.has_ended()


def test_children_end_when_asked(monkeypatch):
    children = [start(monkeypatch, POLITE)[0] for _ in range(2)]
    assert not any(child.has_ended() for child in children)
    stop(children, patience_seconds=30)
    assert all(child.has_ended() for child in children)
    for child in children:
        child.process.stdout.close()


def test_a_child_that_does_not_listen_is_killed_with_its_own_children(monkeypatch):
    child, own = start(monkeypatch, STUBBORN)
    stop([child], patience_seconds=0.1)
    assert child.has_ended()
    # The pipe ends only when the last process that holds it has ended.
    assert child.process.stdout.read() == ""
    child.process.stdout.close()
    assert int(own) > 0
