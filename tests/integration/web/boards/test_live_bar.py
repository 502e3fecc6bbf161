"""The bar is made once for all who see it alike; nothing of one person comes to another."""

import copy
import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Attendance, BoardMember, Meeting
from cases.selectors.agendas import RECENT
from cases.services import discussions, live
from cases.web import live_bar, shared_readings
from tests.factories.boards import bring_near, make_item, make_meeting
from tests.factories.people import add_member
from tests.integration.web.boards.page import text, value
from tumorboard.accounts.models import Membership
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_items")]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """All of a test happens while what is shared is kept; nothing of it comes from before."""
    shared_readings._kept.clear()
    monkeypatch.setattr(shared_readings.time, "monotonic", lambda: 0.0)


@pytest.fixture(scope="module")
def kept_items(house, kept_chair):
    """Two cases on the list of a meeting on its day, the first of them before the board."""
    by = house.coordinator
    with institution_scope(house.institution):
        meeting = bring_near(make_meeting(by=by))
        found = [make_item(by=by, meeting=meeting, question=f"Case {n}?") for n in (1, 2)]
        discussions.show(item=found[0], by=kept_chair)
    return found


@pytest.fixture
def items(kept_items):
    return copy.deepcopy(kept_items)


@pytest.fixture
def meeting(items):
    return items[0].meeting


@pytest.fixture
def another(institution):
    """Signs somebody else in."""

    def signed_in(name, role="RADIOLOGIST", **more):
        person = add_member(institution, role, email=f"{name}@north.example", name=name)
        client = Client(**more)
        client.force_login(person)
        client.person = person
        return client

    return signed_in


@pytest.fixture
def made(monkeypatch):
    """The templates that were rendered for all who are alike."""
    found = []

    def counted(template, context):
        found.append(template)
        return render_to_string(template, context)

    render_to_string = live_bar.render_to_string
    monkeypatch.setattr(live_bar, "render_to_string", counted)
    return found


def test_it_is_made_once_for_all_who_are_alike(another, url, meeting, items, made):
    bar = url("live_bar", meeting.pk)
    asked = {"had": items[1].pk}
    pages = [another(name).get(bar, asked) for name in ("rita", "rob")]

    assert made == [
        "boards/item_screen.html",
        "boards/live_conclusion.html",
        "boards/live_bar.html",
    ]
    assert [text(page) for page in pages] == [text(pages[0])] * 2

    with CaptureQueriesContext(connection) as queries:
        another("ruth").get(bar, asked)
    said = " ".join(query["sql"] for query in queries.captured_queries)
    assert "cases_agendaitem" not in said
    assert "cases_boardmember" not in said


def test_each_reading_is_noted(another, url, meeting, items):
    readers = [another(name) for name in ("rita", "rob")]
    for reader in readers:
        reader.get(url("live_bar", meeting.pk), {"had": items[1].pk})
    noted = AuditEntry.objects.filter(action="agenda_item.read", subject_id=items[0].case_id)
    assert {entry.person_id for entry in noted} == {reader.person.pk for reader in readers}


def test_each_gets_a_token_of_their_own_that_works(another, url, meeting, items):
    bar, join = url("live_bar", meeting.pk), url("live_join", meeting.pk)
    readers = [another(name, enforce_csrf_checks=True) for name in ("rita", "rob")]
    tokens = []
    for reader in readers:
        page = reader.get(bar)
        assert live_bar.TOKEN_PLACE not in page.content.decode()
        tokens.append(value(page, "csrfmiddlewaretoken"))
    assert tokens[0] != tokens[1]

    posted = {"specialty": "", "csrfmiddlewaretoken": tokens[0]}
    assert readers[1].post(join, posted).status_code == 403
    assert readers[0].post(join, posted).status_code == 302


def test_who_may_do_less_sees_no_buttons_of_who_may_more(another, url, meeting, items):
    bar = url("live_bar", meeting.pk)
    assert "End the meeting" in text(another("cleo", "BOARD_CHAIR").get(bar))
    page = another("rita").get(bar)
    for words in ("End the meeting", "Pause", "Postpone", "Note somebody else"):
        assert words not in text(page)
    assert "data-form" not in page.content.decode()


def test_only_who_leads_moves_everybody(chairs_browser, another, url, meeting, items):
    bar = url("live_bar", meeting.pk)
    assert "Next case, for all" in chairs_browser.get(bar).content.decode()
    assert "Next case, for all" not in another("cleo", "BOARD_CHAIR").get(bar).content.decode()


def test_seat_and_presence_are_ones_own(another, url, meeting, items):
    rita, rob, ruth = (another(name) for name in ("rita", "rob", "ruth"))
    BoardMember.objects.create(board=meeting.board, person=rita.person, specialty="radiology")
    BoardMember.objects.create(board=meeting.board, person=rob.person, specialty="surgery")
    bar = url("live_bar", meeting.pk)
    assert "Join as Diagnostic radiology" in text(rita.get(bar))
    assert "Join as Surgery" in text(rob.get(bar))
    assert "Join for no specialty" in text(ruth.get(bar))

    assert "You are present for diagnostic radiology." in text(
        rita.post(url("live_join", meeting.pk), headers=HTMX)
    )
    assert "You are present" not in text(rob.get(bar))
    assert "You are present" not in text(ruth.get(bar))


def test_a_case_of_ones_own_is_shown_to_nobody_else(another, url, meeting, items):
    bar = url("live_bar", meeting.pk)
    alone = another("rita").get(bar, {"item": items[1].pk})
    assert "Only you see this case now" in text(alone)
    assert "Only you see this case now" not in text(another("rob").get(bar))


def test_what_is_refused_is_told_to_who_asked(another, url, meeting, items):
    rita = another("rita")
    join = url("live_join", meeting.pk)
    rita.post(join, {"specialty": ""})
    assert "on the list already" in text(rita.post(join, {"specialty": ""}, headers=HTMX))
    assert "on the list already" not in text(rita.get(url("live_bar", meeting.pk)))


def test_the_right_to_read_is_asked_for_each_time(another, url, meeting, items):
    bar = url("live_bar", meeting.pk)
    rita = another("rita")
    assert rita.get(bar).status_code == 200
    Membership.objects.filter(user=rita.person).delete()
    assert rita.get(bar).status_code == 404


def test_a_change_is_seen_at_once(another, url, meeting, items, chair):
    rita, bar = another("rita"), url("live_bar", meeting.pk)
    assert "Case 1 of 2" in text(rita.get(bar))
    discussions.show(item=items[1], by=chair)
    assert "Case 2 of 2" in text(rita.get(bar))


CLOSED = {
    "Ended": {"ended_at": timezone.now},
    "Canceled": {"cancelled_at": timezone.now},
    "The day of this meeting is past": {
        "starts_at": lambda: timezone.now() - RECENT - datetime.timedelta(minutes=1)
    },
}


@pytest.fixture(params=CLOSED)
def closed(request, meeting):
    """Makes the meeting one that nobody begins any more; the words for it."""

    def close(meeting=meeting):
        changed = {name: at() for name, at in CLOSED[request.param].items()}
        Meeting.objects.filter(pk=meeting.pk).update(**changed)
        live.announce(meeting_id=meeting.pk)
        return request.param

    return close


def test_a_meeting_that_is_over_offers_nothing_to_begin(
    chairs_browser, url, meeting, items, closed
):
    """What was shown last is before nobody now; its day may be past without an end."""
    Attendance.objects.create(meeting=meeting, name="Rita")
    words = closed()
    for item in items:
        page = chairs_browser.get(url("live", meeting.pk), {"item": item.pk})
        assert words in text(page)
        for button in ("live-show", "live-clock", "live-join", "live-follow"):
            assert f'id="{button}"' not in page.content.decode()
        assert "data-runs" not in page.content.decode()
        for untrue in ("Before the board", "The board has moved on", "Paused", "Begin with"):
            assert untrue not in text(page)
    assert ("End the meeting" in text(page)) == ("past" in words)


def test_who_was_there_is_told_so_afterwards(another, url, meeting, items, closed):
    rita = another("rita")
    rita.post(url("live_join", meeting.pk), {"specialty": ""})
    closed()
    assert "You were present." in text(rita.get(url("live_bar", meeting.pk)))


def test_an_empty_list_promises_cases_only_while_it_may_get_some(browser, url, coordinator, closed):
    meeting = bring_near(make_meeting(by=coordinator))
    page = url("live", meeting.pk)
    assert "Cases that are put on the list appear here." in text(browser.get(page))
    words = closed(meeting)
    assert words in text(browser.get(page))
    assert "appear here" not in text(browser.get(page))


def test_it_stands_for_itself(another, url, meeting, items):
    """No part of the page around it comes along."""
    page = another("rita").get(url("live_bar", meeting.pk)).content.decode()
    assert re.fullmatch(r'\s*<header class="live-bar".*</header>\s*', page, re.DOTALL)
