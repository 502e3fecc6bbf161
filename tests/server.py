"""A real server in a process of its own, on the database of the test."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Self

from django.db import connections

HOST = "127.0.0.1"
#: Seconds until it must answer; a busy machine is slow.
LONGEST_START = 180.0


class Server:
    """uvicorn as `manage.py run` starts it; the same port again after each stop."""

    def __init__(self, *, workers: int = 1) -> None:
        self.workers = workers
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            RuntimeError: it ended instead, or does not answer.
        """
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "uvicorn", "tumorboard.asgi:application"),
                *("--host", HOST, "--port", str(self.port), "--log-level", "warning"),
                *("--no-access-log", "--timeout-graceful-shutdown", "1"),
                *("--workers", str(self.workers)),
            ],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.served_settings",
                "TEST_DATABASE": connections["default"].settings_dict["NAME"],
                "LOG_LEVEL": "ERROR",
            },
            stdin=subprocess.DEVNULL,
        )
        until = time.monotonic() + LONGEST_START
        while not self._answers():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
            if self.process.returncode is not None or time.monotonic() > until:
                self.kill()
                message = "The server of the test did not start."
                raise RuntimeError(message)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Let it finish, then end it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return True
