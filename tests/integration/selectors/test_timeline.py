"""The story of a case in dated events."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import (
    LabResult,
    LesionSheet,
    Procedure,
    Rereading,
    Result,
    Specimen,
    Treatment,
)
from cases.selectors.timeline import timeline_of, timelines_of
from cases.selectors.timeline_events import Row
from guidance.editions import policies
from tests.factories.boards import make_item, sign
from tests.factories.cases import make_case, make_study
from tests.factories.timeline import make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

DATE = datetime.date
UNTIL = DATE(2026, 6, 1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def treated(case, **columns):
    Treatment.objects.create(case=case, **columns)
    return timeline_of(case, on=UNTIL).bands[0]


def test_a_case_without_rows_has_no_events(case):
    timeline = timeline_of(case)
    assert timeline.is_empty
    assert timeline.dates == []


def test_a_treatment_with_everything_that_is_known_of_it(case):
    band = treated(
        case,
        type="PRRT",
        agent="177Lu-DOTATATE",
        line=3,
        intent="disease_control",
        target="liver",
        cycles=4,
        activity_gbq="29.6",
        best_response="PR",
        stop_reason="completed",
        start=DATE(2024, 1, 1),
        end=DATE(2024, 8, 1),
    )
    assert band.label.startswith("Line 3: ")
    assert band.label.endswith("(177Lu-DOTATATE), best PR")
    assert (band.start, band.end, band.is_ongoing) == (DATE(2024, 1, 1), DATE(2024, 8, 1), False)
    assert band.details == (
        "line 3",
        "intent: disease control",
        "aimed at: liver",
        "4 cycles",
        "29.6 GBq",
        "best response: partial response",
        "stopped: completed as planned",
    )


def test_one_cycle_is_one(case):
    assert treated(case, type="PRRT", cycles=1).details == ("1 cycle",)


def test_a_resection_is_done_on_the_day_it_begins_and_says_its_margin(case):
    band = treated(case, type="surgery_liver", start=DATE(2024, 1, 1), margin="R1")
    assert band.end == DATE(2024, 1, 1)
    assert band.details == ("margin R1, microscopic",)


def test_a_drug_without_an_end_has_an_unknown_one(case):
    band = treated(case, type="everolimus", start=DATE(2024, 1, 1))
    assert (band.end, band.is_ongoing) == (None, False)


def test_a_drug_that_goes_on_is_ongoing(case):
    assert treated(case, type="SSA", start=DATE(2024, 1, 1), ongoing=True).is_ongoing


def test_a_treatment_of_unknown_date_is_kept_apart(case):
    band = treated(case, type="IFN")
    assert timeline_of(case).undated == (band,)
    assert not timeline_of(case).is_empty


def test_a_drain_stays_until_it_is_removed(case, coordinator):
    columns = {"case": case, "entered_by": coordinator, "done_on": DATE(2025, 1, 1)}
    Procedure.objects.create(kind="biliary_drain", **columns)
    Procedure.objects.create(kind="biliary_stent", removed_on=DATE(2025, 3, 1), **columns)
    Procedure.objects.create(kind="whipple", **columns)
    bands = {band.name: band for band in timeline_of(case).bands}
    drain = bands["Biliary drain"]
    assert (drain.is_ongoing, drain.details) == (True, ("not recorded as removed",))
    assert bands["Biliary stent or prosthesis"].end == DATE(2025, 3, 1)
    whipple = bands["Pancreatoduodenectomy (Whipple)"]
    assert (whipple.start, whipple.end) == (DATE(2025, 1, 1), DATE(2025, 1, 1))


def test_a_specimen_names_its_grade_with_the_edition_and_its_ki67(case, coordinator):
    columns = {"case": case, "entered_by": coordinator, "kind": "biopsy", "site": "liver"}
    Specimen.objects.create(
        taken_on=DATE(2025, 1, 1), grade="G2", who_version="WHO2019", ki67_percent="8.5", **columns
    )
    Specimen.objects.create(taken_on=DATE(2025, 2, 1), **columns)
    graded, bare = sorted(timeline_of(case).points, key=lambda point: point.date)
    assert graded.label == "G2 (WHO 2022), Ki-67 8.5 %"
    assert graded.details == ("G2 (WHO 2022)", "Ki-67 8.5 %", "reported as G2 (WHO 2019)")
    assert graded.name == "Biopsy (core), liver"
    assert bare.label == "Biopsy (core)"
    assert bare.details == ()


def test_a_grade_follows_the_who_edition_of_the_institution(case, coordinator):
    columns = {"case": case, "entered_by": coordinator, "kind": "biopsy", "site": "liver"}
    Specimen.objects.create(
        taken_on=DATE(2025, 1, 1), grade="G2", who_version="WHO2019", ki67_percent="8.5", **columns
    )
    Specimen.objects.create(taken_on=DATE(2025, 2, 1), grade="G3", who_version="WHO2010", **columns)
    policies.choose(who_version="WHO2019", tnm_system="AJCC8", by=coordinator)

    of_the_edition, of_another = sorted(timeline_of(case).points, key=lambda point: point.date)

    assert of_the_edition.details == ("G2 (WHO 2019)", "Ki-67 8.5 %")
    # Nothing was counted, so it can only be told as it was reported.
    assert of_another.details == ("G3 (WHO 2010)",)


def test_studies_with_result_without_and_only_ordered(case, coordinator):
    make_study(case=case, by=coordinator, modality="CT", outcome="progression")
    make_study(case=case, by=coordinator, modality="MRI")
    make_study(
        case=case, by=coordinator, modality="US", performed_on=None, ordered_on=DATE(2026, 2, 1)
    )
    found = {study.modality: study for study in timeline_of(case).studies}
    assert (found["CT"].outcome, found["CT"].is_performed) == ("progression", True)
    assert (found["MRI"].outcome, found["MRI"].is_performed) == ("", True)
    assert (found["US"].date, found["US"].is_performed) == (DATE(2026, 2, 1), False)


def test_the_boards_own_reading_stands_beside_a_result(case, coordinator):
    study = make_study(case=case, by=coordinator, outcome="stable")
    columns = {
        "case": case,
        "study": study,
        "read_on": DATE(2026, 2, 1),
        "read_by": "Dr. Ray",
        "entered_by": coordinator,
    }
    Rereading.objects.create(outcome="stable", agreement="agree", **columns)
    Rereading.objects.create(
        outcome="progression", agreement="major", words="A new focus.", **columns
    )
    (point,) = timeline_of(case).studies
    assert point.outcome == "stable"
    assert sorted(point.details) == [
        "the board's reading agrees",
        "the board's reading: progression (major discrepancy)",
    ]
    Result.objects.update(outcome="response")
    (point,) = timeline_of(case).studies
    assert "the board's reading: stable (agreed with an earlier result)" in point.details


def test_a_signed_decision_stands_once_with_its_question(coordinator, chair):
    item = make_item(by=coordinator, question="PRRT or surgery?")
    decided = sign(item, by=chair)
    timeline = timeline_of(item.case)
    (point,) = [point for point in timeline.points if point.row is Row.DECISION]
    assert point.details == ("PRRT or surgery?",)
    assert point.date == decided.signed_at.date()


def test_markers_are_multiples_of_their_own_limit(case, coordinator):
    columns = {"case": case, "taken_on": DATE(2026, 1, 1), "entered_by": coordinator}
    LabResult.objects.create(
        analyte="chromogranin_a", value=250, unit="ng/mL", upper_limit=100, **columns
    )
    LabResult.objects.create(
        analyte="gastrin", value=5, comparator="<", unit="pg/mL", upper_limit=100, **columns
    )
    LabResult.objects.create(analyte="insulin", value=5, unit="mU/L", **columns)
    LabResult.objects.create(analyte="creatinine", value=1, unit="mg/dL", upper_limit=2, **columns)
    found = {value.marker: value for value in timeline_of(case).markers}
    assert set(found) == {"Chromogranin A", "Gastrin"}
    assert found["Chromogranin A"].multiple == 2.5
    assert found["Chromogranin A"].value.startswith("250 ng/mL, 2.5")
    assert (found["Gastrin"].comparator, found["Gastrin"].multiple) == ("<", 0.05)


def test_sums_of_the_target_diameters(case, coordinator):
    make_story(case, by=coordinator)
    sums = timeline_of(case).sums
    assert [value.sum_mm for value in sums] == [30, 25, 20]
    assert {value.course for value in sums} == {0}
    # Whether there are new lesions was not said.
    assert sums[-1].details == ("RECIST 1.1: NE",)


def test_a_study_without_a_sum_has_no_point_and_another_course_has_sums_of_its_own(
    case, coordinator
):
    make_story(case, by=coordinator)
    _, second, third = case.studies.filter(measurements__isnull=False).order_by("performed_on")
    case.measurements.filter(study=second).update(state="not_evaluable", longest_mm=None)
    assert [value.sum_mm for value in timeline_of(case).sums] == [30, 20]
    LesionSheet.objects.create(case=case, study=third, baseline=True, entered_by=coordinator)
    sums = timeline_of(case).sums
    assert [(value.sum_mm, value.course) for value in sums] == [(30, 0), (20, 0), (20, 1)]


def test_many_cases_at_once_are_kept_apart(case, coordinator):
    other = make_case(by=coordinator)
    make_story(case, by=coordinator)
    found = timelines_of([case, other], on=UNTIL)
    assert found[other.id].is_empty
    assert found[case.id] == timeline_of(case, on=UNTIL)
    assert found[case.id].until == UNTIL


def test_the_number_of_queries_is_the_same_for_500_studies_and_for_many_cases(coordinator):
    small, large = make_case(by=coordinator), make_case(by=coordinator)
    make_story(small, by=coordinator, studies=5)
    make_story(large, by=coordinator, studies=500)

    def queries(read):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            read()
        return len(captured)

    assert len(timeline_of(large).studies) == 500
    assert queries(lambda: timeline_of(small)) == queries(lambda: timeline_of(large))
    assert queries(lambda: timeline_of(small)) == queries(lambda: timelines_of([small, large]))
