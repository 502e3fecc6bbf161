"""Signing a decision, and the record that stays."""

import datetime
import re
import uuid
from unittest import mock

import pytest
from django.core.cache import cache
from django.utils import timezone

from cases.models import Board, Decision, Meeting
from cases.models.conclusion import Recommended
from cases.selectors.cases import one
from cases.services import agendas, attendances, content_hash, meetings
from cases.services.decisions import MEANING
from cases.services.facts import answer
from cases.web import signing
from guidance.editions.policies import choose
from tests.factories.boards import ACCEPTED, bring_near, draft, make_item, sign
from tests.factories.completeness import make_complete_case
from tests.factories.people import PASSWORD, add_member
from tests.integration.web.boards.page import error_of, pdf_text, text, value
from tumorboard.formats import day, zoned_moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]

SEEN = ("assessment_id", "draft_version", "seen")


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


def posted(page, password=PASSWORD):
    """What the form posts from `page`."""
    reasons = {f"{group}_reason": reason for group, reason in ACCEPTED.items()}
    return {"password": password, **reasons, **{name: value(page, name) for name in SEEN}}


def begins_with(page):
    """The fields that have the cursor when `page` opens."""
    tags = re.findall(r"<(?:input|textarea)[^>]*\bautofocus\b[^>]*>", page.content.decode())
    return [re.search(r'name="(\w+)"', tag)[1] for tag in tags]


@pytest.fixture
def sheet(url, item, coordinator, chairs_browser):
    """The page on which the chair signs."""
    draft(item, by=coordinator)
    return chairs_browser.get(url("decision_sign", item.pk))


def test_shows_exactly_what_is_signed(sheet, item):
    page = text(sheet)

    for words in (
        "Resect or treat?",
        "DOTATATE PET/CT Imaging",
        "Evaluate for PRRT. after the receptor study Treatment",
        "Nuclear medicine Referral",
        "In three months Re-discussion",
        "Receptor-positive disease.",
        "Nina Nuclear NM",
        "Chris Chair, Board chair",
        MEANING,
        item.case.assessment.answer["branch_detail"]["trigger"],
    ):
        assert words in page


def test_begins_with_what_is_left_to_type(sheet, chairs_browser, url, meeting, coordinator):
    case = make_complete_case(by=coordinator)
    whole = make_item(by=coordinator, meeting=meeting, case=case, question="Go on as planned?")
    draft(whole, by=coordinator, recommendations=[Recommended("other", text="Go on as planned.")])

    assert begins_with(sheet) == ["quorum_reason"]
    bring_near(meeting)
    assert begins_with(chairs_browser.get(url("decision_sign", whole.pk))) == ["password"]


def test_signs(sheet, chairs_browser, url, item, chair):
    response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet), follow=True)

    page = text(response)
    decision = Decision.objects.get()
    assert "The decision is signed." in page
    assert (decision.signed_by, decision.signer_role) == (chair, "Board chair")
    for words in (
        "Chris Chair , Board chair",
        MEANING,
        decision.content_hash,
        "The record agrees with it.",
        "What the guidance said",
        "Nina Nuclear NM",
    ):
        assert words in page
    assert "Save draft" not in page


@pytest.mark.parametrize(
    ("password", "reason"), [("wrong", "not your password"), ("", "Enter your password")]
)
def test_not_without_the_password(sheet, chairs_browser, url, item, password, reason):
    response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet, password))

    assert response.status_code == 422
    assert reason in error_of(response, "password")
    assert "Receptor-positive disease." in text(response)
    assert not Decision.objects.exists()


def test_guessing_ends(sheet, chairs_browser, url, item):
    for _ in range(10):
        chairs_browser.post(url("decision_sign", item.pk), posted(sheet, "wrong"))

    response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet))

    assert "Too many tries" in error_of(response, "password")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("change", ["assessment", "question", "present", "draft", "days"])
def test_not_when_something_has_changed(sheet, chairs_browser, url, item, coordinator, change):
    if change == "assessment":
        answer(case=item.case, answers={"bone_pain": True}, by=coordinator)
    elif change == "question":
        agendas.ask(item=item, question="Only watch?", by=coordinator)
    elif change == "present":
        attendances.note_present(meeting=item.meeting, name="Otto", by=coordinator)
    elif change == "days":
        Board.objects.filter(pk=item.meeting.board_id).update(task_days=3)
    else:
        draft(item, rationale="Another rationale.", by=coordinator)

    response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet))

    assert response.status_code == 422
    assert not Decision.objects.exists()
    now = {
        "question": "Only watch?",
        "present": "Otto",
        "draft": "Another rationale.",
        "days": day(timezone.localdate() + datetime.timedelta(days=3)),
    }
    assert now.get(change, "guidance for this case has changed") in text(response)

    again = chairs_browser.post(url("decision_sign", item.pk), posted(response))

    assert again.status_code == 302
    assert Decision.objects.get()


class TestTakenOffMeanwhile:
    """Nothing is signed, and the signer is told so where they can go on."""

    SAID = "This case was taken off the list meanwhile. Nothing was signed."

    def test_before_the_form_was_sent(self, sheet, chairs_browser, url, item, coordinator):
        agendas.take_off(item=item, by=coordinator)

        response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet), follow=True)

        assert response.redirect_chain[0][0] == url("meeting", item.meeting_id)
        assert self.SAID in text(response)

    def test_with_its_meeting(self, sheet, chairs_browser, url, item, coordinator):
        meetings.cancel(meeting=item.meeting, by=coordinator)

        response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet), follow=True)

        assert response.redirect_chain[0][0] == url("meeting", item.meeting_id)
        assert self.SAID in text(response)

    @pytest.mark.parametrize("meeting_is_gone", [False, True])
    def test_while_it_was_sent(
        self, sheet, chairs_browser, url, item, coordinator, monkeypatch, meeting_is_gone
    ):
        def after_it_is_taken_off(*_):
            agendas.take_off(item=item, by=coordinator)
            return True

        monkeypatch.setattr(signing, "_is_signer", after_it_is_taken_off)
        if meeting_is_gone:
            monkeypatch.setattr(signing, "last_meeting", lambda _: None)

        response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet), follow=True)

        page = url("boards") if meeting_is_gone else url("meeting", item.meeting_id)
        assert response.redirect_chain[0][0] == page
        assert self.SAID in text(response)

    def test_what_was_never_listed_is_not_found(self, chairs_browser, url):
        assert chairs_browser.post(url("decision_sign", uuid.uuid4())).status_code == 404


def test_says_what_is_missing_before(chairs_browser, url, item, coordinator):
    from cases.services.decision_drafts import save_draft

    save_draft(item=item, rationale="", recommendations=[], by=coordinator)

    page = text(chairs_browser.get(url("decision_sign", item.pk)))

    for words in ("at least one recommendation", "why the board decided", "Note who was present"):
        assert words in page
    assert "Your password" not in page


def test_what_is_missing_at_the_last_moment(sheet, chairs_browser, url, item, coordinator, chair):
    from cases.services.decision_drafts import save_draft
    from cases.services.decision_sheets import sheet_of

    save_draft(
        item=item, rationale="", recommendations=[Recommended("other", text="x")], by=coordinator
    )
    data = {**posted(sheet), "draft_version": 2, "seen": sheet_of(item, signer=chair).seen}

    response = chairs_browser.post(url("decision_sign", item.pk), data)

    assert "Say why the board decided so." in text(response)
    assert not Decision.objects.exists()


def test_nothing_to_sign_yet(chairs_browser, url, item):
    response = chairs_browser.get(url("decision_sign", item.pk), follow=True)

    assert "There is nothing to sign yet." in text(response)
    assert response.redirect_chain[0][0] == url("decision", item.pk)


def test_signed_already(sheet, chairs_browser, url, item, chair):
    data = posted(sheet)
    signed = sign(item, by=chair)

    assert chairs_browser.get(url("decision_sign", item.pk)).url == url("decision", item.pk)
    response = chairs_browser.post(url("decision_sign", item.pk), data)

    assert response.status_code == 409
    assert (
        f"This was signed already: Chris Chair signed it on {zoned_moment(signed.signed_at)}. "
        "Nothing was signed a second time. This is the record."
    ) in text(response)
    assert signed.content_hash in text(response)
    assert Decision.objects.count() == 1


class TestAcceptance:
    """What is lacking is accepted by name and with a reason, or nothing is signed."""

    def test_lists_what_is_lacking(self, sheet):
        page = text(sheet)

        for words in (
            "No quorum",
            "Nuclear medicine: nobody is noted as present.",
            "Minimum data set",
            "Images of the newest study at hand: missing.",
            "you accept this by name",
        ):
            assert words in page

    @pytest.mark.parametrize(
        ("group", "reason"),
        [("quorum", "Nuclear medicine: nobody"), ("gap", "Images of the newest study")],
    )
    def test_refused_without_a_reason(self, sheet, chairs_browser, url, item, group, reason):
        data = {**posted(sheet), f"{group}_reason": "  "}

        response = chairs_browser.post(url("decision_sign", item.pk), data)

        assert response.status_code == 422
        assert reason in error_of(response, f"{group}_reason")
        assert "Say why you sign all the same." in text(response)
        (other,) = {"quorum", "gap"} - {group}
        assert ACCEPTED[other] in text(response)
        assert not Decision.objects.exists()

    def test_what_is_missing_is_named_at_once(self, sheet, chairs_browser, url, item):
        data = {**posted(sheet, ""), "quorum_reason": "", "gap_reason": "", "early_reason": "Typed"}

        response = chairs_browser.post(url("decision_sign", item.pk), data)

        assert response.status_code == 422
        for field in ("password", "quorum_reason", "gap_reason"):
            assert error_of(response, field)
        assert "Typed" in text(response)

    def test_nothing_typed_is_lost_with_a_wrong_password(self, sheet, chairs_browser, url, item):
        response = chairs_browser.post(url("decision_sign", item.pk), posted(sheet, "wrong"))

        for reason in ACCEPTED.values():
            assert reason in text(response)

    def test_stands_in_the_record_by_name(self, sheet, chairs_browser, url, item):
        chairs_browser.post(url("decision_sign", item.pk), posted(sheet))

        page = text(chairs_browser.get(url("decision", item.pk)))
        printed = pdf_text(chairs_browser.get(url("decision_pdf", item.pk)))
        assert "Accepted by Chris Chair" in page
        for words in (*ACCEPTED.values(), "Nuclear medicine: nobody is noted as present."):
            assert words in page
            assert words in printed
        assert page.count(ACCEPTED["gap"]) == printed.count(ACCEPTED["gap"]) == 1
        assert f"Reason for all of these: {ACCEPTED['gap']}" in page

    def test_asked_for_nothing_where_nothing_is_lacking(
        self, chairs_browser, url, item, monkeypatch, coordinator
    ):
        from cases.services import decision_sheets

        draft(item, by=coordinator)
        monkeypatch.setattr(decision_sheets, "_quorum", lambda _: [])
        monkeypatch.setattr(decision_sheets, "_data_set", lambda _: [])
        bring_near(item.meeting)

        page = text(chairs_browser.get(url("decision_sign", item.pk)))

        assert "Sign decision" in page
        assert "you accept this by name" not in page


def test_only_who_may_sign(browser, url, item, coordinator):
    draft(item, by=coordinator)

    assert browser.get(url("decision_sign", item.pk)).status_code == 403
    assert browser.post(url("decision_sign", item.pk)).status_code == 403


def test_signs_in_the_role_that_may(client, institution, url, item, coordinator):
    person = add_member(
        institution, "CLINICIAN", "BOARD_CHAIR", email="d@north.example", name="Dora Double"
    )
    client.force_login(person)
    draft(item, by=coordinator)

    assert "Dora Double, Board chair" in text(client.get(url("decision_sign", item.pk)))


class TestRecord:
    def test_names_board_and_time_as_they_were_signed(self, browser, url, item, chair):
        sign(item, by=chair)
        board, starts_at = item.meeting.board.name, item.meeting.starts_at
        Meeting.objects.update(starts_at=starts_at + datetime.timedelta(days=400))
        Board.objects.update(name="Renamed Board")

        for page in (
            text(browser.get(url("decision", item.pk))),
            text(browser.get(url("letters", item.pk))),
            pdf_text(browser.get(url("decision_pdf", item.pk))),
            pdf_text(browser.get(url("letter_pdf", item.pk))),
        ):
            assert board in page
            assert day(timezone.localdate(starts_at)) in page
            assert "Renamed Board" not in page
        assert "Renamed Board" not in pdf_text(browser.get(url("patient_pdf", item.pk)))

    def test_says_so_when_the_board_saw_something_else(self, browser, url, item, chair):
        decision = sign(item, by=chair)
        assert "The record agrees with it." in text(browser.get(url("decision", item.pk)))

        with mock.patch.object(content_hash, "assessment_hash", return_value="f" * 64):
            page = text(browser.get(url("decision", item.pk)))

        assert decision.assessment_hash != "f" * 64
        assert "no longer agrees with its content hash" in page

    def test_quotes_what_was_seen_whatever_follows(self, browser, url, item, coordinator, chair):
        decision = sign(item, by=chair)
        trigger = decision.assessment.answer["branch_detail"]["trigger"]

        answer(case=item.case, answers={"primary_site": "duodenum"}, by=coordinator)

        item.case.refresh_from_db()
        assert item.case.assessment.answer["branch_detail"] is None
        page = text(browser.get(url("decision", item.pk)))
        printed = pdf_text(browser.get(url("decision_pdf", item.pk)))
        assert trigger in page
        assert trigger in printed
        assert "has been assessed again since" in page
        assert "Not covered by this edition" not in printed
        agenda = pdf_text(browser.get(url("agenda_pdf", item.meeting_id)))
        assert trigger in agenda

    def test_on_paper(self, browser, url, item, chair):
        decision = sign(item, by=chair)

        printed = pdf_text(browser.get(url("decision_pdf", item.pk)))

        for words in (
            item.case.patient.record_number,
            "Resect or treat?",
            "Receptor-positive disease.",
            "Evaluate for PRRT.",
            "after the receptor study",
            "Nina Nuclear",
            "Chris Chair",
            MEANING,
            decision.assessment.edition_version,
        ):
            assert words in printed
        assert decision.content_hash in printed.replace(" ", "")
        assert "Draft, not signed" not in printed

    def test_the_same_paper_each_time(self, browser, url, item, chair):
        sign(item, by=chair)

        first, second = (browser.get(url("decision_pdf", item.pk)).content for _ in range(2))

        assert first == second

    def test_says_when_it_is_not_what_was_signed(self, browser, url, item, chair, monkeypatch):
        from cases.web import decision_record

        sign(item, by=chair)
        monkeypatch.setattr(decision_record, "agrees", lambda _: False)

        assert "no longer agrees" in text(browser.get(url("decision", item.pk)))

    def test_is_read_by_everybody_who_reads_boards(self, radiologists_browser, url, item, chair):
        sign(item, by=chair)

        assert "Signature" in text(radiologists_browser.get(url("decision", item.pk)))


def test_after_a_changed_policy_the_signer_sees_what_is_in_force_first(
    sheet, url, item, administrator, chairs_browser
):
    choose(who_version="WHO2010", tnm_system="ENETS", by=administrator)

    refused = chairs_browser.post(url("decision_sign", item.pk), posted(sheet))
    assert refused.status_code == 422
    assert "The guidance in force has changed" in text(refused)
    assert not Decision.objects.exists()
    assert one(item.case_id).assessment.facts["who_version"] == "WHO2010"

    again = chairs_browser.get(url("decision_sign", item.pk))
    assert chairs_browser.post(url("decision_sign", item.pk), posted(again)).status_code == 302
    assert Decision.objects.exists()
