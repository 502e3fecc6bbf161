"""The page of a meeting while its list is prepared: forecast, quorum, marks, order, details."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import AgendaItem, Board, BoardMember, Meeting
from cases.services import agenda_details
from tests.factories.boards import make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.integration.web.boards.page import error_of, text
from tests.integration.web.cases.reading import row_version_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def items(coordinator, meeting):
    """Three cases of which nothing is known, on the list."""
    return [
        make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator), question="Why?")
        for _ in range(3)
    ]


def order(meeting):
    rows = AgendaItem.objects.filter(meeting=meeting).order_by("position")
    return list(rows.values_list("pk", flat=True))


def typed(*ids, moved=""):
    return {"items": " ".join(map(str, ids)), "moved": str(moved)}


class TestTheHead:
    def test_says_when_it_finishes_and_what_does_not_fit(self, browser, url, meeting, items):
        AgendaItem.objects.update(minutes=40)

        page = text(browser.get(url("meeting", meeting.pk)))

        assert "30 minutes over." in page
        assert "120 of 90 minutes" in page
        assert page.count("First that does not fit") == 1
        assert "40 min : as set by hand" in page

    def test_says_who_is_missing(self, browser, url, meeting, items, chair):
        Board.objects.update(required_specialties=["surgery", "pathology"])
        BoardMember.objects.create(board=meeting.board, person=chair, specialty="surgery")

        page = text(browser.get(url("meeting", meeting.pk)))

        assert "Quorum Nobody on the board from pathology." in page
        assert page.count("Nobody on the board from pathology.") == 4

    @pytest.mark.parametrize(
        ("required", "words"), [([], "None required"), (["surgery"], "Expected")]
    )
    def test_says_that_nobody_is(self, browser, url, meeting, chair, required, words):
        Board.objects.update(required_specialties=required)
        BoardMember.objects.create(board=meeting.board, person=chair, specialty="surgery")

        assert f"Quorum {words}" in text(browser.get(url("meeting", meeting.pk)))

    def test_has_no_forecast_once_it_ended(self, browser, url, meeting, items):
        Meeting.objects.update(ended_at=timezone.now())

        page = text(browser.get(url("meeting", meeting.pk)))

        assert "Forecast" not in page
        assert "Publish" not in page
        assert "Carry over the rest" in page


class TestTheLines:
    def test_what_came_after_the_cutoff_is_marked(self, browser, url, meeting, items):
        cutoff = timezone.now() - datetime.timedelta(hours=1)
        Meeting.objects.update(cutoff_at=cutoff)
        AgendaItem.objects.exclude(pk=items[0].pk).update(
            listed_at=cutoff - datetime.timedelta(hours=1)
        )

        page = text(browser.get(url("meeting", meeting.pk)))

        assert page.count("Listed after the cut-off") == 1

    def test_readiness_priority_and_why_it_is_listed(self, browser, url, item, coordinator):
        make_item(by=coordinator, meeting=item.meeting, case=make_case(by=coordinator))

        page = text(browser.get(url("meeting", item.meeting_id)))

        assert "Priority" in page
        assert "positive" in page
        assert "Not ready" in page
        assert "Somebody put it on" in page

    def test_the_track_and_its_standard(self, browser, url, item, coordinator):
        standard = item.meeting.board.standards.create(
            name="Surveillance by protocol",
            source="House rule 1",
            scenario="SC-03",
            entered_by=coordinator,
        )
        AgendaItem.objects.update(track="protocol", standard=standard)

        page = text(browser.get(url("meeting", item.meeting_id)))

        assert "By protocol" in page
        assert "Surveillance by protocol" in page
        assert "1 min : settled by protocol" in page

    def test_a_signed_case_has_nothing_to_press(self, browser, url, item, chair):
        sign(item, by=chair)

        page = browser.get(url("meeting", item.meeting_id)).content.decode()

        assert "data-fixed" in page
        assert f"up-{item.pk}" not in page
        assert "Postpone" not in page

    def test_as_many_queries_for_two_cases_as_for_eight(self, browser, url, meeting, coordinator):
        def count():
            with CaptureQueriesContext(connection) as queries:
                browser.get(url("meeting", meeting.pk))
            return len(queries)

        for _ in range(2):
            make_item(by=coordinator, meeting=meeting)
        few = count()
        for _ in range(6):
            make_item(by=coordinator, meeting=meeting)

        assert count() == few


class TestArrange:
    def test_by_the_whole_order(self, browser, url, meeting, items):
        first, second, third = order(meeting)

        response = browser.post(
            url("agenda_arrange", meeting.pk),
            typed(third, first, second, moved=third),
            headers=HTMX,
        )

        assert response.status_code == 200
        assert response["HX-Trigger"] == '{"announce": "Now item 1."}'
        assert "<html" not in response.content.decode()
        assert order(meeting) == [third, first, second]

    def test_without_a_script(self, browser, url, meeting, items):
        response = browser.post(
            url("agenda_arrange", meeting.pk), typed(*reversed(order(meeting))), follow=True
        )

        assert "The list is in order." in text(response)

    def test_not_over_a_list_that_changed(self, browser, url, meeting, items, coordinator):
        before = order(meeting)
        make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))

        response = browser.post(
            url("agenda_arrange", meeting.pk), typed(*reversed(before)), headers=HTMX
        )

        assert response.status_code == 422
        assert "The list has changed" in text(response)
        assert "The list has changed" in response["HX-Trigger"]
        assert order(meeting)[:3] == before

    def test_not_a_signed_case(self, browser, url, meeting, items, chair):
        sign(items[0], by=chair)

        response = browser.post(
            url("agenda_arrange", meeting.pk), typed(*reversed(order(meeting))), follow=True
        )

        assert "would lose its place" in text(response)
        moved = browser.post(url("agenda_move", items[0].pk), {"move": "down"}, follow=True)
        assert "A decision was signed on this case" in text(moved)

    @pytest.mark.parametrize("garbage", ["", "x y z", "1" * 5000, str(uuid.UUID(int=1))])
    def test_not_by_what_is_no_order(self, browser, url, meeting, items, garbage):
        before = order(meeting)

        response = browser.post(
            url("agenda_arrange", meeting.pk), {"items": garbage, "moved": garbage}, headers=HTMX
        )

        assert response.status_code == 422
        assert order(meeting) == before

    def test_only_who_writes_agendas(self, radiologists_browser, url, meeting):
        assert radiologists_browser.post(url("agenda_arrange", meeting.pk)).status_code == 403


class TestDetails:
    @pytest.fixture
    def address(self, url, item):
        return url("agenda_question", item.pk)

    def test_are_written_in_one_form(self, browser, item, address):
        page = text(browser.get(address))
        assert "3 min for any case" in page
        assert "Surgery, Medical oncology, Nuclear medicine, Interventional radiology" in page
        assert "Critical check 1 2" in page

        browser.post(
            address,
            {
                "question": "PRRT?",
                "minutes": "12",
                "also_needed": ["genetics", "nursing"],
                **row_version_of(browser, address),
            },
        )

        item.refresh_from_db()
        assert (item.question, item.minutes) == ("PRRT?", 12)
        assert item.also_needed == ["genetics", "nursing"]

    @pytest.mark.parametrize("minutes", ["0", "121", "-4", "1.5", "soon", "9" * 400])
    def test_minutes_that_cannot_be_stand_by_their_field(self, browser, item, address, minutes):
        given = {"question": "Mine?", "minutes": minutes, **row_version_of(browser, address)}

        response = browser.post(address, given)

        assert response.status_code == 422
        assert error_of(response, "minutes")
        item.refresh_from_db()
        assert (item.question, item.minutes) == ("Resect or treat?", None)

    def test_what_is_no_specialty(self, browser, address):
        given = {"also_needed": "magic", **row_version_of(browser, address)}

        assert error_of(browser.post(address, given), "also_needed")

    def test_what_somebody_else_wrote_is_not_written_over(
        self, browser, item, address, coordinator
    ):
        seen = row_version_of(browser, address)
        agenda_details.set_minutes(item=item, minutes=20, by=coordinator)

        response = browser.post(address, {"question": "Mine?", "minutes": "9", **seen})

        assert response.status_code == 422
        assert "Changed by somebody else" in text(response)
        item.refresh_from_db()
        assert item.minutes == 20


def test_a_case_on_another_list_is_refused_and_it_says_where(browser, url, item, coordinator):
    other = make_meeting(by=coordinator)

    response = browser.post(
        url("agenda_put_on", item.case_id), {"meeting": other.pk, "question": "Again?"}
    )

    assert response.status_code == 422
    assert f"stands on the list of {item.meeting.board.name}" in text(response)
    assert "Again?" in text(response)
