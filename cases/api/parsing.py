"""The body of a request: JSON and nothing else, judged before anybody works with it."""

from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

from tumorboard.json_bodies import BadJson, read_json

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
            return read_json(raw, deepest=DEEPEST)
        except BadJson as error:
            raise ParseError(str(error)) from None
