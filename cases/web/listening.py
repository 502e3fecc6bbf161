"""Who of this process follows which meeting, and the one connection that hears of changes.

A notification carries a meeting's id and nothing else. For a meeting that somebody here follows,
one look into its institution then says its revision and who of the followers may still read; the
looks of many changes at once are one. Nothing is queried for a single follower.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error

from cases.selectors.live import look
from cases.services.live import CHANNEL
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope, let_connection_go

logger = logging.getLogger(__name__)

#: [INT] Seconds after which rights are asked for again although nothing happened.
RECHECK_SECONDS = 30.0
#: [INT] Seconds of silence after which a follower is told that the stream still flows.
HEARTBEAT_SECONDS = 15.0
#: [INT] Seconds until a lost connection to the database is tried again.
RECONNECT_SECONDS = 2.0
#: [INT] Seconds within which the database must answer.
PATIENCE_SECONDS = 5
#: [INT] Events that may wait for one follower; whoever takes none of them is dropped.
MOST_WAITING = 8
#: [INT] Streams that one person may hold in one process, whatever they follow. One page in sight
#: holds one; a browser opens six to one server.
MOST_STREAMS = 8

#: The client asks for itself until it hears LIVE; between them it hears of every change.
POLL, LIVE = "poll", "live"
BEAT, REVISION = "beat", "revision"
RETRY_MILLISECONDS = 2000


def as_text(event: str, revision: int | None = None) -> str:
    """One event as it goes over the wire; browsers pass over one without data."""
    if revision is None:
        return f"event: {event}\ndata: {event}\n\n"
    return f"id: {revision}\nevent: {event}\ndata: {revision}\n\n"


@dataclass(eq=False)
class Follower:
    """One stream: whose it is, and what waits to be sent; None ends it."""

    person_id: UUID
    session_key: str
    waiting: asyncio.Queue[str | None] = field(
        default_factory=lambda: asyncio.Queue(maxsize=MOST_WAITING)
    )
    seen: int | None = None

    def tell(self, event: str, revision: int | None = None) -> None:
        """Let an event wait; a follower who takes none is dropped, not kept for."""
        try:
            self.waiting.put_nowait(as_text(event, revision))
        except asyncio.QueueFull:
            self.drop()

    def drop(self) -> None:
        """End the stream; what waits is thrown away."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Group:
    """The followers of one meeting, and the task that looks for them."""

    def __init__(self, institution: Institution, meeting_id: UUID) -> None:
        self.institution = institution
        self.meeting_id = meeting_id
        self.followers: set[Follower] = set()
        self.stirred = asyncio.Event()
        self.task = asyncio.create_task(self._watch())

    def tell(self, event: str) -> None:
        """Tell every follower."""
        for follower in self.followers:
            follower.tell(event)

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stirred.wait(), RECHECK_SECONDS)
            self.stirred.clear()
            await self._look()

    async def _look(self) -> None:
        asked = list(self.followers)
        try:
            found = await sync_to_async(self._ask, thread_sensitive=False)(asked)
        except Error:
            # Who may read cannot be known, so nobody is told; their browsers come again.
            logger.warning("Live streams end: the database did not say who may read.")
            found = None
        for follower in asked:
            if found is None or follower not in found[1]:
                follower.drop()
            elif follower.seen != found[0]:
                follower.seen = found[0]
                follower.tell(REVISION, found[0])

    def _ask(self, asked: Iterable[Follower]) -> tuple[int, set[Follower]] | None:
        """The revision, and who of `asked` may read; None where the meeting is gone."""
        try:
            with institution_scope(self.institution):
                found = look(
                    meeting_id=self.meeting_id,
                    person_ids={follower.person_id for follower in asked},
                    session_keys={follower.session_key for follower in asked},
                )
        finally:
            let_connection_go()
        if found is None:
            return None
        may = {f for f in asked if f.person_id in found.readers and f.session_key in found.sessions}
        return found.revision, may


class Hub:
    """All streams of one process; it listens while there is at least one."""

    def __init__(self, url: Callable[[], str]) -> None:
        """Keep where to listen.

        Args:
            url: gives the address of the database itself, never of a pooler: LISTEN belongs to a
                session.
        """
        self.url = url
        self.groups: dict[UUID, Group] = {}
        #: Each person's streams that go on, oldest first.
        self.streams: dict[UUID, list[Follower]] = {}
        self.is_listening = False
        self.listener: asyncio.Task[None] | None = None

    async def follow(
        self, *, institution: Institution, meeting_id: UUID, person_id: UUID, session_key: str
    ) -> AsyncIterator[str]:
        """The stream of one follower, until they leave or lose the right.

        Rights were checked before; the first look checks them again. Of somebody who opens more
        than `MOST_STREAMS`, the oldest ends.
        """
        follower = Follower(person_id, session_key)
        group = self._join(follower, institution, meeting_id)
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(follower.waiting.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    event = as_text(BEAT)
                if event is None:
                    return
                yield event
        finally:
            self._leave(follower, group)

    def _join(self, follower: Follower, institution: Institution, meeting_id: UUID) -> Group:
        if self.listener is None:
            self.listener = asyncio.create_task(self._listen())
        if meeting_id not in self.groups:
            self.groups[meeting_id] = Group(institution, meeting_id)
        group = self.groups[meeting_id]
        group.followers.add(follower)
        own = self.streams.setdefault(follower.person_id, [])
        own.append(follower)
        if len(own) > MOST_STREAMS:
            own.pop(0).drop()
        if self.is_listening:
            follower.tell(LIVE)
        group.stirred.set()
        return group

    def _leave(self, follower: Follower, group: Group) -> None:
        group.followers.discard(follower)
        own = [one for one in self.streams.pop(follower.person_id, []) if one is not follower]
        if own:
            self.streams[follower.person_id] = own
        if not group.followers:
            group.task.cancel()
            self.groups.pop(group.meeting_id, None)
        if not self.groups and self.listener is not None:
            self.listener.cancel()
            self.listener = None
            self.is_listening = False

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg.Error, OSError, TimeoutError):
                logger.warning("The connection for live meetings is lost; pages poll meanwhile.")
            self.is_listening = False
            for group in self.groups.values():
                group.tell(POLL)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        """Listen until the connection breaks."""
        connection = await psycopg.AsyncConnection.connect(
            self.url(), autocommit=True, connect_timeout=PATIENCE_SECONDS
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.is_listening = True
            for group in self.groups.values():
                group.tell(LIVE)
                # What changed before is found by a look, so nothing is missed.
                group.stirred.set()
            while True:
                async for notice in connection.notifies(timeout=RECHECK_SECONDS):
                    self._stir(notice.payload)
                # A connection that died without a word is found out here.
                await asyncio.wait_for(connection.execute("SELECT 1"), PATIENCE_SECONDS)

    def _stir(self, payload: str) -> None:
        """Let the followers of the named meeting look; any other name is none of ours."""
        for meeting_id, group in self.groups.items():
            if str(meeting_id) == payload:
                group.stirred.set()


hub = Hub(lambda: settings.DATABASE_DIRECT_URL)
