"""The lesions of a case as courses, and in how many queries they are read."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Lesion, LesionSheet, Measurement, Study
from cases.selectors.lesions import lesions_of, lesions_of_each
from cases.services import facts, results, treatments
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import FIRST, make_course, make_lesion, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def responses(record):
    return [reading.visit.recist.response for reading in record.readings]


def test_a_case_without_lesions_has_no_reading(case):
    record = lesions_of(case)
    assert (record.lesions, record.studies, record.readings) == ([], [], [])


def test_a_course_is_read_from_the_record(case, coordinator):
    lesion, studies = make_course(case, 40, 28, 34, by=coordinator)
    make_study(case=case, by=coordinator, modality="MRI")
    record = lesions_of(case)
    assert record.studies == studies
    assert responses(record) == [None, "PR", "PD"]
    assert record.of(lesion, studies[1]).longest_mm == 28
    assert [row.study_id for row in record.on(studies[2])] == [studies[2].pk]
    assert record.labels == {str(lesion.pk): "L1"}


def test_a_study_begins_another_course_where_a_person_says_so(case, coordinator):
    _, studies = make_course(case, 40, 60, 42, 54, by=coordinator)
    assert responses(lesions_of(case)) == [None, "PD", "SD", "PD"]
    measure(studies[1], {}, by=coordinator, baseline=True)
    record = lesions_of(case)
    assert responses(record) == [None, "PD", "PR", "PD"]
    assert record.readings[1].starts.is_baseline
    assert [reading.baseline for reading in record.readings] == [
        *studies[:1] * 2,
        *studies[1:2] * 2,
    ]
    measure(studies[0], {}, by=coordinator, baseline=True)
    assert responses(lesions_of(case)) == [None, "PD", "PR", "PD"]


def test_what_was_new_before_a_later_baseline_is_so_no_longer(case, coordinator):
    _, studies = make_course(case, 40, 40, 40, by=coordinator)
    new = make_lesion(case=case, by=coordinator, label="X1", role="new")
    for study in studies[1:]:
        measure(study, {new: 8}, by=coordinator)
    assert responses(lesions_of(case)) == [None, "PD", "PD"]
    measure(studies[1], {}, by=coordinator, baseline=True)
    assert responses(lesions_of(case)) == [None, "PD", "SD"]
    # One that had gone by the baseline and comes back is new again.
    measure(studies[1], {new: "vanished"}, by=coordinator)
    assert responses(lesions_of(case)) == [None, "SD", "PD"]


@pytest.mark.parametrize(("size", "later", "expected"), [(9, 9, "SD"), ("vanished", 8, "PD")])
def test_a_target_too_small_at_a_later_baseline_is_none_of_that_course(
    case, coordinator, size, later, expected
):
    _, studies = make_course(case, 40, 40, 40, by=coordinator)
    small = make_lesion(case=case, by=coordinator, label="L2")
    bone = make_lesion(case=case, by=coordinator, label="B1", site="bone", role="non_target")
    for study, said in zip(studies, (30, size, later), strict=True):
        measure(study, {small: said, bone: "present"}, by=coordinator)
    measure(studies[1], {}, by=coordinator, baseline=True)
    last = lesions_of(case).readings[-1]
    assert last.visit.recist.response == expected
    assert last.course.recist_faults == ()


def test_merged_and_split_lesions_are_read_from_the_record(case, coordinator):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    part = make_lesion(case=case, by=coordinator, label="L1b", split_from=lesion)
    measure(studies[1], {part: 20}, by=coordinator)
    assert lesions_of(case).readings[1].visit.recist.sum_mm == 50
    other = make_lesion(case=case, by=coordinator, label="L2", merged_into=lesion)
    measure(studies[0], {other: 20}, by=coordinator)
    measure(studies[1], {other: "merged"}, by=coordinator)
    assert lesions_of(case).readings[1].visit.recist.sum_mm == 50
    assert lesions_of(case).readings[0].visit.recist.sum_mm == 60


def test_the_result_says_of_new_lesions_and_bleeding_what_the_sheet_does_not(case, coordinator):
    _, studies = make_course(case, 40, 40, by=coordinator, new=None)
    assert responses(lesions_of(case)) == [None, "NE"]
    results.enter(
        study=studies[1],
        outcome="stable",
        new_lesions=False,
        intratumoral_haemorrhage=True,
        by=coordinator,
    )
    record = lesions_of(case)
    assert responses(record) == [None, "SD"]
    assert "W-HAEMORRHAGE" in record.readings[1].course.caveats["recist"]


@pytest.mark.parametrize(
    ("phases", "expected"), [(["late_arterial"], "PR"), (["portal_venous"], "NE")]
)
def test_mrecist_needs_an_arterial_phase(case, coordinator, phases, expected):
    lesion, studies = make_course(case, {"longest_mm": 40, "enhancing_mm": 40}, by=coordinator)
    on = FIRST + datetime.timedelta(days=90)
    study = make_study(case=case, by=coordinator, modality="CT", performed_on=on, phases=phases)
    said = {"longest_mm": 40} | ({"enhancing_mm": 10} if expected == "PR" else {})
    measure(study, {lesion: said}, by=coordinator, new_lesions=False)
    assert studies
    assert lesions_of(case).readings[1].visit.mrecist.response == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"start": FIRST, "ongoing": True}, True),
        ({"start": datetime.date(2030, 1, 1)}, False),
    ],
)
def test_growth_knows_of_treatment_in_between(case, coordinator, given, expected, monkeypatch):
    make_course(case, 40, 42, by=coordinator)
    if given:
        monkeypatch.setattr("cases.services.treatments.date_errors", lambda **_: {})
        treatments.add(case=case, type="SSA", by=coordinator, **given)
    assert lesions_of(case).readings[1].visit.growth.treated is expected


def test_that_nothing_was_given_is_an_answer(case, coordinator):
    make_course(case, 40, 42, by=coordinator)
    facts.answer(case=case, answers={"treatments": []}, by=coordinator)
    assert lesions_of(case).readings[1].visit.growth.treated is False
    month = datetime.timedelta(days=30)
    treatments.add(case=case, type="TACE", start=FIRST - month, by=coordinator)
    assert lesions_of(case).readings[1].visit.growth.treated is False
    treatments.add(case=case, type="TACE", start=FIRST + month, by=coordinator)
    assert lesions_of(case).readings[1].visit.growth.treated is True


def test_cases_do_not_mix(case, coordinator):
    other = make_case(by=coordinator)
    make_course(case, 40, 28, by=coordinator)
    make_course(other, 50, by=coordinator)
    found = lesions_of_each([case.pk, other.pk])
    assert [len(found[one.pk].studies) for one in (case, other)] == [2, 1]
    assert [len(found[one.pk].lesions) for one in (case, other)] == [1, 1]


def many(case, lesion, by, count):
    """Studies with a measurement each, without the services, which assess the case each time."""
    start = FIRST + datetime.timedelta(days=1000)
    made = [
        Study(case=case, modality="CT", performed_on=start + datetime.timedelta(days=number))
        for number in range(count)
    ]
    Study.objects.bulk_create(made)
    Measurement.objects.bulk_create(
        Measurement(case=case, study=study, lesion=lesion, longest_mm=40, entered_by=by)
        for study in made
    )
    LesionSheet.objects.bulk_create(
        LesionSheet(case=case, study=study, new_lesions=False, entered_by=by) for study in made
    )


def test_queries_are_constant_from_5_to_500_studies(case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    counts = []
    for more in (4, 495):
        many(case, lesion, coordinator, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert lesions_of(case).readings
        counts.append(len(queries))
    assert counts == [7, 7]
    assert (Study.objects.count(), Lesion.objects.count()) == (500, 1)
