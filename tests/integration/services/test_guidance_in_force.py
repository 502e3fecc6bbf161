"""A decision is signed on the guidance that is in force, not on what a job has not reached yet."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case, Decision
from cases.selectors.cases import one
from cases.services import assessments, reassessments
from cases.services.errors import Refused
from guidance.editions import adoptions, local_studies
from guidance.editions.policies import choose
from tests.factories.boards import make_item, sign
from tests.factories.cases import STAGING, make_case, make_study
from tests.factories.editions import loaded, mri_less_appropriate
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def item(coordinator):
    """A case on a list, with a positive staging study."""
    case = make_case(by=coordinator, **STAGING)
    make_study(case=case, by=coordinator, outcome="positive", multiphasic=True)
    return make_item(by=coordinator, case=one(case.pk))


def another_edition(by):
    adoptions.adopt(edition=loaded("2027.1", mri_less_appropriate), by=by)


def another_who_edition(by):
    choose(who_version="WHO2010", tnm_system="ENETS", by=by)


@pytest.mark.parametrize("change", [another_edition, another_who_edition])
def test_nothing_is_signed_before_the_case_is_assessed_by_it(item, chair, administrator, change):
    assert not assessments.is_outdated(item.case)
    change(administrator)
    assert assessments.is_outdated(item.case)

    with pytest.raises(Refused, match="The guidance in force has changed"):
        sign(item, by=chair)
    assert not Decision.objects.exists()

    renewed = reassessments.renew(case=item.case)
    assert not assessments.is_outdated(one(item.case_id))
    item.refresh_from_db()
    assert sign(item, by=chair).assessment_id == renewed.id


def test_a_case_without_an_assessment_has_none_to_renew(item):
    Case.objects.filter(pk=item.case_id).update(assessment=None)
    bare = Case.objects.get(pk=item.case_id)
    assert not assessments.is_outdated(bare)
    assert reassessments.renew(case=bare) is None


def test_a_new_day_alone_changes_nothing(item, coordinator):
    assessment = item.case.assessment
    renewed = reassessments.renew(case=item.case)
    assert renewed.id == assessment.id
    assert day(renewed.evaluated_on) == day(assessment.evaluated_on)


def test_a_study_marked_unavailable_counts_at_once(chair, administrator, coordinator):
    unasked = {name: value for name, value in STAGING.items() if name != "sstr_pet_available"}
    item = make_item(by=coordinator, case=make_case(by=coordinator, **unasked))
    local_studies.mark_unavailable(
        procedure="PET_DOTATATE",
        reason="No generator.",
        review_on=timezone.localdate() + datetime.timedelta(days=90),
        by=administrator,
    )
    with pytest.raises(Refused, match="in force"):
        sign(item, by=chair)
