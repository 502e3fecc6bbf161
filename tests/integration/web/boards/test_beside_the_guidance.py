"""Local words and acknowledgments on agenda, decision and record, on page and on paper."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Decision
from cases.selectors.cases import one
from cases.services import acknowledgments, facts, studies
from cases.services.decision_sheets import sheet_of
from guidance.editions import local_notes, local_studies
from tests.factories.boards import ACCEPTED, draft, make_item, sign
from tests.factories.cases import FEASIBLE, STAGING, make_case, make_study
from tests.factories.people import PASSWORD
from tests.integration.web.boards.page import pdf_text, text, value
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]

TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=100)
CODE = "W-NONCONTRAST"
SAID = "Without IV contrast, hypervascular deposits may not show"
NOTE = "Ask the desk the same day."
LEAD = "Local policy of North Hospital"


@pytest.fixture(scope="module")
def kept_item(house):
    """A case whose order without contrast is critical, and whose chest is a caution."""
    by = house.coordinator
    with institution_scope(house.institution):
        case = make_case(by=by, **STAGING)
        studies.add(case=case, modality="CT", procedure="CT_AP_WO", ordered_on=TODAY, by=by)
        return make_item(by=by, case=one(case.pk), question="MRI first?")


@pytest.fixture
def acknowledge(item, coordinator):
    """Acknowledges a check of the case as it is now."""

    def call(code=CODE, text="Contrast was refused."):
        case = one(item.case_id)
        return acknowledgments.acknowledge(
            case=case,
            code=code,
            assessment_id=case.assessment_id,
            reason="patient_wish",
            text=text,
            by=coordinator,
        )

    return call


@pytest.fixture
def local(administrator):
    """A note beside the check, and a study that cannot be had."""
    note = local_notes.add(
        subject=f"check::{CODE}",
        text=NOTE,
        low_months=None,
        high_months=None,
        reason="Board of May",
        review_on=LATER,
        by=administrator,
    )
    local_studies.mark_unavailable(
        procedure="MRI_AP_WWO", reason="No magnet", review_on=LATER, by=administrator
    )
    return note


@pytest.fixture
def everywhere(browser, url, item):
    """The words of the agenda and of the decision, on page and on paper."""

    def read():
        return {
            "agenda": text(browser.get(url("meeting", item.meeting_id))),
            "agenda on paper": pdf_text(browser.get(url("agenda_pdf", item.meeting_id))),
            "decision": text(browser.get(url("decision", item.pk))),
            "decision on paper": pdf_text(browser.get(url("decision_pdf", item.pk))),
        }

    return read


def times(place):
    """How often a page says it: the decision in its screen, and in the whole record below."""
    return 2 if place == "decision" else 1


def test_what_nobody_acknowledged_is_said_everywhere(everywhere):
    for place, words in everywhere().items():
        assert SAID in words, place
        assert words.count("Not acknowledged") == 2 * times(place), place


def test_who_acknowledged_and_why_is_said_everywhere(everywhere, acknowledge):
    acknowledge()
    for place, words in everywhere().items():
        assert SAID in words, place
        assert "The patient's wish: Contrast was refused." in words, place
        assert "Cora Coordinator" in words, place
        assert words.count("Not acknowledged") == times(place), place


def test_what_has_lapsed_is_said_everywhere(everywhere, acknowledge, item, coordinator):
    acknowledge()
    facts.answer(case=one(item.case_id), answers={"gbca_permitted": False}, by=coordinator)
    for place, words in everywhere().items():
        assert words.count("Not acknowledged") == 2 * times(place), place
        assert "apsed, as this has changed since (Gadolinium permitted)" in words, place


def test_the_institutions_words_stand_apart_everywhere(everywhere, local, item):
    before = item.case.assessment.answer
    top = before["studies"][0]
    for place, words in everywhere().items():
        assert NOTE in words, place
        assert LEAD in words, place
        assert "Not available here." in words, place
        assert f"review by {LATER.day} {LATER:%b %Y}." in words, place
        if place != "agenda":
            assert top["name"] in words, place
            assert top["rating_label"] in words, place
        if "paper" in place or place == "decision":
            assert "Reason: No magnet." in words, place


def test_a_word_whose_review_is_overdue_says_so(everywhere, local, monkeypatch):
    local_day, after = timezone.localdate, LATER + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda at=None: local_day(at) if at else after)
    for place, words in everywhere().items():
        overdue = "review is overdue" if "paper" in place else "Overdue"
        assert words.count(overdue) == 2, place


def test_the_way_to_acknowledge_is_for_those_who_may(browser, radiologists_browser, url, item):
    page = browser.get(url("decision", item.pk)).content.decode()
    address = url("check_acknowledge", item.case_id, CODE)
    assert f'href="{address}?item={item.pk.hex}&' in page
    assert address in radiologists_browser.get(url("decision", item.pk)).content.decode()


class TestSigning:
    @pytest.fixture
    def sheet(self, url, item, coordinator, chairs_browser):
        draft(item, by=coordinator)
        return lambda: chairs_browser.get(url("decision_sign", item.pk))

    def test_names_the_check_that_is_open_and_leads_to_it(self, sheet, url, item):
        page = sheet()
        assert f"Acknowledge {CODE} first : {SAID}" in text(page)
        assert "Your password" not in text(page)
        way = f"{url('check_acknowledge', item.case_id, CODE)}?item={item.pk.hex}"
        assert f'<li><a href="{way}&amp;to=decision_sign">' in page.content.decode()
        assert "Acknowledge W-CHEST first" not in text(page)

    def test_is_open_once_it_is_acknowledged(self, sheet, acknowledge, chairs_browser, url, item):
        acknowledge()
        page = sheet()
        given = {name: value(page, name) for name in ("assessment_id", "draft_version", "seen")}
        reasons = {f"{group}_reason": reason for group, reason in ACCEPTED.items()}
        response = chairs_browser.post(
            url("decision_sign", item.pk), {**given, **reasons, "password": PASSWORD}, follow=True
        )
        assert "The decision is signed." in text(response)
        assert "The patient's wish: Contrast was refused." in text(response)
        assert Decision.objects.get().quoted["states"][0]["standing"]["by"] == "Cora Coordinator"

    def test_is_refused_at_the_last_moment(
        self, sheet, acknowledge, chairs_browser, url, item, coordinator, chair
    ):
        row = acknowledge()
        page = sheet()
        acknowledgments.withdraw(acknowledgment=row, by=coordinator)
        item.refresh_from_db()
        given = {name: value(page, name) for name in ("assessment_id", "draft_version")}
        given["seen"] = sheet_of(type(item).objects.get(pk=item.pk), signer=chair).seen

        response = chairs_browser.post(
            url("decision_sign", item.pk), {**given, "password": PASSWORD}
        )

        assert response.status_code == 422
        assert f"Checks: Acknowledge {CODE} first: {SAID}" in text(response)
        assert not Decision.objects.exists()


class TestRecord:
    @pytest.fixture
    def signed(self, item, acknowledge, local, chair):
        acknowledge()
        return sign(item, by=chair)

    def test_keeps_what_was_said_then(
        self, signed, everywhere, item, acknowledge, local, administrator, coordinator
    ):
        before = everywhere()
        row = item.case.acknowledgments.get()
        acknowledgments.withdraw(acknowledgment=row, text="Over.", by=coordinator)
        acknowledge(text="Said anew.")
        local_notes.withdraw(note=local, reason="Over", by=administrator)
        facts.answer(case=one(item.case_id), answers={"gbca_permitted": False}, by=coordinator)

        after = everywhere()
        for place, words in after.items():
            assert "The patient's wish: Contrast was refused." in words, place
            assert NOTE in words, place
            assert "Said anew." not in words, place
        assert after["decision on paper"] == before["decision on paper"]

    def test_offers_no_way_to_change_it(self, signed, browser, url, item):
        page = browser.get(url("decision", item.pk)).content.decode()
        assert "withdraw" not in page.lower()
        assert url("check_acknowledge", item.case_id, "W-CHEST") not in page

    def test_one_that_was_signed_before_anything_was_quoted_shows_its_checks(
        self, signed, browser, url, item, monkeypatch
    ):
        monkeypatch.setattr(
            "cases.web.decisions.agendas.decision_of", lambda _: _without_quote(signed)
        )
        page = text(browser.get(url("decision", item.pk)))
        assert SAID in page
        assert "cknowledged" not in page
        assert NOTE not in page
        assert SAID in pdf_text(browser.get(url("decision_pdf", item.pk)))


def _without_quote(signed):
    signed.quoted = None
    return signed


class TestAcceptance:
    """X-09 on the pages: the interval waits, then it names who accepted."""

    @pytest.fixture
    def item(self, coordinator):
        case = make_case(
            by=coordinator,
            **FEASIBLE,
            clinical_question="treatment_followup",
            definitive_treatment_done=True,
            resection_status="none",
            metastases_known=True,
            dominant_site="liver",
            treated_for_current_disease=True,
        )
        make_study(
            case=case, by=coordinator, procedure="MRI_AP_WWO", multiphasic=False, outcome="stable"
        )
        return make_item(by=coordinator, case=one(case.pk))

    @pytest.fixture
    def places(self, everywhere, browser, url, item):
        def read():
            found = everywhere()
            del found["agenda"]
            return {**found, "case": text(browser.get(url("case", item.case_id)))}

        return read

    def test_waits(self, places):
        for place, words in places().items():
            # Paper may break a long word anywhere.
            joined = words.replace(" ", "")
            assert "aitsforacceptanceofW-GENERIC-PROTOCOL" in joined, place
            assert "very 3 to 12 months" in words, place

    def test_counts(self, places, acknowledge):
        acknowledge("W-GENERIC-PROTOCOL", text="Read with the radiologist.")
        for place, words in places().items():
            assert "aits for acceptance" not in words, place
            assert "ccepted by Cora Coordinator" in words, place
            assert "very 3 to 12 months" in words, place
