"""A case is taken off the list while somebody types an opinion on it: nothing typed is lost."""

from uuid import uuid4

import pytest

from cases.models import AgendaItem, FormDraft, Opinion
from cases.services import agendas, form_drafts, opinions
from cases.services.errors import Refused
from cases.web import opinions as views
from tests.factories.boards import make_item, make_meeting
from tests.integration.web.boards.page import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]

TYPED = {"text": "Wait three months.", "specialty": "surgery"}
KEPT = "What you typed is kept for you"


@pytest.fixture
def gone(item, coordinator):
    """The item, off its list."""
    agendas.take_off(item=AgendaItem.objects.get(pk=item.pk), by=coordinator)
    return item


def test_what_was_typed_is_shown_and_kept(browser, url, gone, coordinator):
    response = browser.post(url("opinion", gone.pk), TYPED)

    assert response.status_code == 409
    page = text(response)
    assert "This case was taken off the list So your opinion was not saved for the board." in page
    assert KEPT in page
    assert "Opinion: Wait three months." in page
    assert "For which specialty: Surgery" in page
    assert gone.case.patient.family_name not in page
    kept = FormDraft.objects.get()
    assert (kept.person, kept.form, kept.about) == (coordinator, "opinion", str(gone.pk))
    assert not Opinion.objects.exists()


def test_in_the_very_moment(browser, url, gone, monkeypatch):
    """The page still found it; the service does not."""
    monkeypatch.setattr(views, "item_or_gone", lambda _: gone)

    response = browser.post(url("opinion", gone.pk), TYPED)

    assert response.status_code == 409
    assert "Opinion: Wait three months." in text(response)


def test_any_other_refusal_stays_on_the_page(browser, url, item, monkeypatch):
    def refused(**_):
        message = "The meeting is over, so opinions are closed."
        raise Refused(message)

    monkeypatch.setattr(opinions, "give", refused)

    response = browser.post(url("opinion", item.pk), TYPED)

    assert response.status_code == 422
    assert "opinions are closed" in text(response)
    assert "Wait three months." in text(response)


def test_it_is_offered_when_the_case_is_listed_again(browser, url, gone, coordinator):
    browser.post(url("opinion", gone.pk), TYPED)
    again = make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=gone.case)

    page = browser.get(url("opinion", again.pk))

    assert "Wait three months." in page.content.decode()
    assert FormDraft.objects.get().about == str(again.pk)
    token = form_drafts.token_of(person=coordinator, form="opinion", about=again.pk)
    browser.post(url("opinion", again.pk), {**TYPED, "draft": token})
    assert Opinion.objects.get().text == "Wait three months."
    assert not FormDraft.objects.exists()


def test_to_nobody_else_and_on_no_other_case(browser, chairs_browser, url, gone, coordinator):
    browser.post(url("opinion", gone.pk), TYPED)
    again = make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=gone.case)
    other = make_item(by=coordinator)

    assert "Wait three months." not in browser.get(url("opinion", other.pk)).content.decode()
    assert "Wait three months." not in chairs_browser.get(url("opinion", again.pk)).content.decode()
    assert FormDraft.objects.get().about == str(gone.pk)


def test_what_is_withdrawn_with_the_case(browser, url, gone):
    page = browser.post(url("opinion", gone.pk), {"withdraw": "1"}, follow=True)

    assert "This case was taken off the list, and your opinion with it." in text(page)
    assert not FormDraft.objects.exists()


def test_its_page_is_not_found(browser, url, gone):
    assert browser.get(url("opinion", gone.pk)).status_code == 404
    assert browser.post(url("opinion", uuid4()), TYPED).status_code == 404
