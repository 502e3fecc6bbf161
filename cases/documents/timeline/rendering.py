"""Vega-Lite specifications to SVG, in a process of its own.

Drawing takes a JavaScript engine of 60 to 130 MB. Each process that draws keeps one child for it,
so that its own memory stays as it is, and a picture that hangs or crashes harms nobody. What was
drawn last is kept in memory, by what was drawn: a picture holds patient data, so it is never put
into a cache that outlives the process.
"""

import atexit
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

RENDERER = Path(__file__).with_name("renderer.py")
#: A picture takes a tenth of a second, the first one half a second; this is for a busy machine.
SECONDS = 20.0
#: Pictures that one child draws: its memory grows slowly, and it starts anew in half a second.
PICTURES = 500
#: Children that draw at the same time: a drawing takes one core, and a small server has two.
AT_ONCE = 2
#: Pictures that are kept, of about 50 kB each.
KEPT = 64
#: The smallest picture: what a new child learns by drawing it, it knows for the next.
FIRST = json.dumps({"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}).encode()


class NotDrawn(Exception):
    """A picture could not be drawn; everything in it stands in the table beside it."""


class Renderer:
    """One child process and the pictures it drew last; safe to use from several threads."""

    def __init__(self, command: tuple[str, ...] = (), *, seconds: float = SECONDS) -> None:
        self._command = command or (sys.executable, "-I", str(RENDERER))
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._kept: OrderedDict[bytes, str] = OrderedDict()

    def svg(self, specification: Mapping[str, Any]) -> str:
        """Return the picture of `specification`.

        Raises:
            NotDrawn: the child failed, or did not answer in time.
        """
        line = json.dumps(specification, separators=(",", ":")).encode()
        key = hashlib.sha256(line).digest()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._draw(line)
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def warm(self) -> None:
        """Start the child unless it runs, and draw something: the next picture is quick then."""
        with self._lock:
            child = self._child
            if child and child.owner == os.getpid() and child.process.poll() is None:
                return
            with contextlib.suppress(NotDrawn):
                self._draw(FIRST)

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for it."""
        return self._lock.locked()

    def kept(self, key: bytes) -> str | None:
        """The picture of what has that digest, if it was drawn lately."""
        return self._kept.get(key)

    def close(self) -> None:
        """End the child; the next picture starts another."""
        child, self._child = self._child, None
        if child is None or child.owner != os.getpid():
            return
        child.process.kill()
        child.process.wait()
        for stream in (child.questions, child.answers):
            # What was still to be written to one that has ended is lost with it.
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def _draw(self, line: bytes) -> str:
        # The second time a new child is asked: the first may have ended for want of work.
        answer = self._ask(line) or self._ask(line)
        if not answer:
            raise NotDrawn("The renderer has ended")
        drawn: dict[str, str] = json.loads(answer)
        if "svg" not in drawn:
            raise NotDrawn(f"The renderer refused: {drawn['error']}")
        return drawn["svg"]

    def _ask(self, line: bytes) -> bytes:
        """The child's answer; empty where it ended before it gave one."""
        child = self._ready()
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.process.kill()

        watchdog = threading.Timer(self._seconds, stop)
        watchdog.start()
        try:
            child.questions.write(line + b"\n")
            child.questions.flush()
            answer = child.answers.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            watchdog.cancel()
        if not answer.endswith(b"\n"):
            self.close()
            if late.is_set():
                raise NotDrawn("The renderer took too long")
            return b""
        child.drawn += 1
        return answer

    def _ready(self) -> "_Child":
        """The child; another one after a fork, and when it has drawn a lot."""
        child = self._child
        if child is None or child.owner != os.getpid() or child.drawn >= PICTURES:
            self.close()
            child = self._child = _start(self._command)
        return child


@dataclass
class _Child:
    """A process that draws, who started it, and how many pictures it has drawn."""

    process: subprocess.Popen[bytes]
    questions: IO[bytes]
    answers: IO[bytes]
    owner: int
    drawn: int = 0


def _start(command: tuple[str, ...]) -> _Child:
    process = subprocess.Popen(  # noqa: S603 - our own file, by our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What it says on failing may quote the picture, and logs hold no patient data.
        stderr=subprocess.DEVNULL,
        env={"TZ": "UTC"},
    )
    pipes = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
    return _Child(process, *pipes, owner=os.getpid())


#: The first draws what a page asks for; the others help where many pictures are drawn at once.
_renderers = [Renderer() for _ in range(AT_ONCE)]
for _each in _renderers:
    atexit.register(_each.close)


def draw(specification: Mapping[str, Any]) -> str:
    """Return the picture of `specification` as SVG.

    Several threads are served at once: each takes a renderer that nobody is waiting for.

    Raises:
        NotDrawn: it could not be drawn.
    """
    line = json.dumps(specification, separators=(",", ":")).encode()
    key = hashlib.sha256(line).digest()
    kept = next((svg for one in _renderers if (svg := one.kept(key))), None)
    if kept is not None:
        return kept
    free = next((one for one in _renderers if not one.is_busy), _renderers[0])
    return free.svg(specification)


def make_ready() -> None:
    """Have the renderers started, without waiting for it: the first picture is quick then.

    For pages from which many pictures are asked for next. It costs nothing while they run.
    """
    for one in _renderers:
        threading.Thread(target=one.warm, daemon=True).start()
