"""The queue, and putting a case on a list."""

import pytest

from cases.models import AgendaItem, Case
from cases.services import agendas, cases, meetings
from cases.web import agendas as pages
from cases.web import candidates
from tests.factories.boards import make_asking_case, make_board, make_item, make_meeting, sign
from tests.factories.cases import make_case
from tests.factories.standards import make_settled_case, make_standard
from tests.integration.web.boards.page import error_of, text
from tests.integration.web.cases.reading import row_version_of
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_each_case_with_why_and_since_when(browser, url, coordinator):
    case = make_asking_case(by=coordinator)

    page = text(browser.get(url("board_queue")))

    reason = case.assessment.answer["board_reasons"][0]
    assert f"{reason['text']} “{reason['strength']}”" in page
    assert reason["source"].split(";")[0] in page
    assert case.patient.record_number in page
    assert AuditEntry.objects.filter(action="queue.read", person=coordinator).exists()


def test_the_priority_is_explained(browser, url, coordinator):
    case = make_asking_case(by=coordinator)

    page = text(browser.get(url("board_queue")))

    assert "45 = 25 positive + 20 guidance" in page
    assert "25 Positive, MRI of 12 Jan 2026 since" in page
    assert f"{case.missing_count} open question" in page
    assert "Not ready," in page


def test_by_reason(browser, url, coordinator):
    case = make_asking_case(by=coordinator)
    number = case.patient.record_number

    assert number in text(browser.get(url("board_queue"), {"reason": "result"}))
    assert number in text(browser.get(url("board_queue"), {"reason": "'; DROP"}))
    assert "for this reason" in text(browser.get(url("board_queue"), {"reason": "referral"}))


def test_the_reason_stays_while_leafing(browser, url, coordinator, monkeypatch):
    monkeypatch.setattr(candidates, "QUEUE_SIZE", 1)
    for _ in range(2):
        make_asking_case(by=coordinator)

    page = browser.get(url("board_queue"), {"reason": "result"}).content.decode()

    assert "?reason=result&amp;page=2" in page


def test_nobody_waits(browser, url):
    assert "No case asks for the board" in text(browser.get(url("board_queue")))


def test_without_a_meeting_the_way_to_plan_one(browser, url, coordinator):
    make_asking_case(by=coordinator)

    assert "No meeting is coming up." in text(browser.get(url("board_queue")))


def test_in_pages(browser, url, coordinator, monkeypatch):
    monkeypatch.setattr(candidates, "QUEUE_SIZE", 2)
    numbers = [make_asking_case(by=coordinator).patient.record_number for _ in range(3)]

    first, second = (text(browser.get(url("board_queue"), {"page": n})) for n in ("x", 2))

    assert [number in first for number in numbers] == [True, True, False]
    assert [number in second for number in numbers] == [False, False, True]
    assert "Next" in first
    assert "Previous" in second


def test_the_queue_takes_as_many_queries_for_many_cases(
    browser, url, coordinator, django_assert_max_num_queries
):
    for _ in range(5):
        make_asking_case(by=coordinator)

    with django_assert_max_num_queries(15):
        browser.get(url("board_queue"))


class TestPutOnSeveral:
    def test_the_ticked_ones_in_their_order(self, browser, url, coordinator):
        later, sooner = (make_meeting(by=coordinator, in_days=days) for days in (9, 2))
        one, two, left = (make_asking_case(by=coordinator) for _ in range(3))
        Case.objects.filter(pk=one.pk).update(board_question="Which study next?")
        page = browser.get(url("board_queue")).content.decode()
        assert page.index(str(sooner.pk)) < page.index(str(later.pk))

        response = browser.post(
            url("queue_put_on"), {"meeting": sooner.pk, "case": [two.pk, one.pk]}, follow=True
        )

        assert response.redirect_chain[0][0] == url("board_queue")
        assert "2 cases are on the list." in text(response)
        items = list(AgendaItem.objects.filter(meeting=sooner).order_by("position"))
        assert [item.case for item in items] == [two, one]
        assert items[1].question == "Which study next?"
        assert items[0].listed_because == "result"
        assert left.patient.record_number in text(response)
        assert two.patient.record_number not in text(response)

    def test_comes_back_to_the_reason_that_was_shown(self, browser, url, meeting, coordinator):
        case = make_asking_case(by=coordinator)

        response = browser.post(
            url("queue_put_on"), {"meeting": meeting.pk, "case": case.pk, "reason": "result"}
        )

        assert response.url == url("board_queue") + "?reason=result"

    def test_says_why_one_was_not_put_on(self, browser, url, item, coordinator):
        other = make_meeting(by=coordinator)

        response = browser.post(
            url("queue_put_on"), {"meeting": other.pk, "case": item.case_id}, follow=True
        )

        assert "1 case was not put on: This case stands on the list of" in text(response)

    @pytest.mark.parametrize(
        ("posted", "words"),
        [
            ({}, "not coming up any more"),
            ({"meeting": "x"}, "not coming up any more"),
            ({"meeting": "there"}, "Tick the cases"),
            ({"meeting": "there", "case": ["x", "01a1fe40-a88f-78b1-a40c-b3ab5f4b8c83"]}, "Tick"),
        ],
    )
    def test_what_cannot_be_put_on(self, browser, url, meeting, posted, words):
        if posted.get("meeting") == "there":
            posted = {**posted, "meeting": meeting.pk}

        response = browser.post(url("queue_put_on"), posted, follow=True)

        assert words in text(response)
        assert not AgendaItem.objects.exists()

    def test_by_protocol_where_a_standard_holds(self, browser, url, coordinator):
        standard = make_standard(by=coordinator)
        meeting = make_meeting(by=coordinator, board=standard.board)
        case = make_settled_case(by=coordinator)
        page = text(browser.get(url("board_queue")))
        assert f"By protocol: {standard.name}, {standard.board.name}" in page
        assert "Put on, settled by protocol" in page

        browser.post(
            url("queue_put_on"), {"meeting": meeting.pk, "case": case.pk, "track": "protocol"}
        )

        assert AgendaItem.objects.get().standard == standard

    def test_says_why_a_standard_does_not_hold(self, browser, url, coordinator):
        make_standard(by=coordinator)
        case = make_settled_case(by=coordinator)
        cases.change(case=case, board_question="", by=coordinator)

        page = text(browser.get(url("board_queue")))

        assert "The minimum data set is not complete: " in page
        assert "Put on, settled by protocol" not in page

    def test_only_who_writes_agendas(self, radiologists_browser, url):
        assert radiologists_browser.post(url("queue_put_on")).status_code == 403


def test_put_on_a_page_of_its_own(browser, url, meeting, coordinator):
    case = make_asking_case(by=coordinator)
    Case.objects.filter(pk=case.pk).update(board_question="Which study next?")

    assert "Which study next?" in text(browser.get(url("agenda_put_on", case.pk)))
    response = browser.post(
        url("agenda_put_on", case.pk), {"meeting": meeting.pk, "question": "Resect?"}
    )

    assert response.url == url("meeting", meeting.pk)
    assert AgendaItem.objects.get().question == "Resect?"


def test_says_where_it_is_already(browser, url, item):
    assert "Is on the list of" in text(browser.get(url("agenda_put_on", item.case_id)))

    response = browser.post(
        url("agenda_put_on", item.case_id), {"meeting": item.meeting_id, "question": "Mine?"}
    )

    assert response.status_code == 422
    assert "on the list already" in text(response)
    assert "Mine?" in text(response)


def test_a_meeting_that_is_gone(browser, url, meeting, coordinator):
    case = make_asking_case(by=coordinator)
    meetings.cancel(meeting=meeting, by=coordinator)
    make_meeting(by=coordinator)

    response = browser.post(
        url("agenda_put_on", case.pk), {"meeting": meeting.pk, "question": "Mine?"}
    )

    assert "not coming up any more" in error_of(response, "meeting")
    assert "Mine?" in text(response)


def test_a_question_has_an_end(browser, url, meeting, coordinator):
    case = make_asking_case(by=coordinator)

    response = browser.post(
        url("agenda_put_on", case.pk), {"meeting": meeting.pk, "question": "x" * 501}
    )

    assert "500" in error_of(response, "question")
    assert not AgendaItem.objects.exists()


@pytest.mark.parametrize("has_board", [True, False])
def test_without_a_meeting_the_way_to_one(browser, url, coordinator, has_board):
    case = make_case(by=coordinator)
    if has_board:
        make_board(name="NET board", by=coordinator)

    page = text(browser.get(url("agenda_put_on", case.pk)))

    assert "No meeting is coming up." in page
    assert ("Plan a meeting of NET board" if has_board else "Add a board first") in page


def test_only_who_writes_agendas(radiologists_browser, url, coordinator):
    case = make_asking_case(by=coordinator)

    assert radiologists_browser.get(url("agenda_put_on", case.pk)).status_code == 403
    assert "Put on" not in text(radiologists_browser.get(url("board_queue")))
    assert pages.put_on.permission == Permission.AGENDA_WRITE


class TestMove:
    def test_by_htmx_gives_the_list(self, browser, url, item, coordinator):
        other = make_item(by=coordinator, meeting=item.meeting)

        response = browser.post(
            url("agenda_move", other.pk), {"move": "up"}, headers={"HX-Request": "true"}
        )

        assert "Now item 1." in response["HX-Trigger"]
        page = response.content.decode()
        assert page.index(str(other.pk)) < page.index(str(item.pk))
        assert "<html" not in page

    def test_without_script_goes_back(self, browser, url, item, coordinator):
        make_item(by=coordinator, meeting=item.meeting)

        response = browser.post(url("agenda_move", item.pk), {"move": "down"}, follow=True)

        assert "Now item 2." in text(response)

    def test_when_it_was_taken_off_meanwhile(self, browser, url, item, monkeypatch):
        def gone(**_):
            raise agendas.Refused("This case was taken off the list.")

        monkeypatch.setattr(agendas, "move", gone)

        response = browser.post(url("agenda_move", item.pk), {"move": "up"}, follow=True)

        assert "was taken off" in text(response)

    def test_only_who_writes_agendas(self, radiologists_browser, url, item):
        response = radiologists_browser.post(url("agenda_move", item.pk), {"move": "up"})
        assert response.status_code == 403


class TestQuestion:
    def test_is_changed(self, browser, url, item):
        assert "Resect or treat?" in text(browser.get(url("agenda_question", item.pk)))

        address = url("agenda_question", item.pk)
        typed = {"question": "PRRT?", **row_version_of(browser, address)}
        response = browser.post(address, typed)

        assert response.url == url("meeting", item.meeting_id)
        item.refresh_from_db()
        assert item.question == "PRRT?"

    def test_not_after_signing(self, browser, url, item, chair):
        sign(item, by=chair)

        address = url("agenda_question", item.pk)
        typed = {"question": "Mine?", **row_version_of(browser, address)}
        response = browser.post(address, typed)

        assert "stays on the list as it is" in text(response)
        assert "Mine?" in text(response)

    def test_has_an_end(self, browser, url, item):
        response = browser.post(url("agenda_question", item.pk), {"question": "y" * 501})

        assert "500" in error_of(response, "question")
        assert "y" * 501 in text(response)

    def test_only_who_writes_agendas(self, radiologists_browser, url, item):
        assert radiologists_browser.get(url("agenda_question", item.pk)).status_code == 403


class TestTakeOff:
    def test_asks_then_does(self, browser, url, item):
        assert "off the list?" in text(browser.get(url("agenda_take_off", item.pk)))

        response = browser.post(url("agenda_take_off", item.pk), follow=True)

        assert "is off the list." in text(response)
        assert not AgendaItem.objects.exists()

    def test_not_when_signed(self, browser, url, item, chair):
        sign(item, by=chair)

        response = browser.post(url("agenda_take_off", item.pk), follow=True)

        assert "stays on the list" in text(response)

    def test_only_who_writes_agendas(self, radiologists_browser, url, item):
        assert radiologists_browser.post(url("agenda_take_off", item.pk)).status_code == 403
