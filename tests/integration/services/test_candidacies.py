"""Why a case asks for the board, kept in step with its record."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, Task
from cases.models.agenda_item import ListingReason
from cases.models.conclusion import Recommended
from cases.models.protocol_audit import Verdict
from cases.models.task import TaskState
from cases.services import candidacies, cases, protocol_audits, results, tasks
from cases.services.candidacy_weights import GUIDANCE as GUIDANCE_WEIGHTS
from cases.services.facts import answer
from tests.factories.boards import draft, make_asking_case, make_item, sign
from tests.factories.cases import FEASIBLE, SURVEILLANCE, make_case, make_study
from tests.factories.completeness import days_ago, make_complete_case, make_surveillance_ct
from tests.factories.standards import make_standard, sign_by_protocol
from tumorboard.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

GUIDANCE, RESULT, OVERDUE = ListingReason.GUIDANCE, ListingReason.RESULT, ListingReason.OVERDUE
REDISCUSSION, REFERRAL = ListingReason.REDISCUSSION, ListingReason.REFERRAL


def reasons(case):
    return {row.reason: row for row in Candidacy.objects.filter(case=case)}


def begun(case):
    return {name for name, row in reasons(case).items() if row.begins_on <= timezone.localdate()}


def in_days(days):
    return timezone.localdate() + datetime.timedelta(days=days)


class TestGuidance:
    def test_asks_with_the_reasons_and_their_codes(self, coordinator):
        case = make_asking_case(by=coordinator)

        row = reasons(case)[GUIDANCE]

        said = case.assessment.answer["board_reasons"][0]
        assert row.detail.startswith(f"Yes: {said['text']} ({said['code']})")
        assert (row.weight, row.begins_on) == (20, timezone.localdate())

    def test_consider_weighs_less(self, coordinator):
        given = {**FEASIBLE, "clinical_question": "hereditary_screening"}
        case = make_case(by=coordinator, **given)

        assert case.board_level == "consider"
        assert reasons(case)[GUIDANCE].weight == 10

    def test_waits_since_it_first_asked(self, coordinator):
        case = make_asking_case(by=coordinator)
        first = case.assessments.filter(board_level="yes").earliest("made_at")
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        later = Assessment.objects.get(pk=case.assessment_id)
        later.pk, later.made_at, later._state.adding = None, tomorrow, True
        later.save()
        case.assessment = later

        candidacies.refresh(case=case)

        assert reasons(case)[GUIDANCE].begins_on == timezone.localtime(first.made_at).date()

    def test_waits_anew_after_a_decision(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)
        case = Case.objects.get(pk=item.case_id)
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        later = Assessment.objects.get(pk=case.assessment_id)
        later.pk, later.made_at, later._state.adding = None, tomorrow, True
        later.save()
        case.assessment, case.readiness = later, "needs a decision"

        candidacies.refresh(case=case)

        assert reasons(case)[GUIDANCE].begins_on == timezone.localtime(tomorrow).date()

    def test_does_not_ask_where_the_guidance_does_not(self, coordinator):
        assert GUIDANCE not in reasons(make_case(by=coordinator))

    def test_long_reasons_are_cut(self, coordinator):
        case = make_asking_case(by=coordinator)
        case.assessment.answer["board_reasons"] = [{"text": "x" * 400, "code": "E-01"}]

        candidacies.refresh(case=case)

        assert len(reasons(case)[GUIDANCE].detail) == 300
        assert reasons(case)[GUIDANCE].detail.endswith("…")

    def test_a_level_without_a_reason_stands_alone(self, coordinator):
        case = make_asking_case(by=coordinator)
        case.assessment.answer["board_reasons"] = []

        candidacies.refresh(case=case)

        assert reasons(case)[GUIDANCE].detail == "Yes"


class TestSettled:
    def test_a_decided_case_with_nothing_new_asks_for_nothing(self, coordinator, chair):
        item = make_item(by=coordinator)
        draft(item, by=coordinator, recommendations=[Recommended("other", text="Tell them")])
        sign(item, by=chair)

        assert begun(item.case) == set()

    def test_a_new_fact_brings_the_guidance_back_but_not_the_old_result(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        answer(case=item.case, answers={"primary_size_mm": 20}, by=coordinator)

        assert begun(item.case) == {GUIDANCE}

    def test_a_new_result_asks(self, coordinator, chair):
        item = make_item(by=coordinator)
        sign(item, by=chair)

        make_study(
            case=item.case, by=coordinator, outcome="negative", performed_on=timezone.localdate()
        )

        assert RESULT in begun(item.case)


class TestResult:
    @pytest.mark.parametrize(
        ("outcome", "weight"), [("progression", 40), ("complication", 40), ("indeterminate", 25)]
    )
    def test_weighs_by_what_it_said(self, coordinator, outcome, weight):
        case = make_case(by=coordinator)
        make_study(case=case, by=coordinator, outcome=outcome)

        row = reasons(case)[RESULT]

        assert row.weight == weight
        assert row.detail.endswith("MRI of 12 Jan 2026")
        assert row.begins_on == timezone.localdate()

    @pytest.mark.parametrize("outcome", ["negative", "stable", "response"])
    def test_what_was_expected_weighs_less_than_what_may_be_considered(self, coordinator, outcome):
        case = make_case(by=coordinator)
        make_study(case=case, by=coordinator, outcome=outcome)

        row = reasons(case)[RESULT]

        assert case.board_level == "no"
        assert row.weight == 5 < GUIDANCE_WEIGHTS["consider"]
        assert row.detail.endswith("12 Jan 2026; the guidance gives no reason for the board")

    def test_what_was_expected_weighs_as_before_where_the_guidance_asks(self, coordinator):
        case = make_case(by=coordinator, **FEASIBLE, clinical_question="hereditary_screening")
        make_study(case=case, by=coordinator, outcome="negative")

        row = reasons(case)[RESULT]

        assert row.weight == 15
        assert row.detail.endswith("MRI of 12 Jan 2026")

    def test_of_several_the_newest_study_counts(self, coordinator):
        case = make_case(by=coordinator)
        make_study(case=case, by=coordinator, outcome="progression", performed_on=days_ago(90))
        make_study(case=case, by=coordinator, outcome="response", performed_on=days_ago(3))

        assert reasons(case)[RESULT].detail.startswith("Response")

    def test_a_corrected_result_changes_its_row(self, coordinator):
        case = make_case(by=coordinator)
        study = make_study(case=case, by=coordinator, outcome="stable")
        before = reasons(case)[RESULT].pk

        results.change(result=study.results.get(), outcome="progression", by=coordinator)

        assert reasons(case)[RESULT].weight == 40
        assert reasons(case)[RESULT].pk == before


class TestWindow:
    """SC-03 without a sign of recurrence, G1: the rules differ, none is averaged."""

    def _case(self, coordinator, performed_on, **given):
        case = make_case(by=coordinator, **{**SURVEILLANCE, **given})
        make_surveillance_ct(case=case, by=coordinator, performed_on=performed_on)
        return case

    def test_asks_only_once_the_last_month_has_passed(self, coordinator):
        case = self._case(coordinator, days_ago(7), stage_class="early")

        row = reasons(case)[OVERDUE]

        assert row.begins_on > timezone.localdate()
        assert OVERDUE not in begun(case)
        assert "the latest of the rules shown" in row.detail
        assert "FU-" in row.detail

    def test_by_the_policy_that_was_chosen(self, coordinator):
        case = self._case(coordinator, datetime.date(2026, 1, 12), ki67_percent=10)
        answer(case=case, answers={"followup_policy": "FU-02"}, by=coordinator)

        row = reasons(case)[OVERDUE]

        assert row.begins_on == datetime.date(2026, 4, 13)
        assert row.detail.startswith("No imaging since 12 Jan 2026; due by 12 Apr 2026 (FU-02, ")
        assert row.detail.endswith("the policy chosen)")

    def test_a_newer_study_ends_it(self, coordinator):
        case = self._case(coordinator, datetime.date(2026, 1, 12), ki67_percent=10)
        assert OVERDUE in reasons(case)

        make_study(case=case, by=coordinator, modality="CT", performed_on=days_ago(1))

        assert OVERDUE not in reasons(case)

    def test_what_the_board_decided_late_is_not_late_again(self, coordinator, chair):
        case = self._case(coordinator, datetime.date(2025, 1, 12), ki67_percent=10)
        assert OVERDUE in begun(case)
        item = make_item(by=coordinator, case=case)
        draft(item, by=coordinator, recommendations=[Recommended("rediscussion", text="Later")])

        sign(item, by=chair)

        assert OVERDUE not in reasons(case)


def signed_with(coordinator, chair, *recommendations):
    item = make_item(by=coordinator)
    draft(item, by=coordinator, recommendations=recommendations)
    sign(item, by=chair)
    return item.case


class TestTasks:
    def test_asks_the_day_after_it_was_due(self, coordinator, chair):
        due = in_days(10)
        case = signed_with(
            coordinator, chair, Recommended("referral", text="Nuclear medicine", due_on=due)
        )
        task = Task.objects.get(case=case)

        row = reasons(case)[OVERDUE]

        assert row.begins_on == due + datetime.timedelta(days=1)
        assert row.detail.startswith("Referral was due on ")
        assert row.detail.endswith(task.text)

    def test_what_is_done_is_not_overdue(self, coordinator, chair):
        case = signed_with(coordinator, chair, Recommended("referral", text="Nuclear medicine"))

        tasks.complete(task=Task.objects.get(case=case), on=timezone.localdate(), by=coordinator)

        assert reasons(case) == {}

    def test_rediscussion_asks_a_fortnight_ahead(self, coordinator, chair):
        due = in_days(60)
        case = signed_with(
            coordinator, chair, Recommended("rediscussion", text="In two months", due_on=due)
        )

        row = reasons(case)[REDISCUSSION]

        assert row.begins_on == due - datetime.timedelta(days=14)
        assert row.detail.startswith("Asked for ")
        assert OVERDUE not in reasons(case)

    def test_rediscussion_asks_at_once_when_the_imaging_has_its_result(self, coordinator, chair):
        case = signed_with(
            coordinator,
            chair,
            Recommended("rediscussion", text="With the scan", due_on=in_days(60)),
            Recommended("imaging", "PET_DOTATATE", due_on=in_days(30)),
        )
        assert begun(case) == set()
        task = Task.objects.get(case=case, kind="imaging")

        tasks.result(task=task, on=timezone.localdate(), by=coordinator)

        row = reasons(case)[REDISCUSSION]
        assert row.begins_on == timezone.localdate()
        assert row.detail.endswith("the imaging asked for has a result")

    def test_a_late_result_does_not_put_rediscussion_off(self, coordinator, chair):
        case = signed_with(
            coordinator,
            chair,
            Recommended("rediscussion", text="With the scan", due_on=in_days(3)),
            Recommended("imaging", "PET_DOTATATE", due_on=in_days(30)),
        )
        Task.objects.filter(case=case, kind="imaging").update(
            state=TaskState.RESULTED, done_on=timezone.localdate(), resulted_on=timezone.localdate()
        )

        candidacies.refresh(case=Case.objects.get(pk=case.pk))

        assert reasons(case)[REDISCUSSION].begins_on == in_days(-11)


class TestAudit:
    def test_what_should_have_been_discussed_asks(self, coordinator, chair):
        decision = sign_by_protocol(by=chair, standard=make_standard(by=chair))
        assert begun(decision.case) == set()

        protocol_audits.review(
            audit=decision.audits.get(), verdict=Verdict.DISCUSS, note="No", by=coordinator
        )

        assert "should have been discussed" in reasons(decision.case)[REDISCUSSION].detail
        assert REDISCUSSION in begun(decision.case)


class TestReferral:
    def test_counts_from_the_day_of_the_referral(self, coordinator):
        case = make_case(by=coordinator)
        assert REFERRAL not in reasons(case)

        cases.change(case=case, referred_on=days_ago(9), by=coordinator)

        assert reasons(case)[REFERRAL].begins_on == days_ago(9)
        assert "Referred on" in reasons(case)[REFERRAL].detail

    def test_a_question_waits_since_it_was_first_seen(self, coordinator):
        case = make_case(by=coordinator)
        cases.change(case=case, board_question="Resect?", by=coordinator)
        assert reasons(case)[REFERRAL].begins_on == timezone.localdate()
        Candidacy.objects.filter(case=case).update(begins_on=days_ago(5))

        cases.change(case=case, board_question="Resect or treat?", by=coordinator)

        assert reasons(case)[REFERRAL].begins_on == days_ago(5)

    def test_not_once_a_board_decided(self, coordinator, chair):
        item = make_item(by=coordinator)
        cases.change(case=item.case, referred_on=days_ago(9), by=coordinator)

        sign(item, by=chair)

        assert REFERRAL not in reasons(item.case)


class TestRows:
    def test_nothing_is_written_where_nothing_changed(self, coordinator):
        case = make_complete_case(by=coordinator)
        before = {name: row.pk for name, row in reasons(case).items()}

        candidacies.refresh(case=case)

        assert {name: row.pk for name, row in reasons(case).items()} == before

    def test_what_asks_no_longer_goes(self, coordinator):
        case = make_case(by=coordinator)
        cases.change(case=case, board_question="Resect?", by=coordinator)

        cases.change(case=case, board_question="", by=coordinator)

        assert reasons(case) == {}

    def test_a_case_that_was_never_assessed_has_none(self, coordinator):
        case = make_case(by=coordinator)
        case.assessment = None
        Candidacy.objects.filter(case=case).delete()

        candidacies.refresh(case=case)

        assert reasons(case) == {}


class TestWalk:
    def test_fills_all_cases_and_asks_for_the_rest(self, coordinator, monkeypatch):
        monkeypatch.setattr(candidacies, "CHUNK", 2)
        all_cases = [make_asking_case(by=coordinator) for _ in range(3)]
        Candidacy.objects.all().delete()

        payload = {}
        for _ in range(2):
            candidacies.refresh_next(payload)
            asked = OutboxMessage.objects.filter(topic=candidacies.TOPIC).first()
            payload = asked.payload

        assert all(GUIDANCE in reasons(case) for case in all_cases)
        assert OutboxMessage.objects.filter(topic=candidacies.TOPIC).count() == 1
