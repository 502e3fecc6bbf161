"""A database of a benchmark's own, and a clock."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tumorboard.operations import roles


@contextmanager
def fresh_database() -> Iterator[None]:
    """A migrated database with the editions of the guidance, for this run alone."""
    if settings.ON_ONE_MACHINE:
        settings.EMBEDDED.start()
    name = f"benchmark_{uuid.uuid4().hex[:8]}"
    roles.prepare(
        admin_url=settings.DATABASE_ADMIN_URL,
        owner_url=settings.DATABASE_OWNER_URL.rsplit("/", 1)[0] + "/" + name,
        application_url=settings.DATABASE_URL,
        backup_role=settings.DATABASE_BACKUP_ROLE,
        limits=settings.DATABASE_LIMITS,
    )
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, database="owner")
        call_command("load_editions", verbosity=0)
        yield
    finally:
        connections.close_all()
        with psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def timed(what: str, rows: int, step: Callable[[], Any]) -> tuple[Any, float]:
    """The step's answer and how many seconds it took, printed."""
    begin = time.perf_counter()
    answer = step()
    took = time.perf_counter() - begin
    print(f"{what:<24}{took:7.2f} s {rows / took:9,.0f} rows/s")
    return answer, took
