"""Files go out piece by piece on either kind of server."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import AsyncRequestFactory, RequestFactory

from tumorboard.sent_files import CHUNK, file_response

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


@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=3-", 3, 10), ("bytes=-4", 6, 10), ("bytes=8-99", 8, 10)],
)
def test_a_part_goes_out(factory, asked, start, end):
    request = factory().get("/", headers={"range": asked})
    response = file_response(request, io.BytesIO(b"0123456789"), **GIVEN)
    body = collected(response) if response.is_async else list(response.streaming_content)
    assert (response.status_code, b"".join(body)) == (206, b"0123456789"[start:end])
    assert response["Content-Range"] == f"bytes {start}-{end - 1}/10"
    assert response["Content-Length"] == str(end - start)


@pytest.mark.parametrize(
    "asked", ["bytes=10-", "bytes=5-2", "bytes=-", "bytes=-0", "bytes=0-1,3-4", "lines=1-2", ""]
)
def test_a_range_that_is_none_is_answered_with_the_whole(asked):
    request = RequestFactory().get("/", headers={"range": asked})
    response = file_response(request, io.BytesIO(b"0123456789"), **GIVEN)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"0123456789")
    assert "Content-Range" not in response


@pytest.mark.parametrize(("version", "status"), [('"a"', 206), ('"b"', 200)])
def test_a_part_of_another_version_is_the_whole(version, status):
    request = RequestFactory().get("/", headers={"range": "bytes=0-1", "if-range": version})
    response = file_response(request, io.BytesIO(b"0123456789"), **GIVEN, tag='"a"')
    assert (response.status_code, response["ETag"]) == (status, '"a"')


@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
def test_what_nobody_reads_is_closed_with_the_answer(factory):
    content = io.BytesIO(CONTENT)
    # As Django's own test client does: the end of an answer would close the tests' connections.
    request_finished.disconnect(close_old_connections)
    try:
        file_response(factory().get("/"), content, **GIVEN).close()
    finally:
        request_finished.connect(close_old_connections)
    assert content.closed
