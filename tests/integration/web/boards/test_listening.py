"""Who hears of a change, who hears no longer, and what happens when nothing can be heard."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from cases.models import Meeting
from cases.services.live import CHANNEL, announce
from cases.web import listening
from cases.web.listening import MOST_WAITING, Follower, Hub
from tests.factories.boards import make_meeting
from tests.factories.people import add_member, make_institution
from tests.listening import direct_url, run_apart
from tumorboard.accounts.models import Membership, User
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

#: Long enough on any machine: who waits so long waits in vain.
PATIENCE = 60


@pytest.fixture(scope="module")
def house():
    """Nothing is made once for tests that commit."""


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def person(north) -> User:
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


@pytest.fixture
def meeting(north, person) -> Meeting:
    with institution_scope(north):
        return make_meeting(by=person)


@pytest.fixture
def session() -> str:
    store = SessionStore()
    store.create()
    return store.session_key


class Ear:
    """One stream, event by event."""

    def __init__(self, stream: AsyncIterator[str]) -> None:
        self.stream = stream

    async def news(self) -> str:
        """The next event that is no sign of the stream's own life: those come when they come."""
        async with asyncio.timeout(PATIENCE):
            while (event := await self.next()) in ("retry", "live", "beat"):
                pass
        return event

    async def next(self) -> str:
        """The kind of the next event, and its revision where it has one."""
        text = await asyncio.wait_for(anext(self.stream), PATIENCE)
        lines = dict(line.split(": ", 1) for line in text.strip().split("\n"))
        event = lines.get("event", "retry")
        return f"{event} {lines['data']}" if event == "revision" else event

    async def until(self, *events: str) -> None:
        """Hear on until all of these came, in whichever order."""
        left = set(events)
        async with asyncio.timeout(PATIENCE):
            while left:
                left.discard(await self.next())

    async def ends(self) -> bool:
        """Whether the stream ends, whatever comes before."""
        async for _ in self.stream:
            pass
        return True

    async def close(self) -> None:
        """Leave."""
        await self.stream.aclose()


@pytest.fixture
def hear(north, person, meeting, session):
    """Runs a scene with a hub; `follow` of it makes a stream."""

    def run(scene: Callable, url: Callable[[], str] = direct_url) -> Hub:
        hub = Hub(url)

        def follow(of: Meeting = meeting, by: User = person, key: str = session) -> Ear:
            return Ear(
                hub.follow(institution=north, meeting_id=of.pk, person_id=by.pk, session_key=key)
            )

        run_apart(scene, follow)
        return hub

    return run


@pytest.fixture
def change(north):
    """Writes as another request would: in the scope, in a thread with Django's connection."""

    def make(write: Callable[[], object]):
        def within() -> None:
            with institution_scope(north):
                write()

        return sync_to_async(within)()

    return make


def test_a_follower_hears_where_the_meeting_stands_and_of_each_change(hear, change, meeting):
    async def scene(follow):
        ear = follow()
        assert await ear.next() == "retry"
        assert await ear.next() == "live"
        assert await ear.next() == f"revision {meeting.revision}"
        await change(lambda: announce(meeting_id=meeting.pk))
        assert await ear.news() == f"revision {meeting.revision + 1}"
        await ear.close()

    hub = hear(scene)
    assert hub.groups == {}
    assert hub.listener is None


def test_nobody_hears_of_another_meeting(hear, change, meeting, person):
    async def scene(follow):
        other = []
        await change(lambda: other.append(make_meeting(by=person)))
        ear = follow()
        await ear.until(f"revision {meeting.revision}")
        await change(lambda: announce(meeting_id=other[0].pk))
        await change(lambda: connection.cursor().execute(f"NOTIFY {CHANNEL}, 'no meeting'"))
        await change(lambda: announce(meeting_id=meeting.pk))
        assert await ear.news() == f"revision {meeting.revision + 1}"
        await ear.close()

    hear(scene)


def test_two_followers_of_one_meeting_are_looked_for_together(hear, change, meeting, monkeypatch):
    looks = []
    real = listening.look
    monkeypatch.setattr(listening, "look", lambda **given: looks.append(given) or real(**given))

    async def scene(follow):
        first, second = follow(), follow()
        for ear in (first, second):
            await ear.until(f"revision {meeting.revision}")
        looks.clear()
        await change(lambda: announce(meeting_id=meeting.pk))
        for ear in (first, second):
            assert await ear.news() == f"revision {meeting.revision + 1}"
        assert len(looks) == 1
        await first.close()
        await change(lambda: announce(meeting_id=meeting.pk))
        assert await second.news() == f"revision {meeting.revision + 2}"
        await second.close()

    hear(scene)


@pytest.mark.parametrize(
    "loss",
    [
        lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
        lambda person: Membership.objects.filter(user=person).delete(),
        lambda person: Membership.objects.filter(user=person).update(role="ADMINISTRATOR"),
        lambda _: Session.objects.all().delete(),
        lambda _: Session.objects.update(expire_date=timezone.now()),
    ],
    ids=["deactivated", "no member any more", "another role", "signed out", "session too old"],
)
@pytest.mark.parametrize("is_told", [True, False], ids=["at the next change", "without a change"])
def test_who_loses_the_right_hears_no_more(
    loss, is_told, hear, change, meeting, person, monkeypatch
):
    monkeypatch.setattr(listening, "RECHECK_SECONDS", PATIENCE if is_told else 0.01)

    async def scene(follow):
        ear = follow()
        await ear.until(f"revision {meeting.revision}")
        await change(lambda: loss(person))
        if is_told:
            await change(lambda: announce(meeting_id=meeting.pk))
        assert await asyncio.wait_for(ear.ends(), PATIENCE)

    hear(scene)


def test_a_meeting_that_is_gone_has_no_followers(hear):
    async def scene(follow):
        assert await asyncio.wait_for(follow(of=SimpleNamespace(pk=uuid.uuid4())).ends(), PATIENCE)

    hear(scene)


def test_where_rights_cannot_be_asked_for_nobody_is_told(hear, monkeypatch):
    def broken(**_: object):
        raise OperationalError

    monkeypatch.setattr(listening, "look", broken)

    async def scene(follow):
        assert await asyncio.wait_for(follow().ends(), PATIENCE)

    hear(scene)


def test_a_silent_stream_beats(hear, monkeypatch, meeting):
    monkeypatch.setattr(listening, "HEARTBEAT_SECONDS", 0.01)

    async def scene(follow):
        ear = follow()
        await ear.until(f"revision {meeting.revision}")
        assert await ear.next() == "beat"
        await ear.close()

    hear(scene)


def test_of_too_many_streams_of_one_person_the_oldest_ends(
    hear, change, north, meeting, person, monkeypatch
):
    monkeypatch.setattr(listening, "MOST_STREAMS", 2)

    async def scene(follow):
        others, elsewhere = [], []
        await change(
            lambda: others.append(
                add_member(north, "BOARD_CHAIR", email="c@north.example", name="Chris")
            )
        )
        await change(lambda: elsewhere.append(make_meeting(by=person)))
        other = follow(by=others[0])
        first, second, third = follow(), follow(of=elsewhere[0]), follow()
        for ear in (other, first, second, third):
            assert await ear.next() == "retry"
        assert await asyncio.wait_for(first.ends(), PATIENCE)
        for ear in (other, second, third):
            await ear.until(f"revision {meeting.revision}")
            await ear.close()

    assert hear(scene).streams == {}


def test_who_takes_nothing_is_dropped():
    follower = Follower(uuid.uuid4(), "key")
    for revision in range(MOST_WAITING):
        follower.tell("revision", revision)
    assert follower.waiting.full()
    follower.tell("revision", MOST_WAITING)
    assert follower.waiting.get_nowait() is None
    assert follower.waiting.empty()


def test_where_nothing_can_be_heard_pages_are_told_to_ask(hear, monkeypatch):
    monkeypatch.setattr(listening, "RECONNECT_SECONDS", 0.01)
    addresses = iter(["postgres://nobody@%2Fnowhere/nothing"])

    async def scene(follow):
        ear = follow()
        assert await ear.next() == "retry"
        await ear.until("poll")
        await ear.until("live")
        await ear.close()

    hear(scene, url=lambda: next(addresses, None) or direct_url())


def test_a_lost_connection_is_told_and_what_was_missed_is_found(hear, change, meeting, monkeypatch):
    monkeypatch.setattr(listening, "RECONNECT_SECONDS", 0.01)

    def cut() -> None:
        """The database ends the connection that listens, and a change comes meanwhile."""
        owner = connections["owner"].settings_dict
        parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        address = {part: owner[key] or None for part, key in parts.items()}
        with psycopg.connect(**{**address, "user": "postgres"}, dbname=owner["NAME"]) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        announce(meeting_id=meeting.pk)

    async def scene(follow):
        ear = follow()
        # Before it is live nothing listens that could be cut.
        await ear.until(f"revision {meeting.revision}", "live")
        await change(cut)
        await ear.until("poll")
        await ear.until("live")
        assert await ear.news() == f"revision {meeting.revision + 1}"
        await ear.close()

    hear(scene)


def test_a_connection_that_is_idle_is_tried(hear, change, meeting, monkeypatch):
    monkeypatch.setattr(listening, "RECHECK_SECONDS", 0.01)

    async def scene(follow):
        ear = follow()
        await ear.until(f"revision {meeting.revision}")
        await asyncio.sleep(0.05)
        await change(lambda: announce(meeting_id=meeting.pk))
        assert await ear.news() == f"revision {meeting.revision + 1}"
        await ear.close()

    hear(scene)


def test_a_stream_is_opened_for_members_alone(north, person, meeting):
    administrator = add_member(north, "ADMINISTRATOR", email="ada@north.example", name="Ada")
    stranger = User.objects.create_user(email="sam@south.example", name="Sam")
    address = reverse("live_events", args=["north", meeting.pk])

    async def ask(client):
        return await client.get(address)

    def answer(who):
        client = AsyncClient()
        if who:
            client.force_login(who)
        return run_apart(ask, client)

    assert answer(None).status_code == 302
    assert answer(stranger).status_code == 404
    assert answer(administrator).status_code == 403
    opened = answer(person)
    assert opened.status_code == 200
    assert opened["Content-Type"] == "text/event-stream; charset=utf-8"
    assert opened["X-Accel-Buffering"] == "no"
    assert "no-store" in opened["Cache-Control"]
    assert "Content-Encoding" not in opened


def test_a_meeting_of_another_institution_cannot_be_followed(meeting):
    south = make_institution(slug="south", name="South Hospital")
    stranger = add_member(south, "COORDINATOR", email="sam@south.example", name="Sam South")
    client = AsyncClient()
    client.force_login(stranger)

    async def ask(address):
        return await client.get(address)

    for name in ("live", "live_bar", "live_state", "live_events"):
        for slug in ("north", "south"):
            assert run_apart(ask, reverse(name, args=[slug, meeting.pk])).status_code == 404
