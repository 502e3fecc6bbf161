"""Child processes of `manage.py run`: each with what it started itself, and no orphan left."""

import contextlib
import dataclasses
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Self


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
            command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        return cls(name, process)

    def has_ended(self) -> bool:
        """Whether the program ended by itself."""
        return self.process.poll() is not None

    def stop(self, *, patience_seconds: float) -> None:
        """Ask it to end; what is still there after `patience_seconds` is killed with its own."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience_seconds)
        # Also where it ended by itself: it may have left children of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
