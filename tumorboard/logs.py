"""Log lines without patient data: for machines in production, for people on one machine.

An error's own words may quote what was typed (a database says which value broke a rule), and so
may an address. So a traceback is logged as where it happened and what kind of error it was, a
request as its route, and neither error text nor address anywhere.

Neither may whoever reads a log come in by it: where an address carries a secret, it is cut out.
"""

import datetime
import json
import logging
import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from django.http import HttpRequest

from tumorboard.log_context import current, request_fields

#: Calendars, invitations and new passwords are reached by a secret in the address.
SECRET = re.compile(r"(/(?:calendar|invitation|reset/key)/)[\w%-]{20,}")
#: What a line may carry beside its message; whatever else libraries attach is left out.
FIELDS = ("event", "method", "status", "milliseconds", "institution", "person", "board", "decision")
#: Django's loggers whose message is the text of an error about what somebody sent.
OF_ERRORS = "django.security"
#: Its second line and what follows show objects as they are.
LOOPS = "asyncio"
#: Warnings of Python, as `logging.captureWarnings` words them: place, kind, words, line of code.
WARNINGS = "py.warnings"
WARNED = re.compile(r"(?P<place>[^\n]*?:\d+): (?P<kind>\w+): ")


def without_secrets(text: str) -> str:
    """`text` with the secret of each address in it cut out."""
    return SECRET.sub(r"\1...", text)


def message_of(record: logging.LogRecord) -> str:
    """What a line says, without the words of errors and without addresses of requests."""
    request = getattr(record, "request", None)
    if record.name.startswith(OF_ERRORS):
        return f"refused: {record.name.removeprefix(OF_ERRORS).lstrip('.') or 'request'}"
    if isinstance(request, HttpRequest):
        # Django's own lines about requests quote the path, which anybody may type.
        status = getattr(record, "status_code", "")
        return f"answered {status} at {request_fields(request).get('route', 'no route')}"
    args = record.args
    if record.name == WARNINGS:
        found = WARNED.match(record.getMessage())
        return f"{found['kind']} at {found['place']}" if found else "warning"
    if isinstance(args, Mapping):
        if "traceback" in args:
            # A job's failure; its arguments and its error come with it.
            return f"task {args.get('name')} {args.get('description')}"
        text = str(record.msg) % {name: _harmless(part) for name, part in args.items()}
    elif args:
        text = str(record.msg) % tuple(map(_harmless, args))
    else:
        text = str(_harmless(record.msg))
    if record.name == LOOPS:
        text = text.split("\n", 1)[0]
    return without_secrets(text)


def _harmless(part: Any) -> Any:
    return kind_of(part) if isinstance(part, BaseException) else part


def kind_of(error: BaseException) -> str:
    """The kind of an error, in full."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


class PlainFormatter(logging.Formatter):
    """One line for each record; under it, for an error, its place and its type."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line."""
        record.message = message_of(record)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, and what is under it; nothing that another formatter made of the error."""
        record.message = message_of(record)
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        lines = [self.formatMessage(record)]
        if record.exc_info and record.exc_info[1]:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)

    def formatException(  # noqa: N802 - the library's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[Any, Any, Any],
    ) -> str:
        """Files, lines and functions of the traceback and the type of each error in the chain."""
        return "\n".join(
            line
            for error in chain(ei[1])
            for line in (f"{kind_of(error)} at", *(f"  {place}" for place in places(error)))
        )


class JsonFormatter(logging.Formatter):
    """One line of JSON for each record; no line break inside, so nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.datetime.fromtimestamp(record.created, tz=datetime.UTC)
        line: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **current(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[1]:
            line["errors"] = [
                {"type": kind_of(error), "at": places(error)} for error in chain(record.exc_info[1])
            ]
        return json.dumps(line, default=str)


def chain(error: BaseException | None) -> list[BaseException]:
    """An error behind those that it came from."""
    if error is None:
        return []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [*chain(cause), error]


def places(error: BaseException) -> list[str]:
    """Where an error passed, without the lines of code and without their variables."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
