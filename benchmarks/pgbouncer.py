"""A PgBouncer in transaction mode before the database of a benchmark."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection, connections

from tumorboard.operations import programs

NAMED_BY = "TUMORBOARD_PGBOUNCER"
CANDIDATES = ("pgbouncer", "/usr/sbin/pgbouncer")
PORT = 6432
#: Seconds until it must answer.
LONGEST_START = 20

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = {own_port}
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
{user}
"""


def found() -> str | None:
    """Path of the program; installed where this process may."""
    path = programs.find(NAMED_BY, CANDIDATES)
    if path is None and programs.install("pgbouncer", why="Installing PgBouncer ..."):
        path = programs.find(NAMED_BY, CANDIDATES)
    return path


@contextmanager
def in_between(program: str, *, size: int) -> Iterator[None]:
    """Let `default` go through PgBouncer, with `size` connections to the database for all.

    Raises:
        RuntimeError: it does not answer.
    """
    settings = connections["default"].settings_dict
    connection.close()
    kept = {name: settings[name] for name in ("HOST", "PORT")}
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer"))
    folder.chmod(0o777)
    (folder / "users.txt").write_text(f'"{settings["USER"]}" ""\n')
    (folder / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            host=settings["HOST"],
            port=settings["PORT"] or 5432,
            folder=folder,
            own_port=PORT,
            size=size,
            # It refuses to run as root, and must reach the folder of the database's socket.
            user=f"user = {Path(settings['HOST']).owner()}" if os.geteuid() == 0 else "",
        )
    )
    process = subprocess.Popen([program, "-q", str(folder / "pgbouncer.ini")])
    try:
        settings |= {"HOST": str(folder), "PORT": str(PORT)}
        _wait(settings, folder)
        yield
    finally:
        connection.close()
        settings |= kept
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _wait(settings: dict, folder: Path) -> None:
    until = time.monotonic() + LONGEST_START
    while True:
        try:
            psycopg.connect(
                host=str(folder), port=PORT, user=settings["USER"], dbname=settings["NAME"]
            ).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                message = f"PgBouncer does not answer: {error}"
                raise RuntimeError(message) from None
            time.sleep(0.1)
        else:
            return
