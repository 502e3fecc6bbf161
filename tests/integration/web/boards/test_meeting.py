"""One meeting: its agenda, who is present, its PDF."""

import uuid

import pytest
from django.utils import timezone

from cases.models import Attendance, Meeting
from cases.models.board_member import Duty
from cases.models.specialty import Specialty
from cases.services import attendances, board_members
from tests.factories.boards import make_item, sign
from tests.factories.people import add_member
from tests.integration.web.boards.page import error_of, pdf_text, text
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

HTMX = {"HX-Request": "true"}


def test_the_agenda(browser, url, item, coordinator, chair):
    decided = make_item(by=coordinator, meeting=item.meeting)
    sign(decided, by=chair)

    page = text(browser.get(url("meeting", item.meeting_id)))

    reason = item.case.assessment.answer["board_reasons"][0]
    for words in (item.case.patient.record_number, "Resect or treat?", reason["text"]):
        assert words in page
    assert "2 cases, 1 signed" in page
    assert page.index("Needs a decision") < page.rindex("Signed")
    assert page.count("Take off") == 1
    # What is to come is not told as done.
    assert (page.count("To discuss"), page.count("Discussed")) == (1, 1)
    assert AuditEntry.objects.filter(action="agenda.read", subject_id=item.meeting_id).exists()


def test_what_draws_for_the_agenda_on_paper_is_made_ready(browser, url, item, monkeypatch):
    asked = []
    monkeypatch.setattr("cases.web.meetings.make_ready", lambda: asked.append(True))
    browser.get(url("meeting", item.meeting_id))
    assert asked == [True]


def test_gaps_are_counted(browser, url, item):
    missing = item.case.missing_count

    assert missing
    assert f"{missing} open question" in text(browser.get(url("meeting", item.meeting_id)))


def test_no_cases_yet(browser, url, meeting):
    page = text(browser.get(url("meeting", meeting.pk)))

    assert "No cases yet." in page
    assert "Open first case" not in page


def test_who_only_reads_sees_no_buttons(radiologists_browser, url, item):
    page = text(radiologists_browser.get(url("meeting", item.meeting_id)))

    assert "Resect or treat?" in page
    for words in ("Take off", "Edit question", "Move", "Somebody else", "Cancel meeting"):
        assert words not in page


def test_an_administrator_sees_no_patient(client, administrator, url, item):
    client.force_login(administrator)

    assert client.get(url("meeting", item.meeting_id)).status_code == 403


class TestPresent:
    def test_a_member_by_one_click(self, browser, url, meeting, chair):
        page = url("meeting", meeting.pk)
        assert "Chris Chair Board chair Present" in text(browser.get(page))

        response = browser.post(url("attendance_add", meeting.pk), {"person": chair.pk})

        assert response.url == page + "#present"
        noted = Attendance.objects.get()
        assert (noted.name, noted.specialty, noted.person) == ("Chris Chair", "Board chair", chair)
        assert "Chris Chair Board chair Present" not in text(browser.get(page))

    def test_somebody_from_outside(self, browser, url, meeting):
        response = browser.post(
            url("attendance_add", meeting.pk),
            {"name": "Otto Outside", "specialty": "GP"},
            headers=HTMX,
        )

        assert "Otto Outside GP" in text(response)
        assert "is noted as present" in response["HX-Trigger"]
        assert "<html" not in response.content.decode()
        assert 'id="agenda-region" hx-swap-oob="true"' in response.content.decode()
        assert Attendance.objects.get().person is None

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_an_error_stands_by_the_name(self, browser, url, meeting, headers):
        response = browser.post(
            url("attendance_add", meeting.pk), {"name": "", "specialty": "GP"}, headers=headers
        )

        assert response.status_code == 422
        assert "Enter the name" in error_of(response, "name")
        assert 'value="GP"' in response.content.decode()

    def test_a_name_twice(self, browser, url, meeting, coordinator):
        attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

        response = browser.post(url("attendance_add", meeting.pk), {"name": "Otto"})

        assert "on the list already" in error_of(response, "name")

    @pytest.mark.parametrize("person", ["nobody", str(uuid.UUID(int=7))])
    def test_nobody_who_is_no_member(self, browser, url, meeting, person):
        response = browser.post(url("attendance_add", meeting.pk), {"person": person})

        assert response.status_code == 404

    def test_no_member_of_another_institution(self, browser, url, meeting, other_institution):
        # Another institution's scope cannot be entered inside this one.
        from tumorboard.accounts.models import User

        stranger = User.objects.create_user(email="s@south.example", name="Someone South")

        response = browser.post(url("attendance_add", meeting.pk), {"person": stranger.pk})

        assert response.status_code == 404
        assert not Attendance.objects.exists()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_leaves_again(self, browser, url, meeting, coordinator, headers):
        noted = attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

        response = browser.post(url("attendance_remove", noted.pk), headers=headers)

        assert response.status_code == (200 if headers else 302)
        assert not Attendance.objects.exists()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_who_leaves_while_the_meeting_is_canceled_is_told(
        self, browser, url, meeting, coordinator, headers
    ):
        noted = attendances.note_present(meeting=meeting, name="Otto", by=coordinator)
        Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=timezone.now())

        response = browser.post(
            url("attendance_remove", noted.pk), headers=headers, follow=not headers
        )

        said = response["HX-Trigger"] if headers else text(response)
        assert "This meeting was canceled." in said

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_once_it_has_ended_nobody_more(self, browser, url, meeting, headers):
        Meeting.objects.filter(pk=meeting.pk).update(ended_at=timezone.now())
        assert "Note as present" not in text(browser.get(url("meeting", meeting.pk)))

        response = browser.post(
            url("attendance_add", meeting.pk), {"name": "Otto"}, headers=headers
        )

        assert response.status_code == 422
        assert "This meeting has ended" in text(response)
        assert not Attendance.objects.exists()

    def test_a_member_who_is_noted_by_name_is_not_offered_again(
        self, browser, url, meeting, chair, coordinator
    ):
        attendances.note_present(meeting=meeting, name=chair.name, by=coordinator)

        assert "Board chair Present" not in text(browser.get(url("meeting", meeting.pk)))

    def test_who_sits_on_the_board_comes_first_with_what_they_stand_for(
        self, browser, url, meeting, chair, coordinator
    ):
        page = text(browser.get(url("meeting", meeting.pk)))
        assert "Members of the board" not in page
        assert f"{chair.name} Board chair Present" in page

        board_members.add(
            board=meeting.board,
            person=chair,
            duty=Duty.CHAIR,
            specialty=Specialty.SURGERY,
            by=coordinator,
        )

        page = text(browser.get(url("meeting", meeting.pk)))
        _, _, listed = page.partition("Members of the board")
        assert listed.startswith(f" {chair.name} Surgery Present")
        assert f"{coordinator.name} Coordinator Present" in listed.partition("Others of")[2]

    def test_who_sees_no_patients_is_not_offered(self, browser, url, meeting, institution):
        add_member(institution, "ADMINISTRATOR", email="ada@north.example", name="Ada Admin")

        assert "Ada Admin" not in text(browser.get(url("meeting", meeting.pk)))

    def test_only_who_writes_agendas(self, radiologists_browser, url, meeting, coordinator):
        noted = attendances.note_present(meeting=meeting, name="Otto", by=coordinator)

        for address in (url("attendance_add", meeting.pk), url("attendance_remove", noted.pk)):
            assert radiologists_browser.post(address, {"name": "Me"}).status_code == 403
        assert Attendance.objects.get() == noted


class TestPdf:
    def test_holds_the_whole_agenda(self, browser, url, item, coordinator):
        second = make_item(by=coordinator, meeting=item.meeting, question="PRRT?")

        response = browser.get(url("agenda_pdf", item.meeting_id))

        printed = pdf_text(response)
        reason = item.case.assessment.answer["board_reasons"][0]
        for words in (
            item.case.patient.record_number,
            second.case.patient.record_number,
            "Resect or treat?",
            "PRRT?",
            reason["text"],
            reason["strength"],
            "Initial staging",
            "Ki-67",
        ):
            assert words in printed
        assert AuditEntry.objects.filter(action="agenda.printed").exists()

    def test_is_shown_by_a_name_without_a_patient(self, browser, url, item):
        disposition = browser.get(url("agenda_pdf", item.meeting_id))["Content-Disposition"]

        assert disposition == f'inline; filename="agenda-{item.meeting.starts_at:%Y-%m-%d}.pdf"'

    def test_of_an_empty_agenda(self, browser, url, meeting):
        assert "No cases" in pdf_text(browser.get(url("agenda_pdf", meeting.pk)))
