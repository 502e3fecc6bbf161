"""Amending a signed decision: a further version, and the former one stays."""

import datetime

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Attendance, Decision, DecisionDraft, Task
from cases.models.conclusion import Recommended
from cases.services import agendas, amendments
from cases.services.chain_checks import check_chains
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from cases.services.decision_sheets import sheet_of
from cases.services.decisions import AlreadySigned
from cases.services.errors import Changed, Invalid, Refused
from cases.services.facts import answer
from tests.factories.boards import ACCEPTED, EVERY_KIND, draft, sign
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]

WHY = "The pathology was reread."


@pytest.fixture
def signed(item, chair):
    """The first signed version."""
    return sign(item, by=chair)


def opened(item, by, reason=WHY):
    return amendments.open(item=item, reason=reason, by=by)


class TestOpen:
    def test_fills_in_what_was_signed(self, item, coordinator, chair):
        due_on = timezone.localdate() + datetime.timedelta(days=9)
        written = draft(item, by=coordinator)
        save_draft(
            item=item,
            rationale="Why",
            recommendations=[
                Recommended("imaging", "PET_DOTATATE", intent="diagnosis", due_on=due_on),
                Recommended("other", text="Wait", alternative_to=1, owner_id=chair.pk),
            ],
            conclusion=Concluded(concordance="concordant", confidence="low", stage_discussed=True),
            dissents=[Dissented("Nina Nuclear", "PRRT now")],
            if_match=written.version,
            by=coordinator,
        )
        before = sheet_of(item, signer=chair)
        signed = sign(item, by=chair)
        save = DecisionDraft.objects.get()
        save.rationale = "Something that was never signed"
        save.save()

        amended = opened(item, chair)

        assert (amended.amends, amended.amendment_reason) == (1, WHY)
        after = sheet_of(item)
        assert after.draft.rationale == signed.rationale == "Why"
        assert (after.draft.confidence, after.draft.stage_discussed) == ("low", True)
        columns = ("position", "kind", "code", "text", "intent", "alternative_to")
        for name in columns:
            assert [getattr(r, name) for r in after.recommendations] == [
                getattr(r, name) for r in before.recommendations
            ]
        assert [(r.due_on, r.owner_id) for r in after.recommendations] == [
            (term.due_on, term.owner.pk) for term in before.terms
        ]
        assert [(d.name, d.text) for d in after.dissents] == [("Nina Nuclear", "PRRT now")]
        assert after.version == 2
        assert AuditEntry.objects.filter(action="decision.amendment.opened", person=chair).exists()

    @pytest.mark.parametrize(
        ("reason", "said"),
        [
            ("  ", "Say why"),
            ("\u200b\u2060", "Say why"),
            ("x" * 501, "at most 500"),
            ("a\x00b", "cannot"),
        ],
    )
    def test_needs_a_reason(self, item, signed, chair, reason, said):
        with pytest.raises(Invalid) as caught:
            opened(item, chair, reason)

        assert said in caught.value.errors["reason"][0]
        assert DecisionDraft.objects.get().amends is None

    def test_nothing_is_signed_yet(self, item, coordinator, chair):
        draft(item, by=coordinator)

        with pytest.raises(Refused, match="Nothing is signed"):
            opened(item, chair)

    def test_only_one_at_a_time(self, item, signed, chair):
        opened(item, chair)

        with pytest.raises(Refused, match="being written already"):
            opened(item, chair)

    def test_a_draft_that_is_gone_is_written_anew(self, item, signed, chair):
        written = DecisionDraft.objects.get()
        written.recommendations.all().delete()
        written.delete()

        assert opened(item, chair).version == 1
        assert len(sheet_of(item).recommendations) == len(EVERY_KIND)

    def test_whoever_wrote_on_an_older_page_is_told(self, item, signed, coordinator, chair):
        seen = DecisionDraft.objects.get().version
        opened(item, chair)

        with pytest.raises(Changed):
            save_draft(item=item, rationale="x", recommendations=[], if_match=seen, by=coordinator)


class TestSigned:
    def test_is_a_further_version_at_the_end_of_the_chain(self, item, signed, coordinator, chair):
        kept = Decision.objects.values().get()
        opened(item, chair)
        draft(item, rationale="Amended.", by=coordinator)
        amend_reason(WHY)

        second = sign(item, by=chair)

        assert (second.version, second.amendment_reason) == (2, WHY)
        assert (second.rationale, second.chain_position) == ("Amended.", 2)
        assert second.previous_hash == signed.chain_hash
        assert Decision.objects.filter(version=1).values().get() == kept
        assert check_chains()[0] == []
        closed = DecisionDraft.objects.get()
        assert (closed.amends, closed.amendment_reason) == (None, "")

    def test_counts_from_then_on(self, item, signed, chair):
        opened(item, chair)
        second = sign(item, by=chair)

        (line,) = agendas_lines(item)
        assert line.decision.pk == second.pk
        open_tasks = Task.objects.exclude(state="replaced")
        assert set(open_tasks.values_list("decision", flat=True)) == {second.pk}

    def test_by_the_guidance_in_force_now(self, item, signed, coordinator, chair):
        answer(case=item.case, answers={"bone_pain": True}, by=coordinator)
        opened(item, chair)

        second = sign(item, by=chair)

        item.case.refresh_from_db()
        assert second.assessment_id == item.case.assessment_id != signed.assessment_id
        assert item.case.readiness == "signed"

    def test_needs_all_that_the_first_one_needed(self, item, signed, chair):
        opened(item, chair)
        amend_reason("")
        Attendance.objects.all().delete()

        with pytest.raises(Invalid) as caught:
            sign(item, by=chair)
        assert set(caught.value.errors) == {"amendment_reason", "present"}

        with pytest.raises(Invalid) as caught:
            amend_reason(WHY)
            Attendance.objects.create(meeting=item.meeting, name="Ada")
            sign(item, by=chair, accepted=None)
        assert set(caught.value.errors) == {"quorum_reason", "gap_reason", "early_reason"}
        assert Decision.objects.count() == 1

    def test_is_signed_once(self, item, signed, chair):
        opened(item, chair)
        second = sign(item, by=chair)

        with pytest.raises(AlreadySigned) as caught:
            sign(item, by=chair, accepted=ACCEPTED)

        assert caught.value.decision == second

    def test_may_be_amended_again(self, item, signed, chair):
        for _ in range(2):
            opened(item, chair)
            sign(item, by=chair)

        assert list(Decision.objects.order_by("version").values_list("version", flat=True)) == [
            1,
            2,
            3,
        ]


class TestDiscard:
    def test_what_was_signed_is_as_it_was(self, item, signed, coordinator, chair):
        opened(item, chair)
        draft(item, rationale="Never signed.", recommendations=EVERY_KIND[:1], by=coordinator)

        amendments.discard(item=item, by=chair)

        left = DecisionDraft.objects.get()
        assert (left.amends, left.amendment_reason) == (None, "")
        assert left.rationale == signed.rationale
        assert left.recommendations.count() == len(EVERY_KIND)
        assert AuditEntry.objects.filter(action="decision.amendment.discarded").exists()
        with pytest.raises(Refused, match="signed"):
            save_draft(item=item, rationale="x", recommendations=[], by=coordinator)

    def test_nothing_to_give_up(self, item, signed, chair):
        with pytest.raises(Refused, match="No amendment"):
            amendments.discard(item=item, by=chair)

    def test_nothing_is_signed(self, item, coordinator, chair):
        draft(item, by=coordinator)

        with pytest.raises(Refused, match="Nothing is signed"):
            amendments.discard(item=item, by=chair)


def test_not_when_taken_off(item, coordinator, chair):
    stale = AgendaItem.objects.get(pk=item.pk)
    agendas.take_off(item=item, by=coordinator)

    for write in (lambda: opened(stale, chair), lambda: amendments.discard(item=stale, by=chair)):
        with pytest.raises(Refused, match="taken off"):
            write()


def amend_reason(text):
    """Write the reason of the amendment, past the form."""
    DecisionDraft.objects.update(amendment_reason=text)


def agendas_lines(item):
    """The list of the item's meeting as its readers see it."""
    from cases.selectors.agendas import agenda

    return agenda(item.meeting)
