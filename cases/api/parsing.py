"""The body of a request: JSON and nothing else, judged before anybody works with it."""

import json
from typing import Any, NoReturn

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

#: The longest body, in bytes: the longest report with every character escaped, and room.
LONGEST = 1_000_000
#: How deep a body may be nested; the API's own go four deep.
DEEPEST = 20


class TooLong(APIException):
    """A body beyond what any endpoint takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"Send at most {LONGEST:,} bytes."


class Body(JSONParser):
    """JSON in UTF-8 (RFC 8259), of limited length and depth, each name once in its object.

    Raises:
        TooLong: the body is longer than `LONGEST`.
        ParseError: it is not such JSON; the message never quotes the body.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body as Python's values."""
        raw = stream.read(LONGEST + 1)
        if len(raw) > LONGEST:
            raise TooLong
        try:
            data = json.loads(
                raw.decode(), parse_constant=_refuse_constant, object_pairs_hook=_object
            )
            # Half of a surrogate pair can be escaped, but is no text.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_TOO_DEEP) from None
        except UnicodeError:
            message = "The body is not text in UTF-8."
            raise ParseError(message) from None
        except json.JSONDecodeError as error:
            message = f"The body is not JSON: {error.msg}, line {error.lineno}."
            raise ParseError(message) from None
        except ValueError as error:
            raise ParseError(str(error)) from None
        _check_depth(data)
        return data


_TOO_DEEP = f"The body is nested more than {DEEPEST} deep."


def _refuse_constant(name: str) -> NoReturn:
    message = f"The body is not JSON: {name} is not a number."
    raise ValueError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "The body gives a name twice in one object."
        raise ValueError(message)
    return found


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ParseError(_TOO_DEEP)
