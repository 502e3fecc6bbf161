"""What stands beside an answer: local words, acknowledgments, acceptance."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import (
    Annotations,
    annotations_of,
    annotations_of_each,
    annotations_of_signed,
    from_json,
)
from cases.selectors.cases import one
from cases.selectors.guidance_words import Guidance
from cases.selectors.local_words import local_words
from cases.services import acknowledgments, facts
from guidance.editions import local_notes, local_studies
from tests.factories.cases import FEASIBLE, STAGING, SURVEILLANCE, UNTREATED, make_case, make_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=100)
#: Follow-up of treated, liver-dominant disease (SC-05).
FOLLOWED = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
}


@pytest.fixture
def note(administrator):
    """Adds a local note."""

    def add(subject, text="Ask the desk", low=None, high=None, reason="Board of May"):
        return local_notes.add(
            subject=subject,
            text=text,
            low_months=low,
            high_months=high,
            reason=reason,
            review_on=LATER,
            by=administrator,
        )

    return add


@pytest.fixture
def lacking(administrator):
    def mark(procedure):
        return local_studies.mark_unavailable(
            procedure=procedure, reason="No scanner", review_on=LATER, by=administrator
        )

    return mark


@pytest.fixture
def shown(coordinator):
    """The guidance of a new case with these facts, with what stands beside it."""

    def read(outcome="", **given):
        case = make_case(by=coordinator, **given)
        if outcome:
            make_study(case=case, by=coordinator, modality="CT", outcome=outcome)
        case = one(case.pk)
        return Guidance(case.assessment, annotations_of(case, case.assessment))

    return read


def texts(words):
    return [word.text for word in words]


class TestLocalWords:
    def test_name_the_institution_who_said_so_since_when_and_until_when(self, note, shown):
        note("scenario:SC-01:")

        (word,) = shown(**STAGING).local_on_scenario
        assert word.lead == "Local policy of North Hospital"
        assert (word.text, word.reason) == ("Ask the desk", "Board of May.")
        today, later = (f"{d.day} {d:%b %Y}" for d in (TODAY, LATER))
        assert word.byline == f"By Ada Admin on {today}, review by {later}."
        assert not word.is_overdue
        assert word.sentence == (
            "Local policy of North Hospital: Ask the desk Reason: Board of May. " + word.byline
        )

    def test_stand_beside_a_branch_and_an_interval_rule(self, note, shown):
        note("branch::B-03-NEG", text="", low=6, high=9)
        note("interval::FU-01", text="As agreed", low=6, high=6)

        guidance = shown("negative", **SURVEILLANCE, stage_class="early")
        assert texts(guidance.local_on_branch) == ["Interval 6 to 9 months."]
        by_rule = {rule.rule: texts(rule.local) for rule in guidance.intervals}
        assert by_rule.pop("FU-01") == ["Interval 6 months. As agreed"]
        assert not any(by_rule.values())

    def test_leave_the_sources_interval_as_it_is(self, note, shown):
        before = shown("negative", **SURVEILLANCE, stage_class="early")
        note("interval::FU-01", low=1, high=1)
        after = shown("negative", **SURVEILLANCE, stage_class="early")
        assert after.interval == before.interval
        assert after.answer == before.answer

    def test_stand_beside_a_study_and_leave_its_rating(self, note, lacking, shown):
        before = shown(**STAGING)
        lacking("MRI_AP_WWO")
        lacking("CT_AP_W")
        note("study:SC-01:CT_AP_W", text="Only at night")
        note("study:SC-03:CT_AP_W", text="In surveillance")
        after = shown(**STAGING)

        # The patient's own answers say that MRI is available.
        assert after.recommended.name == before.recommended.name
        assert texts(after.recommended.local) == ["Not available here."]
        first, *others = after.alternatives
        assert texts(first.local) == ["Not available here.", "Only at night"]
        assert [s.rating for s in after.alternatives] == [s.rating for s in before.alternatives]
        assert after.has_local_alternatives
        assert not before.has_local_alternatives
        assert not any(study.local for study in others)

    def test_stand_beside_a_study_that_is_not_offered(self, lacking, shown):
        lacking("EUS")
        guidance = shown(**STAGING)
        assert [study.name for study in guidance.local_elsewhere] == ["Endoscopic ultrasound"]

    def test_stand_beside_the_one_study_known_of_a_scenario_without_ratings(self, lacking, shown):
        lacking("MRI_AP_WWO")
        guidance = shown(**UNTREATED)
        assert texts(guidance.local_on_headline) == ["Not available here."]
        assert shown(**STAGING).local_on_headline == ()

    def test_stand_beside_a_check(self, note, shown):
        note("check::W-CHEST")
        (check,) = [c for c in shown(**STAGING).checks if c.code == "W-CHEST"]
        assert texts(check.local) == ["Ask the desk"]

    def test_stand_nowhere_else(self, note, shown):
        for subject in ("scenario:SC-03:", "check::W-NEC", "branch::B-05-STAB", "interval::FU-05"):
            note(subject)
        assert shown(**STAGING).local == []

    def test_all_are_listed_with_what_they_stand_beside(self, note, lacking, shown):
        lacking("MRI_AP_WWO")
        for subject in ("scenario:SC-03:", "check::W-MARKER-MISSING", "branch::B-03-NEG"):
            note(subject)
        note("interval::FU-02")
        given = {**SURVEILLANCE, "cga_trend": "not_measured"}
        guidance = shown("negative", **given)
        assert [beside for beside, _ in guidance.local] == [
            "MRI abdomen and pelvis without and with IV contrast",
            "Surveillance after complete resection",
            "Check W-MARKER-MISSING",
            "After the result",
            "Interval by FU-02",
        ]

    def test_are_overdue_after_their_day(self, note):
        note("scenario:SC-01:", reason="Why not?")
        (word,) = local_words(on=LATER + datetime.timedelta(days=1))
        assert word.is_overdue
        assert word.reason == "Why not?"
        assert word.sentence.endswith("The review is overdue.")


class TestChecks:
    def test_say_whether_they_are_acknowledged(self, coordinator, shown):
        case = one(make_case(by=coordinator, **STAGING, bone_pain=True).pk)
        acknowledgments.acknowledge(
            case=case,
            code="W-BONE",
            assessment_id=case.assessment_id,
            reason="done_elsewhere",
            text="In town.",
            by=coordinator,
        )
        facts.answer(case=case, answers={"renal_impairment_significant": True}, by=coordinator)
        case = one(case.pk)
        answer = AnnotatedAnswer(case.assessment.answer, annotations_of(case, case.assessment))
        by_code = {check.code: check for check in answer.checks}

        assert by_code["W-BONE"].status.startswith("Acknowledged: Done elsewhere: In town. (Cora")
        assert by_code["W-CHEST"].status == "Not acknowledged"
        assert by_code["W-CONTRAST-CROSS"].status == ""
        assert [check.code for check in answer.pressing] == ["W-CHEST", "W-BONE"]
        assert answer.blocking == []

        facts.answer(case=case, answers={"alp_elevated": True}, by=coordinator)
        case = one(case.pk)
        answer = AnnotatedAnswer(case.assessment.answer, annotations_of(case, case.assessment))
        bone = next(check for check in answer.checks if check.code == "W-BONE")
        assert bone.status.startswith(
            "Not acknowledged. Lapsed, as this has changed since (Alkaline phosphatase raised): "
            "Done elsewhere: In town. (Cora"
        )

    def test_of_an_answer_that_kept_nothing_beside_it_are_shown_all_the_same(self, shown):
        answer = AnnotatedAnswer(shown(**STAGING).answer, Annotations())
        assert [check.code for check in answer.checks] == answer.answer["warnings"]
        assert {check.status for check in answer.checks} == {""}
        assert answer.blocking == []
        assert next(iter(answer.checks)).because == ""


class TestAcceptance:
    """X-09: a study that may not be diagnostic is accepted by name before its interval counts."""

    @pytest.fixture
    def case(self, coordinator):
        case = make_case(by=coordinator, **FOLLOWED)
        make_study(
            case=case,
            by=coordinator,
            procedure="MRI_AP_WWO",
            multiphasic=False,
            outcome="stable",
        )
        return one(case.pk)

    @pytest.fixture
    def accept(self, case, coordinator):
        def call(reason):
            acknowledgments.acknowledge(
                case=case,
                code="W-GENERIC-PROTOCOL",
                assessment_id=case.assessment_id,
                reason=reason,
                by=coordinator,
            )

        return call

    @staticmethod
    def answer(case):
        return AnnotatedAnswer(case.assessment.answer, annotations_of(case, case.assessment))

    def test_the_interval_waits(self, case):
        answer = self.answer(case)
        assert [c.code for c in answer.acceptance.waiting_for] == ["W-GENERIC-PROTOCOL"]
        assert answer.acceptance.text
        assert answer.acceptance.source
        assert answer.interval.endswith("; waits for acceptance of W-GENERIC-PROTOCOL")
        assert answer.interval.startswith("every 3 to 12 months (000 L49")

    @pytest.mark.parametrize("reason", ["accepted", "not_feasible", "patient_wish"])
    def test_then_it_counts_and_names_who_accepted(self, case, accept, reason):
        accept(reason)
        answer = self.answer(case)
        assert answer.acceptance.waiting_for == ()
        assert [who.by for who in answer.acceptance.accepted] == ["Cora Coordinator"]
        assert "; accepted by Cora Coordinator (" in answer.interval

    def test_that_data_are_to_be_corrected_accepts_nothing(self, case, accept):
        accept("data_to_be_corrected")
        assert self.answer(case).acceptance.waiting_for
        assert self.answer(case).blocking == []

    def test_nobody_is_waited_for_otherwise(self, shown):
        assert shown(**STAGING).acceptance is None

    def test_an_answer_of_before_waits_for_nobody(self, case):
        answer = {k: v for k, v in case.assessment.answer.items() if k != "acceptance"}
        assert AnnotatedAnswer(answer, Annotations()).acceptance is None

    def test_without_an_interval_there_is_nothing_to_wait_for(self, shown):
        assert shown(**STAGING).interval == ""


class TestKeeping:
    def test_what_was_kept_is_read_back(self, note, lacking, coordinator):
        note("scenario:SC-01:")
        lacking("EUS")
        case = one(make_case(by=coordinator, **STAGING, bone_pain=True).pk)
        for code in ("W-BONE", "W-CHEST"):
            acknowledgments.acknowledge(
                case=case,
                code=code,
                assessment_id=case.assessment_id,
                reason="accepted",
                by=coordinator,
            )
        facts.answer(case=case, answers={"alp_elevated": True}, by=coordinator)
        case = one(case.pk)
        annotations = annotations_of(case, case.assessment)
        assert {bool(s.standing) for s in annotations.states} == {True, False}
        assert any(state.lapsed for state in annotations.states)

        assert from_json(annotations.as_json()) == annotations

    def test_a_decision_of_before_kept_nothing(self):
        assert annotations_of_signed(SimpleNamespace(quoted=None)) == Annotations()


def test_many_cases_take_three_queries(note, lacking, coordinator, django_assert_num_queries):
    note("scenario:SC-01:")
    lacking("EUS")
    cases = [one(make_case(by=coordinator, **STAGING).pk) for _ in range(3)]
    with django_assert_num_queries(3):
        found = annotations_of_each([(case, case.assessment) for case in cases])
    assert {len(found[case.pk].words) for case in cases} == {2}
