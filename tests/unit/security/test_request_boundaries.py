"""Where one request ends and the next begins, as the server's parser sees it."""

import httptools
import pytest
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: tumorboard.example\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Told:
    """What the parser tells the server."""

    def __init__(self):
        self.bodies, self.ends = [], 0

    def on_body(self, body):
        self.bodies.append(body)

    def on_message_complete(self):
        self.ends += 1


def test_the_server_uses_this_parser():
    assert AutoHTTPProtocol is HttpToolsProtocol


@pytest.mark.parametrize(
    "lengths",
    [
        CHUNKED + b"Content-Length: 4\r\n",
        b"Content-Length: 4\r\n" + CHUNKED,
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: 4, 5\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: -4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Content-Length : 4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b" Content-Length: 4\r\n",
    ],
)
def test_a_request_that_two_readers_would_end_elsewhere_is_refused(lengths):
    """ASVS v5.0.0-4.2.1: no request is smuggled in the body of another."""
    told = Told()
    parser = httptools.HttpRequestParser(told)
    with pytest.raises(httptools.HttpParserError):
        parser.feed_data(HEAD + lengths + b"\r\n0\r\n\r\nGET /i/north/ HTTP/1.1\r\n\r\n")
    assert told.ends == 0


@pytest.mark.parametrize(
    "chunk", [b"0x4\r\nabcd\r\n", b"4 \nabcd\r\n", b"4\nabcd\r\n", b"-4\r\nabcd"]
)
def test_a_chunk_of_an_odd_length_is_refused(chunk):
    """ASVS v5.0.0-4.2.1: a length is hexadecimal digits and nothing else."""
    parser = httptools.HttpRequestParser(Told())
    with pytest.raises(httptools.HttpParserError):
        parser.feed_data(HEAD + CHUNKED + b"\r\n" + chunk)


def test_an_honest_request_is_taken():
    told = Told()
    httptools.HttpRequestParser(told).feed_data(HEAD + b"Content-Length: 4\r\n\r\nabcd")
    assert told.bodies == [b"abcd"]
    assert told.ends == 1
