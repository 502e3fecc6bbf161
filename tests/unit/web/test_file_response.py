"""Files go out piece by piece on either kind of server."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

from django.test import AsyncRequestFactory, RequestFactory

from cases.web.file_response import CHUNK, file_response

CONTENT = b"x" * (CHUNK + 1)
GIVEN = {"name": "study-file.pdf", "content_type": "application/pdf"}


def collected(response) -> list[bytes]:
    """The pieces, in a thread of its own: a browser test may have left its loop in this one."""

    async def parts() -> list[bytes]:
        return [part async for part in response.streaming_content]

    with ThreadPoolExecutor() as threads:
        return threads.submit(lambda: asyncio.run(parts())).result()


def test_an_asynchronous_server_gets_it_in_pieces():
    content = io.BytesIO(CONTENT)
    response = file_response(AsyncRequestFactory().get("/"), content, **GIVEN)
    assert response.is_async
    assert collected(response) == [CONTENT[:CHUNK], CONTENT[CHUNK:]]
    assert content.closed
    assert response["Content-Disposition"] == 'attachment; filename="study-file.pdf"'


def test_a_synchronous_server_gets_the_same():
    response = file_response(RequestFactory().get("/"), io.BytesIO(CONTENT), **GIVEN)
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Disposition"] == 'attachment; filename="study-file.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
