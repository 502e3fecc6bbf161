"""Child processes of `manage.py run`: started together, watched, and stopped without an orphan."""

import contextlib
import ctypes
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Self

#: Linux: the signal that a process gets when its parent dies.
PR_SET_PDEATHSIG = 1


@dataclasses.dataclass(frozen=True)
class Child:
    """A running program in a session of its own.

    So the terminal's Ctrl-C reaches only the parent, which then stops its children in order.
    """

    name: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Self:
        """Start `command`; its output goes where the parent's goes."""
        process = subprocess.Popen(  # noqa: S603 - commands are ours
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - the parent has no other thread
        )
        return cls(name, process)

    def has_ended(self) -> bool:
        """Whether the program ended by itself."""
        return self.process.poll() is not None


def stop(children: Sequence[Child], *, patience_seconds: float) -> None:
    """Ask all to end, in order, and wait for each; what is still there then is killed.

    Args:
        children: the programs, the first to stop first.
        patience_seconds: how long each may take to finish what it is doing.
    """
    for child in children:
        child.process.terminate()
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(patience_seconds)
        # Also where it ended by itself: it may have left children of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _end_with_parent() -> None:
    """Where the parent is killed without a chance to stop us, Linux does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
