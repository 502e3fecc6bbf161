"""FHIR's JSON in and out, and how a request says what it wants."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from cases.fhir.outcome import NotAcceptable, TooLong
from tumorboard.json_bodies import BadJson, exact, read_json

JSON = "application/fhir+json"
#: What is taken for it too.
ALSO = ("application/json", "text/json")
#: What `_format` and `Accept` may say.
FORMATS = ("json", JSON, *ALSO)
#: Ranges of media types that hold it.
ANY = "*/*"
RANGES = (ANY, "application/*")
#: The editions of FHIR that the parameter `fhirVersion` of a media type may name.
EDITIONS = ("4.0", "4.0.1")
#: The longest body, in bytes; the site's own door lets no more through (`tumorboard.body_limits`).
LONGEST = 3_000_000
#: How deep a body may be nested: a contained resource in a Bundle with extensions on extensions.
DEEPEST = 50
FORMAT = "_format"


class FhirBody(BaseParser):
    """A resource as JSON, with numbers just as they were written: 1.50 is not 1.5.

    Raises:
        TooLong: the body is longer than `LONGEST`.
        ParseError: it is no such JSON; the message never quotes the body.
    """

    media_type = JSON

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body as Python's values, numbers with a fraction as Decimal."""
        raw = stream.read(LONGEST + 1)
        if len(raw) > LONGEST:
            raise TooLong(f"Send at most {LONGEST:,} bytes.")
        try:
            return read_json(raw, deepest=DEEPEST, number=exact)
        except BadJson as error:
            raise ParseError(str(error)) from None


class JsonBody(FhirBody):
    """The same under the name that clients without FHIR's own send."""

    media_type = "application/json"


class PatchBody(FhirBody):
    """A JSON Patch (RFC 6902)."""

    media_type = "application/json-patch+json"


class SearchBody(FormParser):
    """The parameters of a search by POST."""


class FhirRenderer(BaseRenderer):
    """A resource as JSON; on many lines where `_pretty` asks for it."""

    media_type = JSON
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None
    ) -> bytes:
        """As bytes; nothing of an answer without a body."""
        if data is None:
            return b""
        view = (renderer_context or {}).get("view")
        return encoded(data, indent=2 if getattr(view, "is_pretty", False) else None).encode()


class Negotiation(BaseContentNegotiation):
    """`_format` first, then `Accept` (R4, http.html#mime-type)."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """What reads the body; None, which is 415, where nothing does."""
        name, edition = _media(request.content_type or "")
        if edition not in EDITIONS:
            return None
        return next((parser for parser in parsers if parser.media_type == name), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """JSON.

        Raises:
            NotAcceptable: something else is wanted, and nothing else is written here.
        """
        asked = request.query_params.get(FORMAT)
        if asked is not None:
            # A plus sign in an address is a space.
            asked = asked.replace(" ", "+")
        wanted = [request.headers.get("Accept") or ANY] if asked is None else [asked]
        if not any(_takes_json(each) for line in wanted for each in line.split(",")):
            message = f"This server writes {JSON} alone, of FHIR {EDITIONS[0]}."
            where = "http.Accept" if asked is None else f"http.{FORMAT}"
            raise NotAcceptable(message, where)
        return renderers[0], JSON


def encoded(value: Any, *, indent: int | None = None) -> str:
    """JSON text; a Decimal as it was written."""
    return "".join(_parts(value, indent, 0))


def _parts(value: Any, indent: int | None, depth: int) -> Iterator[str]:
    if isinstance(value, Decimal):
        yield str(value)
    elif isinstance(value, dict | list) and value:
        is_object = isinstance(value, dict)
        line = "" if indent is None else "\n" + " " * indent * (depth + 1)
        yield "{" if is_object else "["
        for place, inner in enumerate(value):
            yield line if place == 0 else f",{line}"
            if is_object:
                yield f"{json.dumps(inner, ensure_ascii=False)}:{'' if indent is None else ' '}"
            yield from _parts(value[inner] if is_object else inner, indent, depth + 1)
        yield line[:-indent] if indent else ""
        yield "}" if is_object else "]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def _takes_json(text: str) -> bool:
    """Whether a media type with its parameters means what is written here."""
    name, edition = _media(text)
    return (name in FORMATS or name in RANGES) and edition in EDITIONS


def _media(text: str) -> tuple[str, str]:
    """The name of a media type and the edition of FHIR that it asks for."""
    try:
        name, parameters = parse_header_parameters(text)
    except ValueError:
        return "", ""
    return name.strip().lower(), parameters.get("fhirversion", EDITIONS[0])
