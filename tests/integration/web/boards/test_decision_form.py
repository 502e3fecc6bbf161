"""The form of a decision: proposals, how it stands to the guidance, saving while it is typed."""

import datetime
import json

import pytest
from django.utils import timezone

from cases.models import BoardMember, DecisionDraft, FormDraft
from cases.services import attendances, facts, form_drafts, opinions
from tests.factories.boards import draft, make_item, sign
from tests.factories.cases import STAGING, make_case
from tests.factories.completeness import make_complete_case
from tests.integration.web.boards.page import error_of, text, value
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]

HTMX = {"HX-Request": "true"}
PET = {"recommendations-0-kind": "imaging", "recommendations-0-code": "PET_DOTATATE"}
EUS = {"recommendations-0-kind": "imaging", "recommendations-0-code": "EUS"}
CALL = {"recommendations-0-kind": "other", "recommendations-0-text": "Call."}


def posted(*rows, **more):
    """What the form posts."""
    data = {"version": 0, "rationale": "Because."}
    for row in rows:
        data |= row
    return data | more


def checked(response, name):
    """Which of the exclusive answers is given."""
    page = response.content.decode()
    inputs = [tag for tag in page.split("<input ")[1:] if f'name="{name}"' in tag.split(">")[0]]
    return [
        tag.split('value="')[1].split('"')[0] for tag in inputs if " checked" in tag.split(">")[0]
    ]


def value_of(page, name):
    """What stands in a field: the value of an input, the words of a text."""
    before, after = page.split(f'name="{name}"', 1)
    if before.rpartition("<")[2].startswith("textarea"):
        return after.split(">", 1)[1].split("</textarea>")[0].strip()
    tag = after.split(">")[0]
    return tag.split('value="')[1].split('"')[0] if 'value="' in tag else ""


def selected(page, name):
    """Which option of a list is chosen; empty where none is."""
    options = page.split(f'name="{name}"')[1].split("</select>")[0]
    before, chosen, _ = options.partition(" selected")
    return before.rsplit('value="', 1)[1].split('"')[0] if chosen else ""


def on_paper(page):
    """What stands on paper instead of the form."""
    return page.content.decode().partition("print-only on-paper")[2].partition("</div>")[0]


@pytest.fixture
def save(browser, url, item):
    """Posts the form."""

    def saved(*rows, headers=None, **more):
        return browser.post(url("decision", item.pk), posted(*rows, **more), headers=headers)

    return saved


class TestTakingOver:
    def test_fills_the_rows_below_what_is_typed(self, save):
        response = save(CALL, headers=HTMX, **{"take-over": ""})

        page = response.content.decode()
        assert value_of(page, "recommendations-0-text") == "Call."
        assert '<option value="PET_DOTATATE" selected' in page
        # What the source lists as options is for the board to pick.
        assert '<option value="OPT-LDT" selected' not in page
        assert "Add: Liver-directed therapy" in page
        assert checked(response, "concordance") == ["concordant"]
        assert not DecisionDraft.objects.exists()

    def test_an_option_comes_only_when_it_is_picked(self, save):
        response = save(CALL, headers=HTMX, **{"pick-option": "OPT-LDT"})

        page = response.content.decode()
        assert selected(page, "recommendations-1-code") == "OPT-LDT"
        assert selected(page, "recommendations-1-alternative_to") == ""
        assert page.count("Added: ") == 1
        assert "Added: Liver-directed therapy" in page
        assert checked(response, "concordance") == ["concordant"]
        nothing = save(headers=HTMX, **{"pick-option": "OPT-NEW"}).content.decode()
        assert "Added: " not in nothing

    def test_twice_adds_nothing(self, save, browser, url, item):
        first = save(headers=HTMX, **{"take-over": ""})
        rows = first.content.decode().count('class="recommendation-row"')

        again = save(PET, headers=HTMX, **{"take-over": ""})

        assert again.content.decode().count('class="recommendation-row"') == rows

    def test_a_window_that_a_person_chose_sets_the_day(self, browser, url, coordinator, meeting):
        case = make_complete_case(by=coordinator)
        facts.answer(case=case, answers={"stage_class": "higher"}, by=coordinator)
        item = make_item(by=coordinator, meeting=meeting, case=case)
        page = browser.get(url("decision", item.pk))
        assert "Take over, due by" in text(page)
        assert "FU-01, earliest: " in text(page)
        assert "Without a day" in text(page)

        response = browser.post(
            url("decision", item.pk), posted(**{"take-over": "FU-01:last"}), headers=HTMX
        )

        assert value_of(response.content.decode(), "recommendations-0-due_on") != ""
        without = browser.post(url("decision", item.pk), posted(**{"take-over": ""}))
        assert value_of(without.content.decode(), "recommendations-0-due_on") == ""

    def test_the_boards_coordinator_owns_it(self, save, item, coordinator):
        BoardMember.objects.create(board=item.meeting.board, person=coordinator, duty="coordinator")

        page = save(headers=HTMX, **{"take-over": ""}).content.decode()

        assert selected(page, "recommendations-0-owner_id") == str(coordinator.pk)

    def test_is_not_offered_where_the_guidance_proposes_nothing(
        self, browser, url, coordinator, meeting
    ):
        item = make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))

        assert "Take over" not in text(browser.get(url("decision", item.pk)))


class TestBesideTheGuidance:
    def test_is_said_at_once(self, save):
        response = save(EUS, headers=HTMX, **{"refresh-rows": "1"})

        assert "Not what the guidance says" in text(response)
        assert "Endoscopic ultrasound: Usually not appropriate" in text(response)
        assert checked(response, "concordance") == ["deviates"]

    def test_follows_while_nobody_said_otherwise(self, save):
        given = {"concordance": "deviates", "standing": "deviates", "refresh-rows": "1"}

        assert checked(save(PET, headers=HTMX, **given), "concordance") == ["concordant"]

    def test_stays_where_a_person_said_it(self, save):
        given = {"concordance": "deviates", "standing": "concordant", "refresh-rows": "1"}

        assert checked(save(PET, headers=HTMX, **given), "concordance") == ["deviates"]

    def test_words_are_for_a_person(self, save):
        response = save(CALL, headers=HTMX, **{"refresh-rows": "1"})

        assert "say yourself" in text(response)
        assert checked(response, "concordance") == []

    def test_no_guidance(self, browser, url, coordinator, meeting):
        item = make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))

        page = browser.get(url("decision", item.pk))

        assert "The guidance says nothing of this case." in text(page)
        assert checked(page, "concordance") == ["no_guidance"]

    def test_nobody_claims_what_is_not_so(self, save):
        response = save(EUS, concordance="concordant", standing="deviates")

        assert response.status_code == 422
        assert "This is not what the guidance says." in error_of(response, "concordance")
        assert not DecisionDraft.objects.exists()


class TestPaper:
    """On paper the words that are saved stand in the place of the form."""

    def test_shows_what_is_saved_in_words(self, browser, url, item, coordinator):
        assert "Nothing is written yet." in on_paper(browser.get(url("decision", item.pk)))

        draft(item, by=coordinator, rationale="Because of this.")

        paper = on_paper(browser.get(url("decision", item.pk)))
        for words in ("Not signed.", "Because of this.", "DOTATATE PET/CT", "Nina Nuclear"):
            assert words in paper
        assert "<input" not in paper


class TestPresets:
    def test_stand_in_a_new_form_and_may_be_changed(self, browser, url, item, save):
        page = browser.get(url("decision", item.pk))
        assert "Discussed: stage not, guidance not, prospectively" in text(page)
        assert checked(page, "is_prospective") == ["yes"]
        assert "The record says that no treatment was given." in text(page)

        save(PET, is_prospective="no")

        kept = DecisionDraft.objects.get()
        assert (kept.is_prospective, kept.guideline_discussed) == (False, False)
        assert checked(browser.get(url("decision", item.pk)), "is_prospective") == ["no"]

    def test_what_is_not_said_is_not_said(self, save, browser, url, item):
        save(PET)

        assert DecisionDraft.objects.get().is_prospective is None
        assert "before or after treatment not said" in text(browser.get(url("decision", item.pk)))


class TestWhole:
    def test_everything_is_kept_and_shown_again(self, browser, url, save, item, coordinator, chair):
        attendances.note_present(meeting=item.meeting, name="Ann", by=coordinator)
        opinions.give(item=item, text="Wait.", by=chair)
        due_on = day(timezone.localdate() + datetime.timedelta(days=90))

        save(
            PET,
            **{
                "recommendations-1-kind": "other",
                "recommendations-1-text": "Call.",
                "recommendations-1-intent": "surveillance",
                "recommendations-1-alternative_to": "1",
                "recommendations-1-due_on": due_on,
                "recommendations-1-owner_id": str(coordinator.pk),
                "no_recommendation": "on",
                "no_recommendation_reason": "other",
                "no_recommendation_text": "Tired.",
                "concordance": "deviates",
                "deviation_reason": "other",
                "deviation_text": "Elsewhere.",
                "confidence": "low",
                "stage_discussed": "on",
                "dissents-1-name": chair.name,
                "dissents-1-text": "Treat.",
            },
        )

        response = browser.get(url("decision", item.pk))
        page = response.content.decode()
        assert selected(page, "recommendations-1-alternative_to") == "1"
        assert value_of(page, "recommendations-1-due_on") == due_on
        assert selected(page, "recommendations-1-owner_id") == str(coordinator.pk)
        assert f"Surveillance, due {due_on}, Cora Coordinator, alternative to 1" in text(response)
        assert selected(page, "no_recommendation_reason") == "other"
        assert "Tired." in page
        assert checked(response, "concordance") == ["deviates"]
        assert selected(page, "deviation_reason") == "other"
        assert checked(response, "confidence") == ["low"]
        assert selected(page, "dissents-0-name") == chair.name
        assert "Dissent (1)" in text(response)
        assert '<option value="Ann"' in page
        assert "Discussed: stage, guidance not" in text(response)
        assert DecisionDraft.objects.get().outcome == "none"

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"recommendations-0-due_on": "3/4/2030"}, "recommendations-0-due_on"),
            ({"recommendations-0-owner_id": "me"}, "recommendations-0-owner_id"),
            ({"recommendations-0-intent": "fun"}, "recommendations-0-intent"),
            ({"recommendations-0-due_on": "31 Dec 9999"}, "recommendations-0-due_on"),
            *(
                (
                    {
                        "recommendations-1-kind": "other",
                        "recommendations-1-text": "Call.",
                        "recommendations-1-alternative_to": forged,
                    },
                    "recommendations-1-alternative_to",
                )
                for forged in ("2", "1.0", "9", "９", str(10**20), "x")  # noqa: RUF001 - forged
            ),
            ({"recommendations-0-alternative_to": "1.0"}, "recommendations-0-alternative_to"),
            ({"dissents-0-text": "Treat."}, "dissents-0-name"),
            ({"dissents-0-name": "Ann"}, "dissents-0-text"),
            ({"confidence": "total"}, "confidence"),
        ],
    )
    def test_an_error_stands_at_its_field(self, save, given, field):
        response = save(PET, **given)

        assert response.status_code == 422
        assert error_of(response, field)
        assert "Because." in text(response)

    def test_an_alternative_goes_with_the_row_it_is_one_to(self, save):
        rows = {f"recommendations-{n}-text": f"Row {n}" for n in range(4)}
        rows |= {f"recommendations-{n}-kind": "other" for n in range(4)}
        rows |= {"recommendations-2-alternative_to": "2", "recommendations-3-alternative_to": "1"}

        page = save(headers=HTMX, **rows, **{"remove-row": "0"}).content.decode()

        assert selected(page, "recommendations-1-alternative_to") == "1"
        assert selected(page, "recommendations-2-alternative_to") == ""

    def test_amending_shows_the_form_and_the_record_beside(self, browser, url, item, chair):
        sign(item, by=chair)
        DecisionDraft.objects.update(amends=1, amendment_reason="A report came.")

        page = text(browser.get(url("decision", item.pk)))
        assert "This amends version 1" in page
        assert "A report came." in page

        assert "This amends" not in text(browser.get(url("decision", item.pk) + "?record=1"))

    def test_who_may_not_write_sees_the_record_meanwhile(
        self, radiologists_browser, url, item, chair
    ):
        sign(item, by=chair)
        DecisionDraft.objects.update(amends=1)

        assert "Not decided yet" not in text(radiologists_browser.get(url("decision", item.pk)))


class TestFragment:
    def test_is_the_form_alone(self, browser, url, item):
        page = browser.get(url("decision_form", item.pk)).content.decode()

        assert page.strip().startswith("<form")
        assert 'id="decision-form"' in page
        assert f'action="{url("decision", item.pk)}"' in page

    def test_only_for_who_may_write(self, radiologists_browser, url, item):
        assert radiologists_browser.get(url("decision_form", item.pk)).status_code == 403


class TestAutosave:
    @pytest.fixture
    def typed(self, browser, url, item, coordinator):
        """Sends what is typed, as `static/js/drafts.js` does."""

        def sent(*rows, as_person=coordinator, raw=None, **more):
            token = form_drafts.token_of(person=as_person, form="decision", about=item.pk)
            fields = {name: [str(value)] for name, value in posted(*rows, **more).items()}
            body = {"draft": token, "fields": json.dumps(fields) if raw is None else raw}
            return browser.post(url("decision_autosave", item.pk), body)

        return sent

    def test_saves_for_all_and_says_when(self, typed):
        answer = typed(PET, rationale="Half a thou").json()

        kept = DecisionDraft.objects.get()
        assert (kept.rationale, kept.concordance) == ("Half a thou", "concordant")
        assert answer["version"] == kept.version == 1
        assert answer["said"].startswith("Saved ")
        assert not FormDraft.objects.exists()

        assert typed(PET, version=1).json()["version"] == 2

    def test_what_is_only_begun_waits(self, typed):
        typed({"recommendations-0-kind": "imaging"}, rationale="Text.")
        assert not DecisionDraft.objects.get().recommendations.exists()

        typed({"recommendations-0-text": "Call."}, version=1)

        assert DecisionDraft.objects.get().recommendations.get().kind == "other"
        assert not FormDraft.objects.exists()

    def test_words_that_wait_are_kept_for_who_typed_them(self, typed):
        typed(PET, **{"dissents-0-text": "Treat."})

        assert not DecisionDraft.objects.get().dissents.exists()
        assert FormDraft.objects.get().fields["dissents-0-text"] == ["Treat."]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"recommendations-0-text": "x" * 501}, "Recommendation 1, in words: Ensure"),
            ({"recommendations-0-due_on": "3/4/2030"}, "could be"),
            ({"rationale": "x" * 10_001}, "Rationale: Ensure"),
            ({**EUS, "concordance": "concordant", "standing": "x"}, "not what the guidance says"),
        ],
    )
    def test_what_cannot_be_saved_is_said_and_kept(self, typed, browser, url, item, given, said):
        answer = typed(PET, **given)

        assert answer.status_code == 422
        assert said in answer.json()["said"]
        assert not DecisionDraft.objects.exists()
        page = browser.get(url("decision", item.pk))
        assert "was not saved" in text(page)

        restored = browser.post(url("decision", item.pk), {"restore": "1"}, headers=HTMX)

        assert next(iter(given.values()))[:20] in restored.content.decode()
        browser.post(url("decision", item.pk), {"discard": "1"}, headers=HTMX)
        assert "was not saved" not in text(browser.get(url("decision", item.pk)))

    def test_restoring_what_is_gone_shows_what_is_saved(self, browser, url, item, chair):
        draft(item, rationale="Saved.", by=chair)

        assert "Saved." in text(browser.post(url("decision", item.pk), {"restore": "1"}))

    def test_another_version_is_shown_and_nothing_is_lost(self, typed, item, chair):
        draft(item, rationale="The other's.", by=chair)

        answer = typed(PET, rationale="Mine.")

        assert answer.status_code == 409
        told = answer.json()
        assert "The other&#x27;s." in told["html"]
        assert "Chris Chair" in told["html"]
        assert "Somebody else changed this" in told["said"]
        assert DecisionDraft.objects.get().rationale == "The other's."
        assert FormDraft.objects.get().fields["rationale"] == ["Mine."]

        assert typed(PET, rationale="Mine.", version=told["current"]).status_code == 200

    def test_a_version_of_no_draft_is_a_conflict_without_another_text(self, typed):
        answer = typed(PET, rationale="Mine.", version=12)

        assert answer.status_code == 409
        assert answer.json()["html"] == ""
        assert FormDraft.objects.get().fields["rationale"] == ["Mine."]

    def test_once_it_is_signed(self, typed, item, chair):
        sign(item, by=chair)

        answer = typed(PET, version=1)

        assert answer.status_code == 409
        assert "is signed" in answer.json()["said"]
        assert FormDraft.objects.exists()

    def test_somebody_else_at_the_same_screen(self, typed, chair):
        answer = typed(PET, as_person=chair)

        assert answer.status_code == 409
        assert answer.json()["reason"] == "Somebody else is signed in now."
        assert not FormDraft.objects.exists()

    @pytest.mark.parametrize("raw", ["", "[1]", '{"a": 1}'])
    def test_no_form(self, typed, raw):
        assert typed(raw=raw).status_code == 422

    def test_gives_a_fresh_token(self, browser, url, item):
        assert browser.get(url("decision_autosave", item.pk)).json()["csrf"]

    def test_saving_forgets_what_was_kept(self, typed, save):
        typed(PET, **{"recommendations-0-due_on": "3/4/2030"})

        save(PET)

        assert not FormDraft.objects.exists()

    def test_only_for_who_may_write(self, radiologists_browser, url, item):
        assert radiologists_browser.post(url("decision_autosave", item.pk)).status_code == 403


class TestOpinion:
    def test_is_given_changed_and_withdrawn(self, browser, url, item, coordinator):
        BoardMember.objects.create(
            board=item.meeting.board, person=coordinator, specialty="radiology"
        )
        page = url("opinion", item.pk)
        assert selected(browser.get(page).content.decode(), "specialty") == "radiology"

        given = browser.post(page, {"text": "Wait.", "specialty": "surgery"}, follow=True)
        assert "Your opinion is there for the board." in text(given)
        assert "Change opinion" in text(given)
        assert selected(given.content.decode(), "specialty") == "surgery"

        gone = browser.post(page, {"withdraw": "1"}, follow=True)
        assert "Your opinion is withdrawn." in text(gone)
        assert "Give opinion" in text(gone)

    def test_stands_beside_those_of_others(self, browser, chairs_browser, url, item, chair):
        chairs_browser.post(url("opinion", item.pk), {"text": "Treat.", "specialty": ""})

        page = text(browser.get(url("opinion", item.pk)))

        for told in (page, text(browser.get(url("decision", item.pk)))):
            _, _, opinions = told.partition("Opinions given before")
            assert "Chris Chair : Treat." in opinions
            assert "not present" in opinions

    def test_says_something(self, browser, url, item):
        response = browser.post(url("opinion", item.pk), {"text": ""})

        assert response.status_code == 422
        assert "Say what you think" in error_of(response, "text")

    @pytest.mark.parametrize("given", [{"text": "Wait."}, {"withdraw": "1"}])
    def test_not_once_it_is_decided(self, browser, url, item, chair, given):
        sign(item, by=chair)

        response = browser.post(url("opinion", item.pk), given, follow=True)

        assert "is signed" in text(response)

    def test_is_asked_for_until_it_is_decided(self, browser, url, item, chair):
        assert "Give your opinion" in text(browser.get(url("item_screen", item.pk)))
        sign(item, by=chair)

        assert "Give your opinion" not in text(browser.get(url("item_screen", item.pk)))

    def test_not_for_everybody(self, client, url, item, administrator):
        client.force_login(administrator)

        assert client.get(url("opinion", item.pk)).status_code == 403


def test_a_new_study_is_proposed_with_its_order(browser, url, coordinator, meeting):
    case = make_case(by=coordinator, **STAGING)
    item = make_item(by=coordinator, meeting=meeting, case=case)

    response = browser.post(url("decision", item.pk), posted(**{"take-over": ""}), headers=HTMX)

    assert "Order as multiphase liver protocol" in text(response)
    assert value(response, "standing") == "concordant"
