"""Where and how a test listens to the database of its worker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connections


def direct_url() -> str:
    """The address of the worker's database, as the application role."""
    name = connections["default"].settings_dict["NAME"]
    return f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{name}"


def run_apart(scene: Callable[..., Any], *given: Any) -> Any:
    """What a coroutine function returns, run in a thread of its own.

    A browser test leaves an event loop in the thread of the tests, and no other may run there.
    """

    def run() -> Any:
        try:
            return async_to_sync(scene)(*given)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result()
