"""Log lines without patient data.

An error's own words may quote what was typed (a database says which value broke a rule). So a
traceback is logged as where it happened and what kind of error it was, and nothing more.
"""

import logging
import traceback
from types import TracebackType
from typing import Any


class PlainFormatter(logging.Formatter):
    """One line for each record; under it, for an error, its place and its type."""

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
