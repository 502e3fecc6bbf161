"""The letters that come from a signed decision: to read, and on paper."""

import datetime
import re

import pytest
from django.utils import timezone

from cases.documents.build_patient_page import patient_document
from cases.models import Meeting, Participant
from cases.models.agenda_item import Track
from cases.models.conclusion import Recommended
from cases.selectors.decision_versions import versions_of
from cases.services import amendments
from cases.services.decision_drafts import Concluded, save_draft
from tests.factories.boards import ACCEPTED, draft, sign
from tests.integration.web.boards.page import pdf_text, text
from tests.unit.documents.printed import open_pdf
from tumorboard.audit.models import AuditEntry
from tumorboard.formats import day, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]


@pytest.fixture
def signed(item, chair):
    """A decision with a referring clinician."""
    case = item.case
    case.referred_by = "Dr. Rita Referrer"
    case.save()
    recommendations = (
        Recommended("imaging", "PET_DOTATATE", "Prognosis is 40 %."),
        Recommended("treatment", "OPT-PRRT", "after the receptor study"),
        Recommended("referral", text="Nuclear medicine"),
        Recommended("other", text="Survival is poor"),
    )
    draft(item, by=chair, rationale="Receptor-positive disease.", recommendations=recommendations)
    return sign(item, by=chair)


@pytest.fixture
def shown(browser, url, item):
    """The page, the letter and the page for the patient, in words."""

    def read(query=""):
        return (
            text(browser.get(url("letters", item.pk) + query)),
            pdf_text(browser.get(url("letter_pdf", item.pk) + query)),
            pdf_text(browser.get(url("patient_pdf", item.pk) + query)),
        )

    return read


def test_the_referring_clinician_is_told_everything(signed, shown):
    page, letter, _ = shown()
    for words in (
        "Dr. Rita Referrer",
        "Resect or treat?",
        "G2 (WHO 2022)",
        "Stage",
        "Positive",
        "DOTATATE PET/CT",
        "Evaluate for PRRT.",
        "after the receptor study",
        "Receptor-positive disease.",
        "Nina Nuclear",
        signed.signer_name,
        signed.meaning,
        "Version 1",
    ):
        assert words in page, words
        assert words in letter, words
    assert signed.content_hash in letter.replace(" ", "")


def test_the_patient_is_told_in_plain_words_and_nothing_else(signed, shown):
    page, _, patient = shown()
    for words in (
        "PET scan that looks for your type of tumor",
        "A check whether a drug with radiation suits you",
        "A visit to another team",
        ": Nuclear medicine",
        "Something else",
        "Your doctor will explain this step to you.",
        "Your doctor will talk with you about this page.",
        "Ask Dr. Rita Referrer, or any doctor who takes care of you.",
    ):
        assert words in page, words
        assert words in patient, words
    for words in ("40 %", "Prognosis", "Survival", "Receptor-positive", "DOTATATE", "G2"):
        assert words not in patient, words


def test_dissent_is_for_the_clinician_alone(signed, shown):
    Participant.objects.create(
        decision=signed, name="Dora Dissenter", specialty_code="surgery", dissent="Operate first."
    )
    _, letter, patient = shown()
    assert "Operate first." in letter
    assert "Operate first." not in patient
    assert "surgeons" in patient


def test_days_are_named(item, chair, shown):
    asked = Recommended("imaging", "CT_AP_W", due_on=datetime.date(2027, 1, 12))
    draft(item, by=chair, recommendations=(asked,))
    sign(item, by=chair)
    _, letter, patient = shown()
    assert "due 12 Jan 2027" in letter
    assert "The team plans to have this done by about 12 Jan 2027." in patient
    assert "planned" not in patient
    assert "Ask the doctor who takes care of you." in patient


def test_what_the_signer_accepted_is_told_once_with_its_reason(signed, item, chair, shown):
    amendments.open(item=item, reason="The stage was wrong.", by=chair)
    sign(item, by=chair)
    for query in ("", "?version=1"):
        page, letter, patient = shown(query)
        for told in (page, letter):
            assert "Decided with nobody from " in told
            assert "nuclear medicine" in told
            assert f"noted as present. The reason given: {ACCEPTED['quorum']}" in told
            assert "Decided without a complete minimum data set (" in told
            assert "Decided before the meeting began." in told
            for reason in ACCEPTED.values():
                assert told.count(f"The reason given: {reason}") == 1
            assert "What changed" not in told
        assert "The reason given" not in patient


def test_where_nothing_was_lacking_nothing_is_said(item, chair, shown, monkeypatch):
    monkeypatch.setattr("cases.services.decisions._accepted", lambda *_: [])
    sign(item, by=chair)
    page, letter, _ = shown()
    assert "The reason given" not in page + letter


def test_a_meeting_that_was_not_yet_held_did_not_meet(signed, item, shown):
    _, _, patient = shown()
    assert " met " not in patient
    assert "This is what the team suggests." in patient
    Meeting.objects.update(began_at=signed.signed_at - datetime.timedelta(minutes=20))
    _, _, patient = shown()
    assert "A team of doctors met on " in patient


def test_the_day_on_which_the_meeting_began_is_told(signed, shown):
    began_at = signed.signed_at - datetime.timedelta(minutes=20)
    planned = Meeting.objects.get().starts_at
    Meeting.objects.update(began_at=began_at)
    _, letter, patient = shown()
    assert moment(began_at) in letter
    assert moment(planned) not in letter
    assert f"A team of doctors met on {day(timezone.localdate(began_at))}." in patient
    assert day(timezone.localdate(planned)) not in patient


def test_a_case_settled_by_protocol_was_not_looked_at_by_a_team(signed, item):
    (version,) = versions_of(item)
    version.decision.track = Track.PROTOCOL
    (told,) = patient_document(item, version).talked
    assert "What is suggested here follows that plan." in told


def test_where_a_view_was_missing_nobody_is_said_to_be_asked(item, chair, shown):
    concluded = Concluded(outcome="none", no_recommendation_reason="specialty")
    draft(item, by=chair, recommendations=())
    save_draft(item=item, rationale="", recommendations=(), conclusion=concluded, by=chair)
    sign(item, by=chair)
    _, _, patient = shown()
    assert "So the question is still open." in patient
    assert "will ask" not in patient


CHOICES = (
    Recommended("treatment", "OPT-SYSTEMIC", intent="disease_control"),
    Recommended("treatment", "OPT-LDT", intent="disease_control", alternative_to=1),
    Recommended("treatment", "OPT-PRRT", intent="cure", alternative_to=1),
    Recommended("imaging", "CT_AP_W", due_on=datetime.date(2027, 1, 12)),
    Recommended("referral", text="Nuclear medicine"),
    Recommended("other", text="Confirm whether this is recurrence, then restage."),
)


def test_alternatives_are_one_entry_in_the_order_of_the_record(item, chair, shown):
    draft(item, by=chair, recommendations=CHOICES)
    sign(item, by=chair)
    for told in shown()[::2]:
        assert told.count("One of these, as you and your doctor choose:") == 1
        assert told.count("Your doctor will tell you how it works") == 1
        parts = (
            "A drug treatment",
            "It may be a shot, pills or a drip into a vein. To keep the tumor in check.",
            "A treatment inside the liver",
            "A check whether a drug with radiation suits you",
            "To take the tumor away.",
            "CT scan of the belly",
            "A visit to another team",
            "More tests to be sure",
        )
        places = [told.index(words) for words in parts]
        assert places == sorted(places)
    assert "restage" not in told
    # The board's name ends with a number too.
    assert re.findall(r"(?<!board )\b(\d)\. [A-Z]", told) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("query", ["", "?paper=letter"])
def test_an_ordinary_decision_is_one_page_for_the_patient(item, chair, browser, url, query):
    asked = (CHOICES[0], CHOICES[1], *CHOICES[3:5])
    draft(item, by=chair, recommendations=asked)
    sign(item, by=chair)
    pdf = open_pdf(browser.get(url("patient_pdf", item.pk) + query).content)
    assert len(pdf.pages) == 1


def test_before_the_signature_there_are_none(browser, url, item):
    page = browser.get(url("letters", item.pk))
    assert page.status_code == 200
    assert "There are no letters yet" in text(page)
    for name in ("letter_pdf", "patient_pdf"):
        assert browser.get(url(name, item.pk)).status_code == 404


def test_an_amendment_replaces_the_letters(signed, item, chair, shown):
    amendments.open(item=item, reason="The stage was wrong.", by=chair)
    sign(item, by=chair)
    page, letter, patient = shown()
    assert "replaces the one on version 1. Why: The stage was wrong." in letter
    assert "takes the place of an earlier one" in patient
    assert "Version 2" in page
    page, letter, patient = shown("?version=1")
    assert "Replaced by version 2" in page
    assert "Replaced by version 2" in letter
    assert "This page is out of date." in patient


def test_a_version_that_does_not_exist_is_not_found(signed, browser, url, item):
    for name in ("letters", "letter_pdf", "patient_pdf"):
        assert browser.get(url(name, item.pk) + "?version=7").status_code == 404


def test_reading_and_printing_are_audited_and_the_file_names_nobody(signed, browser, url, item):
    browser.get(url("letters", item.pk))
    for name in ("letter_pdf", "patient_pdf"):
        answer = browser.get(url(name, item.pk))
        assert str(item.pk) in answer["Content-Disposition"]
        assert "Rivera" not in answer["Content-Disposition"]
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"letter.read", "letter.printed", "patient_letter.printed"} <= actions


@pytest.mark.parametrize(("query", "size"), [("", (595, 842)), ("?paper=letter", (612, 792))])
def test_the_paper_is_the_one_asked_for(signed, browser, url, item, query, size):
    for name in ("letter_pdf", "patient_pdf"):
        pdf = open_pdf(browser.get(url(name, item.pk) + query).content)
        for page in pdf.pages:
            assert (round(page.mediabox.width), round(page.mediabox.height)) == size
        packet = pdf.root_object["/Metadata"].get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in packet
        assert "<pdfuaid:part>1</pdfuaid:part>" in packet
        assert "Rivera" not in packet
