"""How long the body of a request may be, before anything of it is kept.

An asynchronous server hands a request over when its body is there, written to a disk where it is
long; a door inside would come too late. So this one stands in front: large bodies are taken where
files are uploaded, from somebody who is signed in or shows a token, and nowhere else.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import Error
from django.http import parse_cookie

from cases.dicom.limits import FILE_BYTES
from cases.intake import acknowledging
from cases.services.imports.limits import MOST_BYTES as TABLE_BYTES
from tumorboard.accounts import bearer
from tumorboard.refusals import HL7V2, Refusal, format_at, refusal
from tumorboard.tenancy.scope import let_connection_go

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

#: Bytes of a form beside its file.
ROOM = 1_000_000
#: Where files are uploaded; everywhere else a body has at most `ELSEWHERE` bytes.
LARGE = (
    (re.compile(r"/i/[^/]{1,100}/studies/[^/]{1,36}/files/new/"), FILE_BYTES + ROOM),
    (re.compile(r"/i/[^/]{1,100}/imports/"), TABLE_BYTES + ROOM),
)
#: Where scripts bring files of studies, each with a token of the institution in the address.
LARGE_BY_TOKEN = re.compile(r"/api/v1/i/([^/]{1,100})/studies/[^/]{1,36}/files/")
ELSEWHERE = 3_000_000
STATUS = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
PROBLEM = {
    "type": "urn:tumorboard:problem:request-entity-too-large",
    "title": STATUS.phrase,
    "status": int(STATUS),
    "detail": "The body is too long.",
}
#: Those that every answer of the site has, as far as there is anything to protect.
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
]


class TooLong(Exception):
    """More came than may."""


class BodyLimit:
    """Stands before the whole site: what is longer than its place allows is refused unread."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let through, or answer 413."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        declared = headers.get(b"content-length", b"")
        most = ELSEWHERE
        # Asked only where it matters: it is a question to the database.
        if not (declared.isdigit() and int(declared[:20]) <= ELSEWHERE):
            most = await _most(scope["path"], headers)
        if declared.isdigit() and int(declared[:20]) > most:
            await _refuse(scope, send)
            return
        body = _Counted(receive, most)
        try:
            await self.application(scope, body.receive, send)
        except TooLong:
            await _refuse(scope, send)


class _Counted:
    """What comes, until it is too much: the length that a request declares may be none."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most

    async def receive(self) -> Message:
        """The next message.

        Raises:
            TooLong: with it, more came than may.
        """
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLong
        return message


async def _most(path: str, headers: Mapping[bytes, bytes]) -> int:
    if by_token := LARGE_BY_TOKEN.fullmatch(path):
        shown = headers.get(b"authorization", b"").decode("latin-1")
        is_known = await sync_to_async(_is_known)(by_token[1], shown)
        return FILE_BYTES if is_known else ELSEWHERE
    found = next((most for place, most in LARGE if place.fullmatch(path)), ELSEWHERE)
    if found == ELSEWHERE:
        return ELSEWHERE
    cookies = headers.get(b"cookie", b"").decode("latin-1")
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    return found if await sync_to_async(_is_signed_in)(key) else ELSEWHERE


def _is_known(slug: str, shown: str) -> bool:
    """Whether the header shows a token that is good in the institution; the door asks the rest."""
    try:
        return bearer.is_known(slug, shown)
    except Error:
        return False
    finally:
        let_connection_go()


def _is_signed_in(key: str) -> bool:
    """Whether it is the session of somebody; whether they may, the door inside asks."""
    if not key.isalnum():
        return False
    try:
        return SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)
    except Error:
        return False
    finally:
        let_connection_go()


async def _refuse(scope: Message, send: Send) -> None:
    told = _told(scope["path"])
    headers = [(b"content-type", told.content_type.encode()), *HEADERS]
    logger.warning("a body was refused: too long")
    await send({"type": "http.response.start", "status": int(STATUS), "headers": headers})
    await send({"type": "http.response.body", "body": told.body})


def _told(path: str) -> Refusal:
    if format_at(path) == HL7V2:
        # As that door answers what is a little too long: a sender of HL7 v2 looks for the ACK.
        return Refusal(HL7V2, acknowledging.too_long(b""))
    words = f"{STATUS.phrase}: nothing of it was read."
    page = Refusal("text/plain; charset=utf-8", words.encode())
    return refusal(path, PROBLEM, issue="too-long") or page
