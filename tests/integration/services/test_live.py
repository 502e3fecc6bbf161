"""Telling the followers of a meeting."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from cases.models import Meeting
from cases.services.live import CHANNEL, announce
from tests.factories.boards import make_meeting
from tests.factories.people import add_member, make_institution
from tests.listening import direct_url
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def meeting(north) -> Meeting:
    by = add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")
    with institution_scope(north):
        return make_meeting(by=by)


@pytest.fixture
def ear() -> Iterator[psycopg.Connection]:
    """Somebody who listens from before on."""
    with psycopg.connect(direct_url(), autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        yield listening


def heard(ear: psycopg.Connection) -> list[str]:
    """What arrived so far, up to a last word of ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, 'end')", [CHANNEL])
    payloads = []
    for notice in ear.notifies():
        if notice.payload == "end":
            break
        payloads.append(notice.payload)
    return payloads


def test_a_change_is_counted_and_told_by_its_id_alone(north, meeting, ear):
    before = meeting.revision
    with institution_scope(north):
        announce(meeting_id=meeting.pk)
        assert heard_nothing_yet(ear)
    with institution_scope(north):
        meeting.refresh_from_db()
    assert meeting.revision == before + 1
    assert heard(ear) == [str(meeting.pk)]


def heard_nothing_yet(ear: psycopg.Connection) -> bool:
    return list(ear.notifies(timeout=0)) == []


def test_what_is_undone_is_not_told(north, meeting, ear):
    before = meeting.revision
    with institution_scope(north):
        try:
            with transaction.atomic():
                announce(meeting_id=meeting.pk)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        meeting.refresh_from_db()
    assert meeting.revision == before
    assert heard(ear) == []


def test_a_count_leaves_no_history(north, meeting):
    with institution_scope(north):
        before = meeting.events.count()
        announce(meeting_id=meeting.pk)
        assert meeting.events.count() == before


def test_a_meeting_that_is_not_there_is_let_be(north):
    with institution_scope(north):
        announce(meeting_id=uuid.uuid4())
