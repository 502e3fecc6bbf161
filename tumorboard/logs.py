"""Log lines without patient data.

An error's own words may quote what was typed (a database says which value broke a rule). So a
traceback is logged as where it happened and what kind of error it was, and nothing more.

Neither may whoever reads a log come in by it: where an address carries a secret, it is cut out.
"""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

#: Calendars, invitations and new passwords are reached by a secret in the address.
SECRET = re.compile(r"(/(?:calendar|invitation|reset/key)/)[\w%-]{20,}")


def without_secrets(text: str) -> str:
    """`text` with the secret of each address in it cut out."""
    return SECRET.sub(r"\1...", text)


class WithoutSecrets(logging.Filter):
    """Cuts the secrets of addresses out of a logger whose lines others write, as a web server."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, changed where its parts hold such an address."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_secrets(part) if isinstance(part, str) else part for part in record.args
            )
        return True


class PlainFormatter(logging.Formatter):
    """One line for each record; under it, for an error, its place and its type."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without the secrets of addresses."""
        return without_secrets(super().format(record))

    def formatException(  # noqa: N802 - the standard library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[Any, Any, Any],
    ) -> str:
        """Files, lines and functions of the traceback and the type of each error in the chain."""
        return "\n".join(_places(ei[1]))


def _places(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return [*_places(cause), f"{type(error).__module__}.{type(error).__qualname__} at", *frames]
