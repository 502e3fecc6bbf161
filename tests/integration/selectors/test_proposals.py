"""What is proposed for one case on a list, and what a decision says unless somebody objects."""

import pytest
from django.utils import timezone

from cases.models import BoardMember
from cases.models.board_member import Duty
from cases.selectors.presets import presets_for, prospective_of
from cases.selectors.proposals import Proposal, coordinator_of, proposal_for
from cases.services import cases, treatments
from tests.factories.boards import make_item
from tests.factories.cases import STAGING, make_case
from tests.factories.completeness import days_ago, make_complete_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def item_of(case, by):
    return make_item(by=by, case=case)


class TestProposal:
    def test_counts_the_days_from_the_study_that_gave_the_result(self, coordinator):
        item = item_of(make_complete_case(by=coordinator), coordinator)

        (row,) = proposal_for(item).taken(today=timezone.localdate())

        week_ago = days_ago(7)
        assert row.text == "Keep the surveillance schedule."
        assert row.due_on == week_ago.replace(year=week_ago.year + 1)

    def test_waits_for_what_has_to_be_accepted(self, coordinator):
        item = item_of(make_complete_case(by=coordinator), coordinator)
        answer = item.case.assessment.answer
        answer["acceptance"] = {**answer["acceptance"], "needed": True, "text": "", "source": ""}
        answer["acceptance"]["because"] = ["W-RADIATION"]
        answer["checks"] = [
            {"code": "W-RADIATION", "severity": "warning", "text": "Dose.", "source": "INT"}
        ]

        found = proposal_for(item)

        assert found.window is None
        assert "accepted first" in found.remarks[0]

    def test_without_a_study_or_an_assessment(self, coordinator):
        item = item_of(make_case(by=coordinator, **STAGING), coordinator)
        (row,) = proposal_for(item).rows
        assert (row.kind, row.code, row.owner_id) == ("imaging", "MRI_AP_WWO", None)

        item.case.assessment = None

        assert proposal_for(item) == Proposal()

    def test_the_boards_coordinator_sees_to_it(self, coordinator, chair):
        item = item_of(make_case(by=coordinator, **STAGING), coordinator)
        assert coordinator_of(item) is None
        board = item.meeting.board
        BoardMember.objects.create(board=board, person=chair, duty=Duty.CHAIR)
        BoardMember.objects.create(board=board, person=coordinator, duty=Duty.COORDINATOR)

        assert {row.owner_id for row in proposal_for(item).rows} == {coordinator.pk}


class TestProspective:
    @pytest.fixture
    def item(self, coordinator):
        """A case that was referred 30 days ago and, as somebody answered, never treated."""
        case = make_case(by=coordinator, **STAGING)
        cases.change(case=case, referred_on=days_ago(30), by=coordinator)
        return item_of(case, coordinator)

    def test_before_any_treatment(self, item):
        found = presets_for(item).prospective

        assert found.value is True
        assert found.why == "The record says that no treatment was given."

    @pytest.mark.parametrize(
        ("began", "value", "why"),
        [
            (40, None, "before the referral"),
            (30, False, "after the referral"),
            (1, False, "after the referral"),
            (None, None, "not known when it began"),
        ],
    )
    def test_by_when_the_treatment_began(self, item, coordinator, began, value, why):
        given = {} if began is None else {"start": days_ago(began)}
        treatments.add(case=item.case, type="SSA", by=coordinator, **given)

        found = prospective_of(item)

        assert found.value is value
        assert why in found.why

    def test_a_treatment_that_lies_ahead_is_none(self, item, coordinator):
        treatment = treatments.add(case=item.case, type="SSA", by=coordinator)
        type(treatment).objects.filter(pk=treatment.pk).update(start=days_ago(-3))

        assert "began on" not in prospective_of(item).why

    @pytest.mark.parametrize(
        "given",
        [
            {"definitive_treatment_done": True},
            {"treated_for_current_disease": True},
            {"resection_status": "complete"},
            {"resection_status": "incomplete"},
            {"current_management": "post_treatment"},
            {"prior_prrt": True},
        ],
    )
    def test_never_after_a_treatment_that_is_only_answered(self, coordinator, given):
        item = item_of(make_case(by=coordinator, **{**STAGING, **given}), coordinator)

        found = prospective_of(item)

        assert found.value is None
        assert "treated before" in found.why

    def test_an_empty_record_shows_nothing(self, coordinator):
        item = item_of(make_case(by=coordinator), coordinator)
        assert prospective_of(item).value is None
        item.case.assessment = None

        found = prospective_of(item)

        assert found.value is None
        assert "does not say" in found.why

    def test_without_a_referral_the_day_counts_on_which_it_was_opened(self, coordinator):
        item = item_of(make_case(by=coordinator), coordinator)
        treatments.add(case=item.case, type="SSA", start=timezone.localdate(), by=coordinator)

        found = prospective_of(item)

        assert found.value is False
        assert "after the case was opened" in found.why
