"""What workers do for cases; imported by every worker, and nothing but registration."""

from typing import Any

from cases.services.imports.uploads import TOPIC
from cases.services.imports.writing import write_rows
from tumorboard.outbox.queue import handles


@handles(TOPIC)
def import_rows(payload: dict[str, Any]) -> None:
    """Write the next rows of an import."""
    write_rows(payload)
