"""A case is taken off the list while somebody types its decision: nothing typed is lost."""

import json
from uuid import uuid4

import pytest

from cases.models import AgendaItem, DecisionDraft, FormDraft
from cases.services import agendas, form_drafts
from cases.services.errors import Refused
from cases.services.postponements import postpone
from cases.web import decision_form
from tests.factories.boards import draft, make_item, make_meeting
from tests.factories.people import add_member
from tests.integration.web.boards.page import text, value
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_item")]
scoped = pytest.mark.usefixtures("scope")

HTMX = {"HX-Request": "true"}
TYPED = {
    "version": "3",
    "rationale": "Half a thought.",
    "recommendations-0-kind": "imaging",
    "recommendations-0-code": "PET_DOTATATE",
    "recommendations-1-kind": "other",
    "recommendations-1-text": "Call the family doctor.",
    "guideline_discussed": "on",
    "confidence": "low",
}
KEPT = "What you typed is kept for you"


@pytest.fixture
def gone(item, coordinator):
    """The item, off its list."""
    postpone(item=AgendaItem.objects.get(pk=item.pk), cause="time", by=coordinator)
    return item


@pytest.fixture
def autosaved(browser, url, coordinator):
    """Sends what is typed, as `static/js/drafts.js` does."""

    def sent(item_id, **more):
        token = form_drafts.token_of(person=coordinator, form="decision", about=item_id)
        fields = json.dumps({name: [value] for name, value in {**TYPED, **more}.items()})
        return browser.post(url("decision_autosave", item_id), {"draft": token, "fields": fields})

    return sent


def taken_off_before(*, item, **_):
    """A write that finds its item taken off the list in the very moment before."""
    AgendaItem.objects.filter(pk=item.pk).delete()
    message = "This case was taken off the list."
    raise Refused(message)


@scoped
class TestAutosave:
    def test_keeps_it_for_who_typed_and_says_so(self, autosaved, gone, coordinator):
        answer = autosaved(gone.pk)

        assert answer.status_code == 409
        assert answer.json() == {"said": f"This case was taken off the list. {KEPT}."}
        kept = FormDraft.objects.get()
        assert (kept.person, kept.about) == (coordinator, str(gone.pk))
        assert kept.fields["rationale"] == ["Half a thought."]

    def test_in_the_very_moment(self, autosaved, item, monkeypatch):
        monkeypatch.setattr(decision_form, "save_draft", taken_off_before)

        answer = autosaved(item.pk, version="0")

        assert (answer.status_code, KEPT in answer.json()["said"]) == (409, True)
        assert FormDraft.objects.get().about == str(item.pk)

    def test_a_token_is_renewed_there(self, browser, url, gone):
        assert browser.get(url("decision_autosave", gone.pk)).json()["csrf"]

    def test_nobody_elses_text(self, browser, url, gone, chair):
        token = form_drafts.token_of(person=chair, form="decision", about=gone.pk)

        answer = browser.post(url("decision_autosave", gone.pk), {"draft": token, "fields": "{}"})

        assert "Somebody else is signed in" in answer.json()["reason"]
        assert not FormDraft.objects.exists()

    def test_only_for_who_may_write(self, radiologists_browser, url, gone):
        address = url("decision_autosave", gone.pk)
        assert radiologists_browser.post(address).status_code == 403


@scoped
class TestSaving:
    def test_shows_what_was_typed_and_keeps_it(self, browser, url, gone):
        response = browser.post(url("decision", gone.pk), TYPED)

        assert response.status_code == 409
        page = text(response)
        assert "This case was taken off the list" in page
        assert KEPT in page
        assert "Rationale: Half a thought." in page
        assert "Recommendation 2, in words: Call the family doctor." in page
        assert "DOTATATE" in page
        assert "PET_DOTATATE" not in page
        assert "The guidance was discussed: Yes" in page
        assert "How sure the board is: Low" in page
        assert gone.case.patient.family_name not in page
        assert FormDraft.objects.get().fields["rationale"] == ["Half a thought."]
        assert "csrfmiddlewaretoken" not in FormDraft.objects.get().fields

    def test_in_the_very_moment(self, browser, url, item, monkeypatch):
        monkeypatch.setattr(decision_form, "save_draft", taken_off_before)

        response = browser.post(url("decision", item.pk), {**TYPED, "version": "0"})

        assert response.status_code == 409
        assert "Rationale: Half a thought." in text(response)

    def test_says_where_it_could_not_be_kept(self, browser, url, gone):
        response = browser.post(url("decision", gone.pk), {"rationale": "x" * 250_001})

        assert response.status_code == 409
        assert "copy it before you leave" in text(response)
        assert not FormDraft.objects.exists()

    @pytest.mark.parametrize("button", ["restore", "discard"])
    def test_what_is_kept_stays_as_it_is(self, browser, url, gone, autosaved, button):
        autosaved(gone.pk)

        response = browser.post(url("decision", gone.pk), {"rationale": "", button: "1"})

        assert response.status_code == 409
        assert FormDraft.objects.get().fields["rationale"] == ["Half a thought."]

    def test_its_page_is_not_found(self, browser, url, gone):
        assert browser.get(url("decision", gone.pk)).status_code == 404

    def test_only_for_who_may_write(self, radiologists_browser, url, gone):
        assert radiologists_browser.post(url("decision", gone.pk), TYPED).status_code == 403


@scoped
class TestListedAgain:
    @pytest.fixture
    def again(self, autosaved, gone, coordinator):
        """The same case on another list, after somebody typed on what was taken off."""
        autosaved(gone.pk)
        return make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=gone.case)

    def test_it_is_offered_there_and_saved(self, browser, url, again):
        assert "was not saved" in text(browser.get(url("decision", again.pk)))

        form = browser.post(url("decision", again.pk), {"restore": "1"}, headers=HTMX)
        assert "Half a thought." in text(form)
        assert value(form, "version") == "0"

        browser.post(url("decision", again.pk), {**TYPED, "version": "0"})
        assert DecisionDraft.objects.get().rationale == "Half a thought."
        assert not FormDraft.objects.exists()

    def test_is_discarded(self, browser, url, again):
        browser.get(url("decision", again.pk))

        browser.post(url("decision", again.pk), {"discard": "1"}, headers=HTMX)

        assert not FormDraft.objects.exists()

    def test_what_another_wrote_there_is_not_replaced_unseen(self, browser, url, again, chair):
        draft(again, rationale="Theirs.", by=chair)
        browser.get(url("decision", again.pk))

        form = browser.post(url("decision", again.pk), {"restore": "1"}, headers=HTMX)
        response = browser.post(
            url("decision", again.pk), {**TYPED, "version": value(form, "version")}
        )

        assert response.status_code == 409
        assert DecisionDraft.objects.get().rationale == "Theirs."

    def test_not_to_others_nor_on_other_cases(
        self, browser, chairs_browser, url, again, coordinator
    ):
        other = make_item(by=coordinator)

        assert "was not saved" not in text(browser.get(url("decision", other.pk)))
        assert "was not saved" not in text(chairs_browser.get(url("decision", again.pk)))
        assert "was not saved" in text(browser.get(url("decision", again.pk)))


def test_what_never_was_here_is_not_found(browser, url, autosaved, institution, other_institution):
    sue = add_member(other_institution, "COORDINATOR", email="sue@south.example", name="Sue")
    with institution_scope(other_institution):
        theirs = make_item(by=sue)
        theirs_id = theirs.pk
        agendas.take_off(item=theirs, by=sue)

    for item_id in (uuid4(), theirs_id):
        assert autosaved(item_id).status_code == 404
        assert browser.post(url("decision", item_id), TYPED).status_code == 404
    with institution_scope(institution):
        assert not FormDraft.objects.exists()
