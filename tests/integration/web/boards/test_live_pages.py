"""The pages of a running meeting: what everybody sees, and what the presenter does."""

import copy
import datetime
import re
import uuid

import pytest
from django.utils import timezone

from cases.models import Attendance, BoardMember, Discussion, Meeting
from cases.services import discussions, live
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from cases.web import shared_readings
from tests.factories.boards import EVERY_KIND, bring_near, draft, make_item, make_meeting, sign
from tests.factories.standards import settle
from tests.integration.web.boards.page import text
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_items")]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _nothing_is_shared_between_tests():
    shared_readings._kept.clear()


@pytest.fixture(scope="module")
def kept_items(house):
    """Two cases on the list of a meeting on its day."""
    by = house.coordinator
    with institution_scope(house.institution):
        meeting = bring_near(make_meeting(by=by))
        return [make_item(by=by, meeting=meeting, question=f"What in case {n}?") for n in (1, 2)]


@pytest.fixture
def items(kept_items):
    return copy.deepcopy(kept_items)


@pytest.fixture
def meeting(items):
    return items[0].meeting


def bar_of(response) -> dict[str, str]:
    """What the bar tells the script."""
    head = re.search(r'<header class="live-bar".*?>', response.content.decode(), re.DOTALL)
    return dict(re.findall(r'data-([a-z-]+)="([^"]*)"', head[0]))


def test_before_it_begins_the_page_shows_the_first_case(browser, url, meeting, items):
    response = browser.get(url("live", meeting.pk))
    page = text(response)
    assert "Case 1 of 2" in page
    assert "What in case 1?" in page
    assert "Begin with this case" in page
    assert "Nothing is written yet." in page
    assert "0 of 2 signed." in page
    assert AuditEntry.objects.filter(action="meeting.followed", subject_id=meeting.pk).exists()
    assert AuditEntry.objects.filter(action="agenda_item.read").count() == 1


def test_a_list_without_cases(browser, url, coordinator):
    meeting = bring_near(make_meeting(by=coordinator))
    assert "No case is on this list" in text(browser.get(url("live", meeting.pk)))


def test_the_presenter_leads_and_the_others_leaf_alone(
    browser, chairs_browser, url, meeting, items
):
    run = url("live_run", meeting.pk)
    shown = chairs_browser.post(run, {"do": "show", "item": items[0].pk}, headers=HTMX)
    assert bar_of(shown)["board"] == str(items[0].pk)
    assert 'data-key-label="Next case, for all"' in shown.content.decode()
    others = browser.get(url("live_bar", meeting.pk), headers=HTMX).content.decode()
    assert 'data-key-label="Next case, for me"' in others
    assert "Before the board" in others


def test_who_looks_elsewhere_is_told_where_the_board_is(browser, url, meeting, items, chair):
    discussions.show(item=items[0], by=chair)
    response = browser.get(url("live", meeting.pk), {"item": items[1].pk})
    page = text(response)
    assert "What in case 2?" in page
    assert "The board has moved on to case 1. Follow" in page
    assert "Show this to all" in page
    assert bar_of(response)["item"] == str(items[1].pk)


def test_who_looks_at_a_case_that_left_the_list_follows_again(browser, url, meeting, items, chair):
    discussions.show(item=items[0], by=chair)
    for nonsense in (uuid.uuid4(), "nonsense"):
        response = browser.get(url("live_bar", meeting.pk), {"item": nonsense})
        assert bar_of(response)["item"] == str(items[0].pk)


def test_who_may_not_run_the_meeting_sees_no_buttons_for_it(
    radiologists_browser, url, meeting, items
):
    page = text(radiologists_browser.get(url("live", meeting.pk)))
    for words in ("Begin with this case", "End the meeting", "Write the decision"):
        assert words not in page
    for do in ("show", "pause", "end", "begin"):
        posted = {"do": do, "item": items[0].pk}
        assert radiologists_browser.post(url("live_run", meeting.pk), posted).status_code == 403


def test_the_meeting_is_run(chairs_browser, url, meeting, items):
    run = url("live_run", meeting.pk)
    assert chairs_browser.post(run, {"do": "begin"}).url == url("live", meeting.pk)
    chairs_browser.post(run, {"do": "show", "item": items[1].pk})
    paused = chairs_browser.post(run, {"do": "pause"}, headers=HTMX)
    assert "Paused" in text(paused)
    ended = chairs_browser.post(run, {"do": "end"}, headers=HTMX)
    assert "Ended" in text(ended)
    assert Discussion.objects.get().item == items[1]
    assert Meeting.objects.get().ended_at is not None


@pytest.mark.parametrize("posted", [{"do": "finish"}, {}])
def test_what_cannot_be_done_begins_nothing(chairs_browser, url, meeting, items, posted):
    assert chairs_browser.post(url("live_run", meeting.pk), posted).status_code == 400
    assert Meeting.objects.get(pk=meeting.pk).began_at is None


def test_what_is_refused_says_why(chairs_browser, url, meeting, items):
    run = url("live_run", meeting.pk)
    shown = chairs_browser.post(run, {"do": "pause"}, headers=HTMX)
    assert "The clock stands still already." in text(shown)
    page = chairs_browser.post(run, {"do": "pause"}, follow=True)
    assert "The clock stands still already." in text(page)


@pytest.mark.parametrize("item", ["", "nonsense", uuid.uuid4()])
def test_a_case_of_another_list_is_not_shown(item, chairs_browser, url, meeting, coordinator):
    elsewhere = make_item(by=coordinator)
    for wanted in (item, elsewhere.pk):
        posted = {"do": "show", "item": wanted}
        assert chairs_browser.post(url("live_run", meeting.pk), posted).status_code == 404


def test_joining_notes_the_seat_on_the_board(browser, url, meeting, items, coordinator):
    BoardMember.objects.create(board=meeting.board, person=coordinator, specialty="nursing")
    bar = url("live_bar", meeting.pk)
    assert "Join as Specialist nursing" in text(browser.get(bar))
    posted = {"specialty": "nursing"}
    assert "You are present for specialist nursing" in text(
        browser.post(url("live_join", meeting.pk), posted, headers=HTMX)
    )
    there = Attendance.objects.get()
    assert (there.person, there.specialty_code) == (coordinator, "nursing")
    assert "Present: 1 Specialist nursing Cora Coordinator" in text(browser.get(bar))


def test_nobody_joins_for_another_seat_than_their_own(browser, url, meeting, items, coordinator):
    BoardMember.objects.create(board=meeting.board, person=coordinator, specialty="nursing")
    browser.post(url("live_join", meeting.pk), {"specialty": "nuclear_medicine"})
    assert Attendance.objects.get().specialty_code == "nursing"


def test_nobody_joins_a_meeting_that_has_ended(browser, url, meeting, items):
    Meeting.objects.filter(pk=meeting.pk).update(ended_at=timezone.now())
    answer = browser.post(url("live_join", meeting.pk), {"specialty": ""}, headers=HTMX)
    assert "has ended" in text(answer)
    assert not Attendance.objects.exists()


def test_who_has_no_seat_says_for_what_they_come(radiologists_browser, url, meeting, items):
    page = text(radiologists_browser.get(url("live", meeting.pk)))
    assert "Join for no specialty Surgery" in page
    join = url("live_join", meeting.pk)
    assert radiologists_browser.post(join, {"specialty": ""}).url == url("live", meeting.pk)
    assert Attendance.objects.get().specialty_code == ""
    assert "No specialty noted" in text(radiologists_browser.get(url("live", meeting.pk)))


def test_joining_twice_and_joining_as_nothing_known_are_refused(browser, url, meeting, items):
    join = url("live_join", meeting.pk)
    assert "alchemy" in text(browser.post(join, {"specialty": "alchemy"}, headers=HTMX))
    browser.post(join, {"specialty": "surgery"})
    again = browser.post(join, {"specialty": "surgery"}, headers=HTMX)
    assert "This name is on the list already." in text(again)
    assert Attendance.objects.count() == 1


def test_nobody_joins_a_canceled_meeting(browser, url, meeting, items):
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())
    answer = browser.post(url("live_join", meeting.pk), {"specialty": ""}, headers=HTMX)
    assert "canceled" in text(answer)


def test_the_state_is_the_revision(browser, url, meeting):
    state = url("live_state", meeting.pk)
    before = browser.get(state).json()["revision"]
    live.announce(meeting_id=meeting.pk)
    assert browser.get(state).json() == {"revision": before + 1}
    assert browser.get(url("live_state", uuid.uuid4())).status_code == 404


def test_another_case_comes_along_with_the_bar(
    browser, radiologists_browser, url, meeting, items, chair
):
    discussions.show(item=items[1], by=chair)
    bar = url("live_bar", meeting.pk)
    asked = {"had": items[0].pk}
    reader = radiologists_browser.get(bar, asked, headers=HTMX).content.decode()
    assert "What in case 2?" in reader
    assert "data-has-case" in reader
    assert "data-has-decision" in reader
    # Who writes asks for the form.
    writer = browser.get(bar, asked, headers=HTMX).content.decode()
    assert "data-has-case" in writer
    assert "data-has-decision" not in writer
    assert AuditEntry.objects.filter(action="agenda_item.read").count() == 2
    # Who has it already gets the bar alone.
    had = browser.get(bar, {"had": items[1].pk}, headers=HTMX).content.decode()
    assert "What in case 2?" not in had


def test_the_case_alone(browser, url, items):
    page = text(browser.get(url("live_case", items[0].pk), headers=HTMX))
    assert "Nobody on the board from" not in page
    assert "What in case 1?" in page
    assert "Case 1 of 2" not in page


def test_the_conclusion_grows_and_is_signed(radiologists_browser, url, items, chair):
    address = url("live_conclusion", items[0].pk)
    assert "Nothing is written yet." in text(radiologists_browser.get(address))
    draft(items[0], by=chair, rationale="Because of this.")
    page = text(radiologists_browser.get(address))
    assert "Being written by Chris Chair" in page
    assert "Because of this." in page
    sign(items[0], by=chair)
    page = text(radiologists_browser.get(address))
    assert "Signed by Chris Chair , Board chair" in page
    assert "The signed record" in page
    assert "Confidence" not in page
    assert "Dissent" not in page


def test_the_conclusion_says_how_sure_the_board_is_and_who_dissents(
    radiologists_browser, url, items, chair
):
    written = draft(items[0], by=chair)
    save_draft(
        item=items[0],
        rationale="Because.",
        recommendations=EVERY_KIND,
        conclusion=Concluded(
            concordance=written.concordance,
            deviation_reason=written.deviation_reason,
            confidence="low",
        ),
        dissents=[Dissented("Nina Nuclear", "Wait and see.")],
        if_match=written.version,
        by=chair,
    )
    address = url("live_conclusion", items[0].pk)
    being_written = text(radiologists_browser.get(address))
    sign(items[0], by=chair)
    for page in (being_written, text(radiologists_browser.get(address))):
        assert "Confidence: Low" in page
        assert "Dissent: Nina Nuclear NM : Wait and see." in page


def test_who_wrote_last_is_told_so(browser, chairs_browser, url, meeting, items, coordinator):
    draft(items[0], by=coordinator)
    bar = url("live_bar", meeting.pk)
    assert "data-mine" in browser.get(bar).content.decode()
    assert "data-mine" not in chairs_browser.get(bar).content.decode()


def test_a_case_by_protocol_is_not_counted(browser, url, meeting, items, coordinator):
    settle(items[0], by=coordinator)
    page = text(browser.get(url("live", meeting.pk)))
    assert "Case 1 of 1" in page
    assert "What in case 2?" in page
    assert "By protocol" in page
    protocol = text(browser.get(url("live", meeting.pk), {"item": items[0].pk}))
    assert "What in case 1?" in protocol


def test_under_wsgi_there_is_no_stream(browser, url, meeting):
    assert browser.get(url("live_events", meeting.pk)).status_code == 204
    assert browser.get(url("live_events", uuid.uuid4())).status_code == 404
    assert browser.post(url("live_events", meeting.pk)).status_code == 405


def test_who_stands_for_no_specialty_joins_by_the_same_key(browser, url, meeting, items):
    bar = browser.get(url("live_bar", meeting.pk)).content.decode()
    assert '<button class="button button-small" id="live-join" data-key="j">Join</button>' in bar
    joined = browser.post(url("live_join", meeting.pk), {"specialty": ""}, headers=HTMX)
    assert "You are present." in text(joined)
    assert Attendance.objects.get().specialty_code == ""


def test_a_specialty_in_words_only_stands_as_it_was_noted(
    browser, url, meeting, items, coordinator
):
    Attendance.objects.create(
        meeting=meeting, name="Cora", person=coordinator, specialty="NET registry"
    )
    assert "You are present for NET registry." in text(browser.get(url("live_bar", meeting.pk)))


def test_a_meeting_of_another_day_is_not_begun_by_a_key(chairs_browser, url, meeting, items):
    near = chairs_browser.get(url("live_bar", meeting.pk))
    assert "disabled" not in button(near, "live-show")
    assert "it can begin at most" not in text(near)

    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() + discussions.EARLIEST + datetime.timedelta(minutes=1)
    )
    live.announce(meeting_id=meeting.pk)
    far = chairs_browser.get(url("live_bar", meeting.pk))
    assert " disabled " in button(far, "live-show")
    assert "it can begin at most 12 hours before." in text(far)


def button(response, name):
    """The opening tag of a button."""
    return re.search(rf'<button[^>]*id="{name}"[^>]*>', response.content.decode())[0]


def test_every_decision_says_whose_it_is(chairs_browser, url, items):
    """The script compares it with the case at the top."""
    patient = items[0].case.patient
    said = f'data-item="{items[0].pk}"'
    form = chairs_browser.get(url("decision_form", items[0].pk))
    assert said in form.content.decode()
    assert f"{patient.name}, record {patient.record_number}" in text(form)
    assert said in chairs_browser.get(url("live_conclusion", items[0].pk)).content.decode()
