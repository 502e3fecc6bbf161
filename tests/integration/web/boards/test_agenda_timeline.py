"""The printed agenda shows the story of each case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.documents import build_timeline
from cases.documents.timeline.rendering import NotDrawn
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.timeline import make_story
from tests.unit.documents.printed import text
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting_of(institution, coordinator):
    """A meeting with one case that has so many studies; with none it has no story."""

    def make(studies):
        with institution_scope(institution):
            case = make_case(by=coordinator, **SURVEILLANCE)
            if studies:
                make_story(case, by=coordinator, studies=studies)
            meeting = make_meeting(by=coordinator)
            make_item(by=coordinator, meeting=meeting, case=case)
            return meeting

    return make


@pytest.fixture
def printed(browser, url):
    def get(meeting):
        response = browser.get(url("agenda_pdf", meeting.pk))
        assert response.status_code == 200
        return text(response.content)

    return get


def test_picture_and_words(meeting_of, printed):
    words = printed(meeting_of(5))
    assert "Timeline" in words
    assert "Markers, as multiples" in words
    assert words.count("Somatostatin analog (lanreotide)") >= 2


def test_no_story_no_heading(meeting_of, printed):
    assert "Timeline" not in printed(meeting_of(0))


def test_without_a_picture_the_agenda_is_printed_all_the_same(meeting_of, printed, monkeypatch):
    def fail(timeline):
        raise NotDrawn("for the test")

    monkeypatch.setattr(build_timeline, "picture_of", fail)
    words = printed(meeting_of(5))
    assert "Chromogranin A: 320 ng/mL" in words
    assert "Markers, as multiples" not in words


def test_it_asks_as_often_for_500_studies_as_for_5(meeting_of, browser, url):
    counts = []
    for studies in (5, 500):
        meeting = meeting_of(studies)
        with CaptureQueriesContext(connection) as captured:
            browser.get(url("agenda_pdf", meeting.pk))
        counts.append(len(captured))
    assert counts[0] == counts[1]
