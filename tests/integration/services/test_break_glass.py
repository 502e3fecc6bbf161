"""Opening a restricted record with a reason, below every page."""

import pytest

from cases.models import BreakGlass, Case
from cases.selectors import break_glass as selectors
from cases.selectors.sight import sight_of
from cases.services import break_glass
from cases.services.errors import Invalid, Refused
from tests.factories.cases import make_case, make_study
from tests.factories.restrictions import restricted
from tumorboard.tenancy.scope import member_scope

pytestmark = pytest.mark.django_db

REASON = {"cause": "on_call", "words": "Called to the ward."}


@pytest.fixture
def case(scope, coordinator, chair) -> Case:
    case = make_case(by=coordinator)
    make_study(case=case, by=coordinator)
    restricted(case, chair, by=coordinator)
    return case


@pytest.fixture
def glass(case, coordinator) -> BreakGlass:
    number = case.patient.record_number
    opened = break_glass.open_record(record_number=number, by=coordinator, **REASON)
    assert opened is not None
    return opened


def test_it_opens_one_record_and_no_other(case, coordinator, chair, institution):
    """HIPAA 164.312(a)(2)(ii)."""
    other = make_case(by=coordinator)
    restricted(other, chair, by=coordinator)
    number = case.patient.record_number
    break_glass.open_record(record_number=number, by=coordinator, **REASON)
    with member_scope(institution, coordinator.pk) as sight:
        assert list(Case.objects.all()) == [case]
        assert [each.reason for each in sight.openings] == [
            "Break-glass, I am on call for this patient: Called to the ward."
        ]
    assert other.pk in sight_of(coordinator.pk).hidden


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"cause": "x"}, "cause"), ({"words": " "}, "words"), ({"words": "x" * 401}, "words")],
)
def test_a_reason_that_cannot_be_opens_nothing(wrong, field, case, coordinator):
    given = {**REASON, **wrong}
    with pytest.raises(Invalid) as caught:
        break_glass.open_record(record_number=case.patient.record_number, by=coordinator, **given)
    assert list(caught.value.errors) == [field]


def test_a_record_that_is_open_to_all_is_no_restricted_one(scope, coordinator):
    number = make_case(by=coordinator).patient.record_number
    assert break_glass.open_record(record_number=number, by=coordinator, **REASON) is None
    assert break_glass.open_record(record_number="X-1", by=coordinator, **REASON) is None


def test_it_is_closed_once(glass, coordinator):
    ended = break_glass.end(glass=glass, by=coordinator).ends_at
    assert ended < glass.ends_at
    assert break_glass.end(glass=glass, by=coordinator).ends_at == ended


def test_a_review_says_what_and_why_and_stays(glass, coordinator, chair):
    for wrong, field in (
        ({"verdict": "maybe", "words": "So."}, "verdict"),
        ({"verdict": "justified", "words": ""}, "verdict_words"),
    ):
        with pytest.raises(Invalid) as caught:
            break_glass.review(glass=glass, by=chair, **wrong)
        assert list(caught.value.errors) == [field]
    given = {"verdict": "justified", "words": "So it was."}
    with pytest.raises(Refused, match="Somebody else"):
        break_glass.review(glass=glass, by=coordinator, **given)
    assert selectors.waiting_count() == 1
    break_glass.review(glass=glass, by=chair, **given)
    with pytest.raises(Refused, match="already"):
        break_glass.review(glass=glass, by=chair, **given)
    assert selectors.waiting() == []
    assert [each.verdict for each in selectors.reviewed()] == ["justified"]
