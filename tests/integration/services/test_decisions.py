"""Decisions: drafts, signing, and that what was signed stays."""

import datetime

import pytest
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Board,
    Decision,
    DecisionDraft,
    DraftRecommendation,
    Meeting,
)
from cases.models.conclusion import Recommended
from cases.selectors.annotations import annotations_of_signed
from cases.selectors.cases import one
from cases.selectors.recommended import TREATMENT_OPTIONS, codes_to_choose, in_words
from cases.services import (
    acknowledgments,
    agendas,
    amendments,
    attendances,
    board_members,
    decisions,
    patients,
)
from cases.services.assessments import reassess
from cases.services.content_hash import is_intact
from cases.services.decision_drafts import save_draft
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Changed, Invalid, Refused
from cases.services.facts import answer
from guidance.editions import local_notes
from tests.factories.boards import (
    ACCEPTED,
    EVERY_KIND,
    draft,
    make_board,
    make_item,
    make_meeting,
    sign,
)
from tests.factories.cases import STAGING, make_case, make_study
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]


def save(item, by, **changes):
    """Save a draft of one recommendation."""
    given = {"rationale": "Why", "recommendations": [Recommended("other", text="Wait")], **changes}
    return save_draft(item=item, by=by, **given)


class TestDraft:
    def test_keeps_what_was_written(self, item, coordinator):
        written = save(item, coordinator, rationale=" Why ", recommendations=EVERY_KIND)

        assert (written.rationale, written.version) == ("Why", 1)
        assert written.changed_by == coordinator
        kept = written.recommendations.values_list("position", "kind", "code", "text")
        assert [Recommended(*row[1:]) for row in kept] == list(EVERY_KIND)
        assert [row[0] for row in kept] == [1, 2, 3, 4, 5]
        assert AuditEntry.objects.filter(action="decision.draft.saved").exists()

    def test_is_replaced_by_the_next_save(self, item, coordinator, chair):
        save(item, coordinator, recommendations=EVERY_KIND)

        written = save(item, chair, rationale="Other", if_match=1)

        assert (written.version, written.rationale, written.changed_by) == (2, "Other", chair)
        assert DecisionDraft.objects.count() == 1
        assert DraftRecommendation.objects.get().text == "Wait"

    def test_may_be_empty(self, item, coordinator):
        written = save(item, coordinator, rationale="", recommendations=[])

        assert written.version == 1

    def test_two_who_save_the_same_one(self, item, coordinator, chair):
        save(item, coordinator, if_match=0)

        with pytest.raises(Changed) as caught:
            save(item, chair, rationale="Mine", if_match=0)

        assert (caught.value.seen, caught.value.current) == (0, 1)
        assert DecisionDraft.objects.get().rationale == "Why"

    @pytest.mark.parametrize(
        ("recommended", "field", "reason"),
        [
            (Recommended("surgery"), "kind", "Choose what kind"),
            (Recommended(""), "kind", "Choose what kind"),
            (Recommended("imaging", "OPT-PRRT"), "code", "not a code"),
            (Recommended("treatment", "CT_AP_W"), "code", "not a code"),
            (Recommended("treatment", "ACT-MDT"), "code", "not a code"),
            (Recommended("referral", "CT_AP_W"), "code", "not a code"),
            (Recommended("imaging"), "code", "Choose one"),
            (Recommended("treatment"), "code", "Choose one"),
            (Recommended("referral"), "text", "Say in words"),
            (Recommended("other", text="  "), "text", "Say in words"),
            (Recommended("other", text="x" * 501), "text", "at most 500"),
        ],
    )
    def test_a_recommendation_is_checked(self, item, coordinator, recommended, field, reason):
        with pytest.raises(Invalid) as caught:
            save(item, coordinator, recommendations=[EVERY_KIND[0], recommended])

        (name, reasons), *others = caught.value.errors.items()
        assert (name, others) == (f"recommendations.1.{field}", [])
        assert reason in reasons[0]
        assert not DecisionDraft.objects.exists()

    def test_words_stand_in_for_a_code(self, item, coordinator):
        save(item, coordinator, recommendations=[Recommended("imaging", text=" X-ray ")])

        assert DraftRecommendation.objects.get().text == "X-ray"

    def test_a_rationale_has_an_end(self, item, coordinator):
        with pytest.raises(Invalid) as caught:
            save(item, coordinator, rationale="x" * 10_001)

        assert caught.value.errors == {"rationale": ["Use at most 10000 characters."]}

    def test_every_word_is_storable(self, item, coordinator):
        with pytest.raises(Invalid) as caught:
            save(
                item,
                coordinator,
                rationale="a\x00b",
                recommendations=[Recommended("other", text="\ud800")],
            )

        assert set(caught.value.errors) == {"rationale", "recommendations.0.text"}

    def test_not_after_signing(self, item, coordinator, chair):
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            save(item, coordinator)

    def test_not_when_taken_off(self, item, coordinator):
        stale = AgendaItem.objects.get(pk=item.pk)
        agendas.take_off(item=item, by=coordinator)

        with pytest.raises(Refused, match="taken off"):
            save(stale, coordinator)


class TestSigning:
    def test_takes_everything_over(self, item, coordinator, chair):
        written = draft(item, by=coordinator)
        sheet = sheet_of(item, signer=chair)

        decision = decisions.sign(
            item=item,
            assessment_id=item.case.assessment_id,
            draft_version=written.version,
            signer_role="Board chair",
            seen=sheet.seen,
            accepted=ACCEPTED,
            by=chair,
        )

        decision.refresh_from_db()
        assert decision.question == "PRRT?"
        assert decision.rationale == "Receptor-positive disease."
        assert (decision.signer_name, decision.signer_role) == (chair.name, "Board chair")
        assert decision.meaning == decisions.MEANING
        assert decision.version == 1
        assert decision.assessment_id == item.case.assessment_id
        kept = decision.recommendations.values_list("kind", "code", "text")
        assert [Recommended(*row) for row in kept] == list(EVERY_KIND)
        assert list(decision.participants.values_list("name", "specialty")) == [
            ("Nina Nuclear", "NM")
        ]
        assert is_intact(decision)
        assert AuditEntry.objects.filter(action="decision.signed", person=chair).exists()
        item.case.refresh_from_db()
        assert item.case.readiness == "signed"

    def test_decides_what_was_seen_though_a_new_day_would_say_more(self, item, coordinator, chair):
        born = datetime.date(1970, 6, 1)
        patients.change(patient=item.case.patient, birth_date=born, by=coordinator)
        item.case.refresh_from_db()
        younger = reassess(case=item.case, on=datetime.date(2026, 2, 1))
        assert younger.facts["age_years"] == 55

        decision = sign(item, by=chair)

        item.case.refresh_from_db()
        assert item.case.assessment_id == decision.assessment_id == younger.pk
        assert item.case.readiness == "signed"

    def test_needs_a_draft(self, item, chair):
        assert sheet_of(item) is None
        with pytest.raises(Refused, match="nothing to sign"):
            decisions.sign(
                item=item,
                assessment_id=item.case.assessment_id,
                draft_version=0,
                signer_role="Board chair",
                by=chair,
            )

    def test_says_all_that_is_missing(self, item, coordinator, chair):
        written = save(item, coordinator, rationale="", recommendations=[])

        with pytest.raises(Invalid) as caught:
            sign(item, by=chair)

        assert set(caught.value.errors) == {
            "recommendations",
            "concordance",
            "rationale",
            "present",
        }
        assert sheet_of(item).gaps == caught.value.errors
        assert written.version == 1
        assert not Decision.objects.exists()

    def test_once(self, item, chair):
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            sign(item, by=chair)

    def test_not_when_the_draft_was_saved_again(self, item, coordinator, chair):
        first = draft(item, by=coordinator)
        draft(item, rationale="Other", by=coordinator)

        with pytest.raises(Changed):
            decisions.sign(
                item=item,
                assessment_id=item.case.assessment_id,
                draft_version=first.version,
                signer_role="Board chair",
                by=chair,
            )

        assert not Decision.objects.exists()

    def test_not_when_the_guidance_says_something_else_by_now(self, item, coordinator, chair):
        written = draft(item, by=coordinator)
        seen = item.case.assessment_id
        answer(case=item.case, answers={"bone_pain": True}, by=coordinator)

        with pytest.raises(Refused, match="guidance for this case has changed"):
            decisions.sign(
                item=item,
                assessment_id=seen,
                draft_version=written.version,
                signer_role="Board chair",
                by=chair,
            )

    @pytest.mark.parametrize("change", ["question", "present", "days", "owner"])
    def test_not_when_the_sheet_is_another_by_now(self, item, coordinator, chair, change):
        written = draft(item, by=coordinator)
        seen = sheet_of(item, signer=chair).seen
        board = item.meeting.board
        if change == "question":
            agendas.ask(item=item, question="Other?", by=coordinator)
        elif change == "days":
            Board.objects.filter(pk=board.pk).update(task_days=board.task_days + 1)
        elif change == "owner":
            board_members.add(board=board, person=coordinator, duty="coordinator", by=coordinator)
        else:
            attendances.note_present(meeting=item.meeting, name="Otto", by=coordinator)

        with pytest.raises(Refused, match="has changed since you opened"):
            decisions.sign(
                item=item,
                assessment_id=item.case.assessment_id,
                draft_version=written.version,
                signer_role="Board chair",
                seen=seen,
                by=chair,
            )


class TestOnTwoLists:
    """A meeting that nobody ended is over after hours; its undecided case may be listed anew."""

    @pytest.fixture
    def elsewhere(self, item, coordinator):
        draft(item, by=coordinator)
        long_ago = timezone.now() - datetime.timedelta(hours=13)
        Meeting.objects.filter(pk=item.meeting_id).update(starts_at=long_ago)
        board = make_board(by=coordinator, name="Liver board")
        other = make_meeting(by=coordinator, board=board)
        return make_item(by=coordinator, meeting=other, case=item.case)

    def test_it_is_signed_where_it_comes_up(self, item, elsewhere, chair):
        with pytest.raises(Refused, match=r"on the list of Liver board, .* nothing is decided"):
            sign(item, by=chair)
        assert not Decision.objects.exists()

        assert sign(elsewhere, by=chair).agenda_item == elsewhere
        assert sign(item, by=chair).agenda_item == item

    def test_what_was_signed_is_amended_though_it_comes_up_again(self, item, coordinator, chair):
        sign(item, by=chair)
        make_item(by=coordinator, case=item.case)
        amendments.open(item=item, reason="A new finding.", by=chair)

        assert sign(item, by=chair).version == 2


class TestChecks:
    """A critical check is acknowledged before anybody signs, and the record keeps by whom."""

    @pytest.fixture
    def item(self, coordinator):
        """A case whose order without contrast is critical, and whose chest is a caution."""
        case = make_case(by=coordinator, **STAGING)
        make_study(case=case, by=coordinator, modality="CT", procedure="CT_AP_WO")
        return make_item(by=coordinator, case=one(case.pk))

    @staticmethod
    def acknowledge(item, by, code="W-NONCONTRAST", **more):
        case = one(item.case_id)
        given = {"assessment_id": case.assessment_id, "reason": "accepted", **more}
        return acknowledgments.acknowledge(case=case, code=code, by=by, **given)

    def test_nobody_signs_while_one_is_open(self, item, coordinator, chair):
        draft(item, by=coordinator)
        with pytest.raises(Invalid) as caught:
            sign(item, by=chair)

        (reason,) = caught.value.errors.pop("checks")
        assert caught.value.errors == {}
        assert reason.startswith("Acknowledge W-NONCONTRAST first: Without IV contrast")
        assert not Decision.objects.exists()
        assert [c.code for c in sheet_of(item).blocking] == ["W-NONCONTRAST"]

    def test_once_acknowledged_it_is_signed_and_pinned(self, item, coordinator, chair):
        row = self.acknowledge(item, coordinator, text="Contrast was refused.")
        decision = sign(item, by=chair)

        decision.refresh_from_db()
        states = {state["code"]: state for state in decision.quoted["states"]}
        standing = states["W-NONCONTRAST"]["standing"]
        assert (standing["text"], standing["by"]) == ("Contrast was refused.", coordinator.name)
        assert states["W-CHEST"]["standing"] is None
        assert is_intact(decision)

        acknowledgments.withdraw(acknowledgment=row, by=coordinator)
        facts_before = annotations_of_signed(decision)
        answer(case=item.case, answers={"gbca_permitted": False}, by=coordinator)
        decision.refresh_from_db()
        assert annotations_of_signed(decision) == facts_before
        assert is_intact(decision)

    def test_a_caution_may_stay_open(self, item, coordinator, chair):
        self.acknowledge(item, coordinator)
        assert sign(item, by=chair)

    def test_what_has_lapsed_is_open(self, item, coordinator, chair):
        self.acknowledge(item, coordinator)
        answer(case=item.case, answers={"gbca_permitted": False}, by=coordinator)
        draft(item, by=coordinator)
        with pytest.raises(Invalid, match="W-NONCONTRAST"):
            sign(item, by=chair)

    @pytest.mark.parametrize("change", ["acknowledged", "withdrawn", "noted"])
    def test_not_when_what_stands_beside_it_is_another(self, item, coordinator, chair, change):
        row = self.acknowledge(item, coordinator)
        written = draft(item, by=coordinator)
        seen = sheet_of(AgendaItem.objects.get(pk=item.pk), signer=chair).seen
        if change == "acknowledged":
            self.acknowledge(item, coordinator, code="W-CHEST")
        elif change == "withdrawn":
            acknowledgments.withdraw(acknowledgment=row, by=coordinator)
        else:
            local_notes.add(
                subject="check::W-CHEST",
                text="Ask",
                low_months=None,
                high_months=None,
                reason="Board",
                review_on=timezone.localdate() + datetime.timedelta(days=9),
                by=chair,
            )
        with pytest.raises(Refused, match="stands beside the guidance has changed"):
            decisions.sign(
                item=item,
                assessment_id=one(item.case_id).assessment_id,
                draft_version=written.version,
                signer_role="Board chair",
                seen=seen,
                by=chair,
            )

    def test_local_words_are_pinned_too(self, item, coordinator, chair):
        note = local_notes.add(
            subject="scenario:SC-01:",
            text="Ask the surgeon",
            low_months=None,
            high_months=None,
            reason="Board",
            review_on=timezone.localdate() + datetime.timedelta(days=9),
            by=chair,
        )
        self.acknowledge(item, coordinator)
        decision = sign(item, by=chair)
        local_notes.withdraw(note=note, reason="Over", by=chair)

        (word,) = annotations_of_signed(Decision.objects.get(pk=decision.pk)).words
        assert (word.text, word.lead) == ("Ask the surgeon", "Local policy of North Hospital")

    def test_a_case_without_an_assessment_quotes_nothing(self, item, coordinator):
        draft(item, by=coordinator)
        item.case.assessment = None
        sheet = sheet_of(item)
        assert (sheet.blocking, sheet.annotations.states) == ([], ())


class TestWords:
    def test_every_kind_is_said_in_words(self, item, coordinator):
        written = draft(item, by=coordinator)

        lines = in_words(
            written.recommendations.all(), version=item.case.assessment.edition_version
        )

        assert [(line.kind, line.text, line.detail) for line in lines] == [
            ("Imaging", "DOTATATE PET/CT", ""),
            ("Treatment", "Evaluate for PRRT.", "after the receptor study"),
            ("Referral", "Nuclear medicine", ""),
            ("Re-discussion", "In three months", ""),
            ("Other", "Tell the family doctor", ""),
        ]

    def test_treatments_are_those_of_the_guidance(self):
        assert tuple(codes_to_choose()["treatment"]) == TREATMENT_OPTIONS
