"""Giving out a file piece by piece, whichever kind of server asks, or a part of it."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import IO, NamedTuple

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

CHUNK = 64 * 1024
#: One range of bytes (RFC 9110, 14.1.2); several at once are answered with the whole.
RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)


class Part(NamedTuple):
    """Bytes of a file: the first and how many."""

    start: int
    length: int


def file_response(
    request: HttpRequest, content: IO[bytes], *, name: str, content_type: str, tag: str = ""
) -> StreamingHttpResponse:
    """An answer that is saved as `name` and never shown; closes `content` at its end.

    With `Range` it is that part of the file (206). A range that is none, or none of this file, is
    answered with the whole, as RFC 9110 allows; so is one of another version (`If-Range`).

    An asynchronous server would read a plain file whole before it sends any of it.

    Args:
        content: at its beginning.
        tag: the file's strong entity tag, in its quotation marks; empty: it has none.
    """
    size = content.seek(0, 2)
    part = _asked_for(request, size, tag)
    start, length = part or (0, size)
    content.seek(start)
    is_async = isinstance(request, ASGIRequest)
    sent = (_Awaited if is_async else _Pieces)(content, length)
    response = StreamingHttpResponse(sent, status=206 if part else 200)
    if part:
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(length)
    response["Content-Type"] = content_type
    response["X-Content-Type-Options"] = "nosniff"
    if tag:
        response["ETag"] = tag
    return response


def _asked_for(request: HttpRequest, size: int, tag: str) -> Part | None:
    """The part that a request asks for; None for the whole."""
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = (None if text is None else int(text) for text in found.groups())
    if first is None:
        # The last so many bytes.
        start, end = size - min(last or 0, size), size
    else:
        start, end = first, size if last is None else min(last + 1, size)
    return Part(start, end - start) if start < end else None


class _Sent:
    """So many bytes of a file, from where it stands; closes it at its end, or with the answer."""

    def __init__(self, content: IO[bytes], length: int) -> None:
        self.content, self.left = content, length

    def close(self) -> None:
        """Close the file, whether or not anybody read it."""
        self.content.close()

    def piece(self) -> bytes:
        """The next piece; empty at the end."""
        piece = self.content.read(min(CHUNK, self.left))
        self.left -= len(piece)
        return piece


class _Pieces(_Sent):
    """For a synchronous server."""

    def __iter__(self) -> Iterator[bytes]:
        with self.content:
            while piece := self.piece():
                yield piece


class _Awaited(_Sent):
    """For an asynchronous one."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self.content:
            while piece := await sync_to_async(self.piece)():
                yield piece
