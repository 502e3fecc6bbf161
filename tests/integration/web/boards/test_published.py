"""Publishing an agenda and reading what was published."""

import pytest

from cases.models import AgendaPublication
from cases.services import agendas, meetings
from tests.factories.boards import make_item, make_meeting
from tests.integration.web.boards.page import pdf_text, text
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]


@pytest.fixture
def published(browser, url, item):
    """The first version, published by the page."""
    response = browser.post(url("agenda_publish", item.meeting_id), follow=True)
    assert "Version 1 is published." in text(response)
    return AgendaPublication.objects.get()


def test_the_page_says_what_is_published(browser, url, item, published):
    page = text(browser.get(url("meeting", item.meeting_id)))

    assert "version 1, published" in page
    assert "Nothing has changed since version 1." in page
    assert "Publish again" in page


def test_later_changes_are_shown_as_changes(browser, url, item, published, coordinator):
    make_item(by=coordinator, meeting=item.meeting)
    agendas.ask(item=item, question="Another one?", by=coordinator)

    page = text(browser.get(url("meeting", item.meeting_id)))

    assert "2 changes since" in page
    assert ": question changed" in page
    assert ": added" in page
    assert page.count("Not in the published agenda") == 1


def test_a_version_stays_as_it_was(browser, url, item, published, coordinator):
    agendas.ask(item=item, question="Another one?", by=coordinator)
    agendas.take_off(item=item, by=coordinator)

    page = text(browser.get(url("agenda_publication", published.pk)))

    assert "Version 1 of the agenda" in page
    assert "Resect or treat?" in page
    assert item.case.patient.record_number in page
    assert AuditEntry.objects.filter(action="agenda.read", subject_id=item.meeting_id).exists()


def test_its_paper_is_byte_for_byte_what_was_published(browser, url, item, published, coordinator):
    first = browser.get(url("agenda_publication_pdf", published.pk))
    agendas.ask(item=item, question="Another one?", by=coordinator)
    again = browser.get(url("agenda_publication_pdf", published.pk))

    assert first.content == again.content
    assert "Resect or treat?" in pdf_text(again)
    day = f"{item.meeting.starts_at:%Y-%m-%d}"
    assert again["Content-Disposition"] == f'inline; filename="agenda-{day}-version-1.pdf"'
    assert AuditEntry.objects.filter(action="agenda.printed", subject_id=item.meeting_id).exists()


def test_once_published_the_agenda_is_printed_with_its_version(browser, url, item, published):
    assert "1, published " in pdf_text(browser.get(url("agenda_pdf", item.meeting_id)))
    response = browser.post(url("agenda_publish", item.meeting_id), follow=True)
    assert "Version 2 is published." in text(response)


def test_publishing_names_how_many_cases_have_no_question(browser, url, item, coordinator):
    def asked():
        return browser.get(url("meeting", item.meeting_id)).content.decode()

    assert "no question written. The list is kept" not in asked()
    make_item(by=coordinator, meeting=item.meeting, question="")
    assert "1 case has no question written. The list is kept" in asked()
    make_item(by=coordinator, meeting=item.meeting, question="")
    assert "2 cases have no question written. The list is kept" in asked()


def test_an_empty_list_is_not_published(browser, url, coordinator):
    meeting = make_meeting(by=coordinator)

    response = browser.post(url("agenda_publish", meeting.pk), follow=True)

    assert "There is no case on the list yet." in text(response)
    assert not AgendaPublication.objects.exists()


def test_who_only_reads_does_not_publish_and_reads_what_was(
    radiologists_browser, url, item, published
):
    assert radiologists_browser.post(url("agenda_publish", item.meeting_id)).status_code == 403
    assert radiologists_browser.get(url("agenda_publication", published.pk)).status_code == 200
    assert "Publish again" not in text(radiologists_browser.get(url("meeting", item.meeting_id)))


def test_a_version_of_a_meeting_that_was_canceled_says_so(
    browser, url, item, published, coordinator
):
    address = url("agenda_publication", published.pk)
    assert "was canceled" not in text(browser.get(address))

    meetings.cancel(meeting=item.meeting, because="The chair is ill.", by=coordinator)

    assert "This meeting was canceled on" in text(browser.get(address))
    assert "The chair is ill." in pdf_text(browser.get(url("agenda_pdf", item.meeting_id)))
