"""An agenda item as a board sees it, composed from record and assessment."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import AgendaItem, Treatment
from cases.selectors.agendas import items_of
from cases.selectors.briefing import briefing_of, briefings_of
from cases.services import facts, results, studies, treatments
from tests.factories.boards import make_item, make_meeting, sign
from tests.factories.cases import FEASIBLE, STAGING, SURVEILLANCE, UNTREATED, make_case, make_study
from tests.factories.lesions import FIRST, make_course, make_lesion, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

PRRT_LABELS = ("Krenning grade", "Uptake homogeneous", "Earlier PRRT", "Medical therapy failed")
#: Follow-up of treated disease of the liver (SC-05).
FOLLOW_UP = {
    **FEASIBLE,
    "clinical_question": "treatment_followup",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "metastases_known": True,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
}


@pytest.fixture
def brief(coordinator):
    """The briefing of a case, put on a list where it stands on none yet."""

    def make(case):
        case.refresh_from_db()
        item = case.agenda_items.first() or make_item(by=coordinator, case=case)
        return briefing_of(as_read(item))

    return make


def as_read(item):
    """The item with what a briefing reads of it."""
    return AgendaItem.objects.select_related(
        "case__patient", "case__assessment", "meeting__board"
    ).get(pk=item.pk)


class TestStory:
    def test_says_what_the_diagnosis_rests_on(self, brief, coordinator):
        given = {**STAGING, "functional_subtype": "insulinoma", "diagnosis_date": "2020-03-04"}
        story = brief(make_case(by=coordinator, **given)).story
        assert story.diagnosis == (
            "pNET of the tail: confirmed by pathology, neuroendocrine tumor, insulinoma, "
            "diagnosed 4 Mar 2020"
        )

    def test_keeps_abbreviations_as_they_are_written(self, brief, coordinator):
        given = {**STAGING, "functional_subtype": "vipoma", "hereditary_syndrome": "MEN1"}
        story = brief(make_case(by=coordinator, **given)).story
        assert story.diagnosis.endswith("VIPoma, MEN1")

    def test_says_what_is_not_known(self, brief, coordinator):
        case = make_case(by=coordinator, clinical_question="distant_staging")
        story = brief(case).story
        assert "basis of the diagnosis unknown" in story.diagnosis
        assert story.treatments == "None recorded"
        assert story.now == "No study recorded."

    def test_tells_treatments_in_order_the_undated_last(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        day = datetime.date
        treatments.add(case=case, type="PRRT", by=coordinator)
        treatments.add(case=case, type="TACE", start=day(2024, 3, 1), by=coordinator)
        treatments.add(
            case=case,
            type="SSA",
            agent="lanreotide",
            target="liver",
            start=day(2021, 3, 1),
            end=day(2023, 1, 1),
            by=coordinator,
        )
        assert brief(case).story.treatments == (
            "Somatostatin analog (lanreotide, liver), from 1 Mar 2021 to 1 Jan 2023; "
            "Chemoembolization (TACE), 1 Mar 2024; "
            "Peptide receptor radionuclide therapy (PRRT), dates unknown"
        )

    def test_none_given_is_an_answer(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        facts.answer(case=case, answers={"treatments": []}, by=coordinator)
        assert brief(case).story.treatments == "None given"

    def test_says_where_the_case_stands(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        make_study(case=case, by=coordinator, outcome="positive")
        assert brief(case).story.now == (
            "MRI of 12 Jan 2026: positive. After the result: Positive for distant disease."
        )

    def test_says_what_is_still_open(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        make_study(case=case, by=coordinator)
        assert brief(case).story.now == "MRI of 12 Jan 2026: no result yet."
        studies.add(case=case, modality="CT", ordered_on=datetime.date(2026, 3, 1), by=coordinator)
        assert brief(case).story.now == "CT ordered 1 Mar 2026, not performed yet."

    def test_says_where_the_guidance_goes_no_further(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        make_study(case=case, by=coordinator, outcome="stable")
        assert "The staging article goes on from" in brief(case).story.now


class TestKeyNumbers:
    def test_grade_and_stage_name_what_they_are_given_by(self, brief, coordinator):
        given = {**STAGING, "ki67_percent": 8, "distant_metastasis": True}
        numbers = {n.label: n for n in brief(make_case(by=coordinator, **given)).key_numbers}
        assert numbers["Grade"].value == "G2 (WHO 2022)"
        assert numbers["Stage"].value.endswith("stage IV (ENETS)")
        assert not numbers["Liver burden"].is_known

    def test_a_stage_may_be_unknown(self, brief, coordinator):
        case = make_case(by=coordinator, clinical_question="distant_staging")
        assert brief(case).key_numbers[1].value == "unknown"
        assert not brief(case).key_numbers[1].is_known

    @pytest.mark.parametrize("question", ["PRRT?", "Resect the primary?"])
    def test_what_decides_on_prrt_stands_there_where_it_is_in_play(
        self, question, brief, coordinator
    ):
        case = make_case(by=coordinator, **STAGING, krenning_grade=3, prior_prrt=False)
        make_item(by=coordinator, case=case, question=question)
        numbers = {n.label: n for n in brief(case).key_numbers}
        asked = [label for label in numbers if label in PRRT_LABELS]
        assert asked == (list(PRRT_LABELS) if "PRRT" in question else [])
        if asked:
            assert numbers["Krenning grade"].value == "3"
            assert numbers["Earlier PRRT"].value == "No"
            assert numbers["Uptake homogeneous"].value == "unknown"
            assert not numbers["Uptake homogeneous"].is_known


class TestImaging:
    def test_the_newest_two_stand_side_by_side_with_their_sums(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        _, made = make_course(case, 40, 36, 52, by=coordinator)
        for study, outcome in zip(made, ("stable", "stable", "progression"), strict=True):
            results.enter(study=study, outcome=outcome, by=coordinator)
        imaging = brief(case).imaging
        assert [(heading, one.outcome) for heading, one in imaging.columns] == [
            ("Current", "Progression"),
            ("Previous", "Stable"),
        ]
        assert (imaging.current.sum_mm, imaging.previous.sum_mm) == ("52", "36")
        assert imaging.percent == "+44.4 %"
        assert imaging.current.response == "progression"
        assert imaging.current.change == "+44.4 % from smallest, +30 % from baseline"
        assert imaging.has_sums
        assert imaging.earlier_count == 1

    def test_sums_of_two_courses_are_compared_from_the_new_baseline_on(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        lesion = make_lesion(case=case, by=coordinator)
        made = []
        for number, (size, sheet) in enumerate(
            ((40, {}), (50, {"baseline": True, "new_lesions": False}), (60, {"new_lesions": False}))
        ):
            on = FIRST + datetime.timedelta(days=100 * number)
            study = make_study(case=case, by=coordinator, modality="CT", performed_on=on)
            measure(study, {lesion: size}, by=coordinator, **sheet)
            made.append(study)
        for study in made[1:]:
            results.enter(study=study, outcome="progression", by=coordinator)
        assert brief(case).imaging.percent == "+20 %"
        results.enter(study=made[0], outcome="stable", by=coordinator)
        assert brief(case).imaging.percent == "+20 %"

    def test_another_course_in_between_gives_no_change(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        lesion = make_lesion(case=case, by=coordinator)
        made = []
        for number, sheet in enumerate(
            ({}, {"baseline": True, "new_lesions": False}, {"new_lesions": False})
        ):
            on = FIRST + datetime.timedelta(days=100 * number)
            study = make_study(case=case, by=coordinator, modality="CT", performed_on=on)
            measure(study, {lesion: 40 + 10 * number}, by=coordinator, **sheet)
            made.append(study)
        for study, outcome in ((made[0], "stable"), (made[2], "progression")):
            results.enter(study=study, outcome=outcome, by=coordinator)
        assert brief(case).imaging.percent == ""

    def test_a_study_without_a_sum_gives_no_change(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        _, made = make_course(case, 40, "not_evaluable", by=coordinator)
        for study in made:
            results.enter(study=study, outcome="stable", by=coordinator)
        imaging = brief(case).imaging
        assert imaging.percent == ""
        assert imaging.current.sum_mm == ""

    def test_studies_without_lesions_are_compared_all_the_same(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        for month in (1, 2):
            on = datetime.date(2026, month, 1)
            make_study(case=case, by=coordinator, performed_on=on, outcome="stable")
        imaging = brief(case).imaging
        assert imaging.percent == ""
        assert not imaging.has_sums
        assert imaging.earlier_count == 0

    def test_what_waits_for_its_result_is_named_and_of_many_the_newest(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        for month in range(1, 6):
            make_study(case=case, by=coordinator, performed_on=datetime.date(2026, month, 1))
        imaging = brief(case).imaging
        assert [one.date for one in imaging.waiting] == ["1 May 2026", "1 Apr 2026", "1 Mar 2026"]
        assert imaging.more_waiting == 2
        assert imaging.current is None


class TestResultsAhead:
    def test_every_result_is_listed_and_the_one_in_play_first(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        make_study(case=case, by=coordinator, outcome="progression")
        ahead = brief(case).ahead
        assert [one.outcomes for one in ahead] == [
            "Progression",
            "Response",
            "Stable",
            "Indeterminate",
            "Complication",
            "Positive or negative",
        ]
        assert [one.is_in_play for one in ahead] == [True] + [False] * 5
        assert ahead[0].lines[-2].startswith("Options for the board to weigh: ")
        assert ahead[2].interval == "every 3 to 12 months (000 L49, L86; 003 L675-L678)"
        assert "knows no positive or negative one" in ahead[-1].no_path

    def test_without_a_result_none_is_in_play(self, brief, coordinator):
        ahead = brief(make_case(by=coordinator, **STAGING)).ahead
        assert [one.outcomes for one in ahead][:3] == ["Positive", "Negative", "Indeterminate"]
        assert not any(one.is_in_play for one in ahead)

    def test_a_step_that_hangs_on_something_unknown_says_so(self, brief, coordinator):
        ahead = brief(make_case(by=coordinator, **FOLLOW_UP)).ahead
        lines = " ".join(line for one in ahead for line in one.lines)
        assert "Evaluate for PRRT. (if it applies)" in lines

    def test_a_result_without_a_path_is_in_play_too(self, brief, coordinator):
        case = make_case(by=coordinator, **STAGING)
        make_study(case=case, by=coordinator, outcome="progression")
        ahead = brief(case).ahead
        assert ahead[0].is_in_play
        assert "The staging article goes on from" in ahead[0].no_path

    def test_progression_that_is_held_is_in_play(self, brief, coordinator):
        case = make_case(by=coordinator, **FOLLOW_UP)
        treatments.add(
            case=case,
            type="sunitinib",
            start=datetime.date(2025, 9, 1),
            ongoing=True,
            by=coordinator,
        )
        study = make_study(case=case, by=coordinator)
        results.enter(
            study=study,
            outcome="progression",
            new_lesions=False,
            new_enhancement_in_treated_lesion=False,
            size_change="increase",
            attenuation_or_enhancement_change="decrease",
            by=coordinator,
        )
        ahead = brief(case).ahead
        assert (ahead[0].outcomes, ahead[0].is_in_play) == ("Held back", True)

    def test_a_scenario_that_is_not_rated_has_none(self, brief, coordinator):
        assert brief(make_case(by=coordinator, **UNTREATED)).ahead == ()


def test_what_was_signed_stays_as_the_board_saw_it(item, chair, coordinator):
    decision = sign(item, by=chair)
    facts.answer(case=item.case, answers={"ki67_percent": 30}, by=coordinator)
    briefing = briefing_of(as_read(item))
    assert briefing.assessment == decision.assessment
    assert briefing.question == decision.question
    assert briefing.key_numbers[0].value == "G2 (WHO 2022)"
    assert briefing.line.completeness is None
    assert [about for about, _ in briefing.story.lines] == ["Diagnosis", "Treatments", "Now"]
    assert (briefing.item, briefing.edition) == (item, decision.assessment.edition_version)


def test_no_items_no_briefings():
    assert briefings_of([]) == []


def test_a_list_asks_as_often_for_many_cases_and_much_in_them(coordinator):
    meeting = make_meeting(by=coordinator)
    counts = []
    for number in (1, 3):
        for _ in range(number):
            case = make_case(by=coordinator, **SURVEILLANCE)
            for _ in range(number):
                Treatment.objects.create(case=case, type="SSA")
            make_course(case, *range(30, 30 + 2 * number, 2), by=coordinator)
            make_item(by=coordinator, meeting=meeting, case=case)
        with CaptureQueriesContext(connection) as captured:
            briefings_of(items_of(meeting))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.fixture
def item(coordinator):
    """A case on a list."""
    return make_item(by=coordinator, question="Resect or treat?")
