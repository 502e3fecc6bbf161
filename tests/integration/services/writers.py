"""Real writers at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection

from cases.services.errors import ServiceError
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


def write_at_once(
    institution: Institution, *writes: Callable[[], object]
) -> list[ServiceError | None]:
    """Run writes at the same moment; what each ended with, None where it went well."""
    start = threading.Barrier(len(writes))
    ended: list[ServiceError | None] = [None] * len(writes)

    def one(place: int, write: Callable[[], object]) -> None:
        try:
            with institution_scope(institution):
                # The connection is open and the scope entered: now wait for the others.
                start.wait(timeout=30)
                write()
        except ServiceError as error:
            ended[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=each) for each in enumerate(writes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ended
