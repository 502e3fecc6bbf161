"""Which study and which result are in play."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Study
from cases.selectors.imaging import imaging_of
from cases.services import results, studies
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def add(case, coordinator):
    def study(**columns):
        return studies.add(case=case, modality="CT", by=coordinator, **columns)

    return study


def test_nothing_is_in_play_without_studies(case):
    imaging = imaging_of(case)
    assert (imaging.current, imaging.result, imaging.performed) == (None, None, [])


def test_an_order_is_in_play_and_shows_nothing(case, add):
    order = add(ordered_on=TODAY)
    imaging = imaging_of(case)
    assert (imaging.current, imaging.result, imaging.performed) == (order, None, [])


def test_a_performed_study_without_a_result_is_still_the_order(case, add, coordinator):
    results.enter(study=add(performed_on=TODAY - DAY), outcome="stable", by=coordinator)
    waiting = add(performed_on=TODAY)
    imaging = imaging_of(case)
    assert (imaging.current, imaging.result) == (waiting, None)
    assert imaging.performed[-1] == waiting


def test_the_newest_by_its_date_is_in_play_however_it_was_entered(case, add, coordinator):
    new = add(ordered_on=TODAY - 9 * DAY, performed_on=TODAY)
    old = add(performed_on=TODAY - DAY)
    results.enter(study=old, outcome="positive", by=coordinator)
    imaging = imaging_of(case)
    assert (imaging.current, list(imaging.earlier)) == (new, [old])
    assert imaging.result is None
    assert imaging.performed == [old, new]


def test_of_one_date_the_one_entered_last_is_in_play(case, add, coordinator):
    scan = add(performed_on=TODAY)
    results.enter(study=scan, outcome="indeterminate", by=coordinator)
    order = add(ordered_on=TODAY)
    assert imaging_of(case).current == order


def test_of_one_moment_the_order_is_settled_all_the_same(case, add):
    first, second = (add(performed_on=TODAY, accession_number=number) for number in "12")
    Study.objects.update(created_at=first.created_at)
    assert imaging_of(case).current == second


def test_another_case_has_its_own_imaging(case, add, coordinator):
    add(performed_on=TODAY)
    assert imaging_of(make_case(by=coordinator)).current is None
