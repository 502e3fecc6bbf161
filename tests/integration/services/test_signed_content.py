"""What goes into a signed decision beside its rationale and what it asks for."""

import pytest

from cases.models import (
    AgendaItem,
    Candidacy,
    Decision,
    DecisionDraft,
    Participant,
    ProtocolAudit,
    Standard,
    Task,
)
from cases.models.agenda_item import Track
from cases.models.conclusion import Recommended
from cases.services import attendances, decisions, opinions, tracks
from cases.services.content_hash import is_intact
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Invalid, Refused
from cases.services.sheet_words import said_on
from tests.factories.boards import ACCEPTED, EVERY_KIND, bring_near, draft, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]

NONE = Concluded(outcome="none", no_recommendation_reason="no_consensus")


@pytest.fixture
def standard(item, coordinator):
    """A standard of care of the item's board, which the item is to be settled by."""
    standard = Standard.objects.create(
        board=item.meeting.board,
        name="Small tumor",
        source="Handbook 4",
        scenario=item.case.scenario,
        audit_percent=100,
        entered_by=coordinator,
    )
    item.track, item.standard = Track.PROTOCOL, standard
    item.save()
    return standard


class TestConclusion:
    def test_is_taken_over(self, item, coordinator, chair):
        attendances.note_present(meeting=item.meeting, name="Nina", by=coordinator)
        conclusion = Concluded(
            concordance="deviates",
            deviation_reason="other",
            deviation_text="Distance",
            confidence="moderate",
            stage_discussed=True,
            guideline_discussed=True,
            is_prospective=False,
        )
        save_draft(
            item=item,
            rationale="Why",
            recommendations=EVERY_KIND[:1],
            conclusion=conclusion,
            by=coordinator,
        )

        sign(item, by=chair)

        decision = Decision.objects.get()
        for name in conclusion.__dataclass_fields__:
            assert getattr(decision, name) == getattr(conclusion, name), name
        assert (decision.track, decision.standard_name) == ("discussion", "")
        assert decision.board_id == item.meeting.board_id

    def test_no_recommendation_is_signed_with_its_reason_alone(self, item, coordinator, chair):
        attendances.note_present(meeting=item.meeting, name="Nina", by=coordinator)
        save_draft(item=item, rationale="", recommendations=[], conclusion=NONE, by=coordinator)

        decision = sign(item, by=chair)

        assert (decision.outcome, decision.no_recommendation_reason) == ("none", "no_consensus")
        assert not Task.objects.exists()
        assert is_intact(Decision.objects.get())

    def test_no_recommendation_needs_a_coded_reason(self, item, coordinator, chair):
        attendances.note_present(meeting=item.meeting, name="Nina", by=coordinator)
        without = Concluded(outcome="none")
        save_draft(item=item, rationale="x", recommendations=[], conclusion=without, by=coordinator)

        with pytest.raises(Invalid) as caught:
            sign(item, by=chair)

        assert set(caught.value.errors) == {"no_recommendation_reason"}


class TestPeople:
    def test_who_dissents_and_who_only_gave_an_opinion(self, item, coordinator, chair):
        given = opinions.give(item=item, text="Wait.", specialty="radiology", by=coordinator)
        attendances.note_present(
            meeting=item.meeting, name="Nina", specialty_code="nuclear_medicine", by=coordinator
        )
        attendances.note_present(meeting=item.meeting, name="Otto", by=coordinator)
        save_draft(
            item=item,
            rationale="Why",
            recommendations=EVERY_KIND[:1],
            conclusion=Concluded(concordance="deviates", deviation_reason="trial"),
            dissents=[Dissented("Nina", "PRRT now"), Dissented(coordinator.name, "Only watch")],
            by=coordinator,
        )

        decision = sign(item, by=chair)

        rows = Participant.objects.values_list("name", "specialty", "specialty_code", "dissent")
        assert set(rows) == {
            ("Nina", "Nuclear medicine", "nuclear_medicine", "PRRT now"),
            ("Otto", "", "", ""),
            (coordinator.name, "by opinion", "", "Only watch"),
        }
        assert decision.opinions == [
            {
                "name": coordinator.name,
                "specialty": "Diagnostic radiology",
                "text": "Wait.",
                "given_at": given.given_at.isoformat(),
            }
        ]
        decision = Decision.objects.get()
        assert is_intact(decision)

    def test_an_opinion_that_came_meanwhile_is_seen_first(self, item, coordinator, chair):
        written = draft(item, by=coordinator)
        seen = sheet_of(item, signer=chair).seen
        opinions.give(item=item, text="Wait.", by=coordinator)

        with pytest.raises(Refused, match="has changed since you opened"):
            decisions.sign(
                item=item,
                assessment_id=item.case.assessment_id,
                draft_version=written.version,
                signer_role="Board chair",
                seen=seen,
                accepted=ACCEPTED,
                by=chair,
            )


class TestSeen:
    """Whatever stands on the sheet, a change of it is seen before anybody signs."""

    @pytest.fixture
    def written(self, item, coordinator):
        attendances.note_present(meeting=item.meeting, name="Nina", by=coordinator)
        save_draft(
            item=item,
            rationale="Why",
            recommendations=[EVERY_KIND[0], Recommended("other", text="Wait", alternative_to=1)],
            dissents=[Dissented("Nina", "PRRT now")],
            by=coordinator,
        )
        return item

    @pytest.mark.parametrize(
        ("rows", "change"),
        [
            ("draft", {"confidence": "low"}),
            ("draft", {"stage_discussed": True}),
            ("draft", {"is_prospective": False}),
            ("draft", {"amendment_reason": "Why"}),
            ("draft", {"amends": 1}),
            ("recommendations", {"intent": "cure"}),
            ("recommendations", {"due_on": "2027-03-01"}),
            ("recommendations", {"alternative_to": None}),
            ("recommendations", {"owner": "chair"}),
            ("dissents", {"text": "No PRRT"}),
            ("attendances", {"specialty_code": "surgery"}),
            ("item", {"also_needed": ["genetics"]}),
        ],
    )
    def test_changes_with(self, written, chair, rows, change):
        seen = sheet_of(written).seen
        drafted = DecisionDraft.objects.get()
        found = {
            "draft": DecisionDraft.objects.all(),
            "recommendations": drafted.recommendations.all(),
            "dissents": drafted.dissents.all(),
            "attendances": written.meeting.attendances.all(),
            "item": AgendaItem.objects.all(),
        }[rows]
        given = {name: chair if value == "chair" else value for name, value in change.items()}

        assert found.update(**given)

        assert sheet_of(AgendaItem.objects.get()).seen != seen

    def test_is_the_same_as_long_as_nothing_changes(self, written, standard):
        again = AgendaItem.objects.get()
        seen = sheet_of(written).seen
        assert sheet_of(again).seen == seen
        standard.name = "Other"
        standard.save()
        assert sheet_of(AgendaItem.objects.get()).seen != seen


class TestAcceptance:
    def test_is_kept_with_its_reason(self, item, chair):
        decision = sign(item, by=chair)

        kept = {one["what"]: (one["text"], one["reason"]) for one in decision.accepted}
        assert kept["quorum:nuclear_medicine"] == (
            "Nuclear medicine: nobody is noted as present.",
            ACCEPTED["quorum"],
        )
        assert kept["gap:images"] == (
            "Images of the newest study at hand: missing.",
            ACCEPTED["gap"],
        )

    def test_nothing_is_signed_with_a_reason_that_nobody_can_see(self, item, chair):
        with pytest.raises(Invalid) as caught:
            sign(item, by=chair, accepted={"quorum": "\u200b", "gap": "\u2060 \ufeff"})

        assert set(caught.value.errors) == {"quorum_reason", "gap_reason", "early_reason"}
        assert not Decision.objects.exists()

    def test_nothing_is_signed_without(self, item, chair):
        with pytest.raises(Invalid) as caught:
            sign(item, by=chair, accepted={"quorum": " ", "gap": "x" * 501})

        assert "Say why you sign all the same." in caught.value.errors["quorum_reason"][0]
        assert caught.value.errors["gap_reason"] == ["Use at most 500 characters."]
        assert not Decision.objects.exists()

    def test_who_is_present_is_not_missing(self, item, coordinator, chair):
        attendances.note_present(
            meeting=item.meeting, name="N", specialty_code="nuclear_medicine", by=coordinator
        )

        decision = sign(item, by=chair)

        assert "quorum:nuclear_medicine" not in {one["what"] for one in decision.accepted}

    def test_is_not_asked_for_where_nothing_is_lacking(self, item, chair, monkeypatch):
        monkeypatch.setattr("cases.services.decision_sheets.missing_specialties", lambda _: [])

        bring_near(item.meeting)

        decision = sign(item, by=chair, accepted={"gap": "Known"})

        assert {one["what"].partition(":")[0] for one in decision.accepted} == {"gap"}

    def test_a_meeting_that_has_not_begun_is_accepted_too(self, item, chair):
        with pytest.raises(Invalid, match="The meeting has not begun: it is planned for "):
            sign(item, by=chair, accepted={**ACCEPTED, "early": ""})

        kept = {one["what"]: one["reason"] for one in sign(item, by=chair).accepted}
        assert kept["early:meeting"] == ACCEPTED["early"]


class TestProtocol:
    def test_names_the_standard_and_needs_nobody(
        self, item, standard, coordinator, chair, monkeypatch
    ):
        monkeypatch.setattr(tracks, "check_track", lambda _: None)
        save_draft(
            item=item,
            rationale="As the standard says.",
            recommendations=EVERY_KIND[:1],
            conclusion=Concluded(concordance="deviates", deviation_reason="trial"),
            by=coordinator,
        )

        assert said_on(sheet_of(item)).track == "By protocol: Small tumor (Handbook 4)"
        decision = sign(item, by=chair)

        assert (decision.track, decision.standard_name, decision.standard_source) == (
            "protocol",
            "Small tumor",
            "Handbook 4",
        )
        assert not Participant.objects.exists()
        assert {one["what"].partition(":")[0] for one in decision.accepted} == {"gap"}
        assert ProtocolAudit.objects.get().decision == decision

    @pytest.mark.usefixtures("standard")
    def test_not_where_the_standard_does_not_settle_it(self, item, chair):
        with pytest.raises(Refused, match="does not settle this case"):
            sign(item, by=chair)

        assert not Decision.objects.exists()


def test_tasks_and_the_reasons_to_list_follow(item, chair):
    assert Candidacy.objects.filter(reason="guidance").exists()

    decision = sign(item, by=chair)

    assert Task.objects.filter(decision=decision).count() == len(EVERY_KIND)
    assert not Candidacy.objects.filter(reason="guidance").exists()
