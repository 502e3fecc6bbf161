"""Who answered a fact last, and when; of an answer that was taken back too."""

import pghistory
import pytest

from cases.selectors.answering import last_answered
from cases.services import facts
from tests.factories.cases import make_case
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_the_last_answering_of_each_fact(
    institution, coordinator, chair, django_assert_num_queries
):
    with institution_scope(institution):
        case = make_case(by=coordinator, ki67_percent=2, bone_pain=True, rcc_history=True)
        # First: within one transaction the history keeps the person it was told last.
        facts.answer(case=case, answers={"rcc_history": None}, by=chair)
        with pghistory.context(person=str(chair.pk)):
            facts.answer(case=case, answers={"ki67_percent": 3, "bone_pain": None}, by=chair)

        with django_assert_num_queries(3):
            found = last_answered(
                case, ["ki67_percent", "bone_pain", "rcc_history", "alp_elevated"]
            )
        with django_assert_num_queries(1):
            last_answered(case, ["ki67_percent"])

    assert {name: answering.by for name, answering in found.items()} == {
        "ki67_percent": chair.name,
        "bone_pain": chair.name,
        "rcc_history": "",
    }
    assert all(answering.at.tzinfo for answering in found.values())
