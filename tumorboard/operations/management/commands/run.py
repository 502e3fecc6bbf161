"""`manage.py run`: the whole product on one machine, until Ctrl-C."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from tumorboard.operations import demo
from tumorboard.operations.processes import Child, stop

HOST = "127.0.0.1"
#: Seconds until the web must answer; a cold disk is slow.
LONGEST_START = 60
#: Seconds between two looks at the children.
LOOK_EVERY = 0.2
#: Seconds that web and worker have to finish what they are doing. A request or job that is cut
#: off then loses nothing: its transaction is undone, and the outbox does the job again.
PATIENCE = 5
#: Warnings that say nothing new here: root tries the product out; static files are small.
QUIETLY = (
    *("-W", "ignore:You're running the worker with superuser privileges"),
    *("-W", "ignore:StreamingHttpResponse must consume synchronous iterators"),
)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """Start everything, watch it, stop everything."""

    help = "Start the database, the web and the worker on this machine; Ctrl-C stops them all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the web listens."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        """Run until a signal comes or a part dies.

        Raises:
            CommandError: the port is taken, or a part did not start or died.
        """
        self.check()
        _check_port(port)
        with _interrupted_by_signals(), ExitStack() as running:
            running.callback(self._say, "Everything has stopped.")
            try:
                self._prepare(running)
                children = self._start(running, port)
                self._welcome(port)
                _watch(children)
            except KeyboardInterrupt:
                self._say("\nStopping ...")
            finally:
                _ignore_signals()

    def _prepare(self, running: ExitStack) -> None:
        """Database, tables, editions of the guidance, demo data."""
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        if settings.ON_ONE_MACHINE:
            self._say("Starting the database ...")
            if settings.EMBEDDED.start():
                running.callback(settings.EMBEDDED.stop)
            call_command("prepare_database", verbosity=0)
        call_command("migrate", verbosity=0)
        call_command("load_editions", verbosity=0)
        if settings.ON_ONE_MACHINE:
            self._say("Loading the demo data, unless it is there ...")
            demo.load()
        connections.close_all()

    def _start(self, running: ExitStack, port: int) -> list[Child]:
        """Web and worker; both stop when `running` closes."""
        self._say("Starting web and worker ...")
        environment = {
            "SITE_URL": f"http://localhost:{port}",
            "LOG_LEVEL": "WARNING",
            # The embedded server has a hundred connections, and a meeting more followers.
            "DATABASE_POOL_SIZE": "10",
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tumorboard.settings",
        }
        web = [
            *("uvicorn", "tumorboard.asgi:application", "--host", HOST, "--port", str(port)),
            *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2"),
        ]
        worker = [
            *("celery", "--quiet", "-A", "tumorboard", "worker", "--beat", "--loglevel", "WARNING"),
            *("--pool", "threads", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
        children: list[Child] = []
        running.callback(stop, children, patience_seconds=PATIENCE)
        for name, module in (("web", web), ("worker", worker)):
            command = [sys.executable, *QUIETLY, "-m", *module]
            children.append(Child.start(name, command, environment))
        _wait_until_it_answers(port, children)
        return children

    def _welcome(self, port: int) -> None:
        self._say(f"\nTumorboard runs at http://localhost:{port}/ (Ctrl-C stops it)")
        if settings.ON_ONE_MACHINE:
            header = ("Institution", "Address", "Role", "Email", "Password")
            self._say(f"\n{_table([header, *demo.SIGN_INS])}\n")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _check_port(port: int) -> None:
    """Raise CommandError where the web cannot listen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError:
            message = f"{port} is no port: choose one from 1024 to 65535."
            raise CommandError(message) from None
        except OSError as error:
            message = (
                f"Port {port} cannot be used ({error.strerror}). Tumorboard may be running there "
                "already; for another port: make run PORT=8001"
            )
            raise CommandError(message) from None


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """A polite end by any of the stop signals is the same as Ctrl-C."""

    def interrupt(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """Once stopping has begun, a second Ctrl-C must not leave half of it running."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _wait_until_it_answers(port: int, children: list[Child]) -> None:
    """Return when the web answers.

    Raises:
        CommandError: it did not in time, or a child died before.
    """
    deadline = time.monotonic() + LONGEST_START
    while not _answers(port):
        _check_all_alive(children)
        if time.monotonic() > deadline:
            message = f"The web did not answer within {LONGEST_START} seconds."
            raise CommandError(message)
        time.sleep(LOOK_EVERY)


def _answers(port: int) -> bool:
    """Whether the web serves; not with urllib, which would ask a proxy of the environment."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _watch(children: list[Child]) -> NoReturn:
    """Look at all parts until one dies (CommandError) or a signal comes (KeyboardInterrupt)."""
    while True:
        _check_all_alive(children)
        time.sleep(LOOK_EVERY)


def _check_all_alive(children: list[Child]) -> None:
    ended = [child.name for child in children if child.has_ended()]
    if settings.ON_ONE_MACHINE and not settings.EMBEDDED.is_running():
        ended.append("database")
    if ended:
        message = f"The {' and the '.join(ended)} ended by itself, so everything was stopped."
        raise CommandError(message)


def _table(rows: list[tuple[str, ...]]) -> str:
    """Rows in columns as wide as their longest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
