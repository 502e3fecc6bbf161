"""The radiation of all imaging of a case, as a range."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.selectors.cases import one
from cases.selectors.radiation import radiation_of
from tests.factories.cases import STAGING, SURVEILLANCE, UNTREATED, make_case, make_study
from tests.factories.timeline import make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def studied(coordinator):
    """A case with these facts and performed studies, read as a page reads it."""

    def make(facts, *studies):
        case = make_case(by=coordinator, **facts)
        for study in studies:
            make_study(case=case, by=coordinator, **study)
        return one(case.pk)

    return make


CT = {"modality": "CT", "procedure": "CT_AP_W"}
CHEST_CT = {"modality": "CT", "procedure": "CT_CAP_W"}


def test_no_performed_study_no_dose(studied):
    order = {**CT, "performed_on": None, "ordered_on": datetime.date(2026, 1, 1)}
    found = radiation_of(studied(SURVEILLANCE, order))
    assert (found.examinations, found.counted, found.words) == (0, 0, "unknown")


def test_levels_of_the_scenario_add_up_to_a_range(studied):
    found = radiation_of(studied(SURVEILLANCE, CT, CT, CHEST_CT))
    assert found.words == "12 to 50 mSv"
    assert (found.counted, found.examinations) == (3, 3)
    assert found.scenario


def test_the_same_procedure_has_another_level_in_another_scenario(studied):
    assert radiation_of(studied(SURVEILLANCE, CT)).words == "1 to 10 mSv"
    assert radiation_of(studied(STAGING, CT)).words == "1 mSv or more"


def test_a_measured_dose_goes_before_the_level(studied):
    found = radiation_of(studied(SURVEILLANCE, {**CT, "effective_dose_msv": "7.25"}, CT))
    assert found.words == "8.2 to 17.2 mSv"
    assert (found.dose.measured, found.dose.banded) == (1, 1)


def test_only_measured_doses_are_a_sum(studied):
    dose = {**CT, "effective_dose_msv": "7.5"}
    assert radiation_of(studied(SURVEILLANCE, dose, dose)).words == "15 mSv"


def test_what_has_neither_is_named_and_in_no_bound(studied):
    mri = {"modality": "MRI", "procedure": "MRI_AP_WWO"}
    uncoded = {"modality": "PET_FDG"}
    found = radiation_of(studied(SURVEILLANCE, CT, mri, mri, uncoded))
    assert found.words == "1 to 10 mSv"
    assert (found.counted, found.examinations) == (1, 4)
    assert found.left_out == (
        ("FDG PET/CT", 1),
        ("MRI abdomen and pelvis without and with IV contrast", 2),
    )


def test_a_case_in_no_rated_scenario_has_no_levels(studied):
    found = radiation_of(studied(UNTREATED, CT))
    assert (found.words, found.scenario) == ("unknown", "")


def test_one_query_however_many_studies(coordinator):
    small, large = make_case(by=coordinator), make_case(by=coordinator)
    make_story(small, by=coordinator, studies=5)
    make_story(large, by=coordinator, studies=500)
    for case in (small, large):
        read = one(case.pk)
        with CaptureQueriesContext(connection) as captured:
            radiation_of(read)
        assert len(captured) == 1
