"""The choices that the guidance leaves to an institution, and what its policy makes of them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from guidance.editions import local_policy, local_studies, policies
from guidance.editions.models import GuidancePolicy
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _scope(institution):
    with institution_scope(institution):
        yield


def choose(by, **changes):
    given = {"who_version": "WHO2019", "tnm_system": "UICC", **changes}
    return policies.choose(by=by, **given)


def test_a_followup_policy_is_chosen_and_dropped_again(administrator):
    assert policies.current().followup_policy == ""
    assert choose(administrator, followup_policy="FU-02").followup_policy == "FU-02"
    assert choose(administrator, followup_policy="").followup_policy == ""


def test_a_choice_that_is_not_asked_for_stays(administrator):
    choose(administrator, followup_policy="FU-02")
    choose(administrator, who_version="WHO2010")
    policy = GuidancePolicy.objects.get()
    assert (policy.who_version, policy.followup_policy) == ("WHO2010", "FU-02")


def test_a_rule_that_there_is_not_is_refused(administrator):
    with pytest.raises(ValidationError) as caught:
        choose(administrator, followup_policy="FU-99")
    assert set(caught.value.message_dict) == {"followup_policy"}
    assert not GuidancePolicy.objects.exists()


def test_what_is_in_force(administrator, django_assert_num_queries):
    later = timezone.localdate() + datetime.timedelta(days=9)
    for procedure in ("PET_FDG", "EUS"):
        local_studies.mark_unavailable(
            procedure=procedure, reason="None here", review_on=later, by=administrator
        )
    choose(administrator, followup_policy="FU-01")

    with django_assert_num_queries(2):
        found = local_policy.in_force()

    assert found.choices.followup_policy == "FU-01"
    assert {fact: s.procedure for fact, s in found.unavailable.items()} == {
        "fdg_pet_available": "PET_FDG"
    }


def test_an_institution_that_said_nothing_has_the_guidances_own_choices():
    found = local_policy.in_force()
    assert (found.choices.who_version, found.unavailable) == ("WHO2022", {})
