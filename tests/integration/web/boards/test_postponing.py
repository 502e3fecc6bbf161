"""Postponing one case, or all that are left, by the pages."""

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Meeting, Postponement
from tests.factories.boards import make_item, make_meeting, sign
from tests.integration.web.boards.page import error_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]


@pytest.fixture
def later(coordinator, item):
    """The next meeting of the same board."""
    return make_meeting(by=coordinator, board=item.meeting.board, in_days=14)


class TestOne:
    def test_is_offered_the_next_meeting_of_its_own_board_first(
        self, browser, url, item, later, coordinator
    ):
        make_meeting(by=coordinator, in_days=1)
        other = make_meeting(by=coordinator, in_days=9)

        page = browser.get(url("agenda_postpone", item.pk)).content.decode()

        offered = page[page.index('name="to"') :]
        own = offered.index(f'value="{later.pk}" selected')
        assert own < offered.index(str(other.pk))
        assert str(item.meeting_id) not in offered[: offered.index("</select>")]

    def test_goes_to_another_list(self, browser, url, item, later):
        response = browser.post(
            url("agenda_postpone", item.pk),
            {"cause": "pathology", "department": "pathology", "text": "", "to": later.pk},
            follow=True,
        )

        assert "The case is on the list of" in text(response)
        assert item.case.patient.family_name not in " ".join(
            str(message) for message in response.context["messages"]
        )
        item.refresh_from_db()
        assert item.meeting == later
        assert Postponement.objects.get().department == "pathology"

    def test_goes_back_among_those_that_ask(self, browser, url, item):
        response = browser.post(
            url("agenda_postpone", item.pk), {"cause": "time", "to": ""}, follow=True
        )

        assert "The case asks for the board again." in text(response)
        assert not AgendaItem.objects.exists()

    def test_leads_back_into_a_meeting_that_runs(self, browser, url, item, coordinator):
        make_item(by=coordinator, meeting=item.meeting)
        Meeting.objects.update(began_at=timezone.now())

        response = browser.post(url("agenda_postpone", item.pk), {"cause": "time", "to": ""})

        assert response.url == url("live", item.meeting_id)

    def test_needs_a_cause(self, browser, url, item, later):
        response = browser.post(
            url("agenda_postpone", item.pk), {"cause": "", "text": "My words", "to": later.pk}
        )

        assert "Choose why" in error_of(response, "cause")
        assert 'value="My words"' in response.content.decode()

    def test_another_cause_needs_words(self, browser, url, item, later):
        response = browser.post(url("agenda_postpone", item.pk), {"cause": "other", "to": later.pk})

        assert "Say in words" in error_of(response, "text")

    def test_not_when_signed(self, browser, url, item, later, chair):
        sign(item, by=chair)

        response = browser.post(url("agenda_postpone", item.pk), {"cause": "time", "to": later.pk})

        assert "A decision was signed on this case" in text(response)

    def test_not_to_a_meeting_that_is_not_coming(self, browser, url, item, later):
        Meeting.objects.filter(pk=later.pk).update(cancelled_at=timezone.now())

        response = browser.post(url("agenda_postpone", item.pk), {"cause": "time", "to": later.pk})

        assert "not coming up any more" in error_of(response, "to")

    def test_only_who_writes_agendas(self, radiologists_browser, url, item):
        address = url("agenda_postpone", item.pk)
        assert radiologists_browser.get(address).status_code == 403


class TestTheRest:
    def test_is_carried_over(self, browser, url, item, later, coordinator, chair):
        signed = make_item(by=coordinator, meeting=item.meeting)
        sign(signed, by=chair)
        Meeting.objects.filter(pk=item.meeting_id).update(ended_at=timezone.now())
        address = url("agenda_carry_over", item.meeting_id)
        page = text(browser.get(address))
        assert "1 case without a decision" in page
        assert item.case.patient.record_number in page
        assert signed.case.patient.record_number not in page

        response = browser.post(address, {"cause": "time", "to": later.pk}, follow=True)

        assert "1 case: each is on the list of" in text(response)
        item.refresh_from_db()
        assert item.meeting == later
        assert "nothing is left" in text(browser.get(address))

    @pytest.mark.parametrize(("count", "told"), [(1, "1 case on"), (2, "2 cases on")])
    def test_says_how_many_stay(self, browser, url, item, later, coordinator, count, told):
        old = make_meeting(by=coordinator)
        for _ in range(count):
            make_item(by=coordinator, meeting=old)
        Meeting.objects.filter(pk=old.pk).update(ended_at=timezone.now())
        coming = make_meeting(by=coordinator)
        for listed in AgendaItem.objects.filter(meeting=old):
            make_item(by=coordinator, meeting=coming, case=listed.case)
        AgendaItem.objects.filter(pk=item.pk).update(meeting=old, position=9)

        response = browser.post(
            url("agenda_carry_over", old.pk), {"cause": "time", "to": later.pk}, follow=True
        )

        page = text(response)
        assert "1 case: each is on the list of" in page
        assert f"{told} another coming list already stay" in page

    def test_of_several(self, browser, url, item, coordinator):
        make_item(by=coordinator, meeting=item.meeting)

        response = browser.post(
            url("agenda_carry_over", item.meeting_id), {"cause": "time", "to": ""}, follow=True
        )

        assert "2 cases: each asks for the board again." in text(response)

    def test_says_why_it_was_not(self, browser, url, item, later, chair):
        sign(item, by=chair)

        response = browser.post(
            url("agenda_carry_over", item.meeting_id), {"cause": "time", "to": later.pk}
        )

        assert response.status_code == 422
        assert "nothing is left" in text(response)

    def test_only_who_writes_agendas(self, radiologists_browser, url, meeting):
        address = url("agenda_carry_over", meeting.pk)
        assert radiologists_browser.post(address).status_code == 403
