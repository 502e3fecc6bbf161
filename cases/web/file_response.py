"""Giving out a file piece by piece, whichever kind of server asks."""

from collections.abc import AsyncIterator
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse

CHUNK = 64 * 1024


def file_response(
    request: HttpRequest, content: IO[bytes], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """An answer that is saved as `name` and never shown; closes `content` at its end.

    An asynchronous server would read a plain file whole before it sends any of it.
    """
    response: StreamingHttpResponse
    if isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(_chunks(content))
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = FileResponse(content, as_attachment=True, filename=name)
    response["Content-Type"] = content_type
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    with content:
        while chunk := await sync_to_async(content.read)(CHUNK):
            yield chunk
