"""Opening a restricted record with a reason, below every page."""

from datetime import timedelta

import pytest

from cases.models import BreakGlass, Case
from cases.selectors import break_glass as selectors
from cases.selectors.sight import sight_of
from cases.services import break_glass
from cases.services.errors import Invalid, Refused
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tumorboard.accounts.models import Membership
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import arriving, give_reason
from tumorboard.audit.record import record
from tumorboard.audit.words import words_of
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import current_institution, member_scope

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
    [
        ({"cause": "x"}, "cause"),
        ({"words": " "}, "words"),
        ({"words": "\u200b" * 20}, "words"),
        ({"words": "urgent."}, "words"),
        ({"words": "x" * 401}, "words"),
    ],
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


def test_asked_twice_at_once_it_is_one_opening(glass, case, coordinator):
    """One button closes it, and one review judges it."""
    number = case.patient.record_number
    again = break_glass.open_record(record_number=number, by=coordinator, **REASON)
    assert again == glass
    assert BreakGlass.objects.count() == 1
    assert AuditEntry.objects.filter(action="break_glass.opened").count() == 1


def test_it_ends_with_the_right_to_open(glass, case, coordinator, chair, institution):
    """ASVS v5.0.0-8.3.2: changes of rights hold at once, not after the hour."""
    with member_scope(institution, coordinator.pk):
        assert Case.objects.filter(pk=case.pk).exists()
    # A pathologist reads cases and breaks no glass.
    Membership.objects.filter(user=coordinator).update(role="PATHOLOGIST")
    with member_scope(institution, coordinator.pk) as sight:
        assert not Case.objects.filter(pk=case.pk).exists()
        assert sight.openings == ()


def test_it_opens_nothing_to_a_script(glass, case, coordinator, institution):
    """ASVS v5.0.0-8.3.3: the person has proven who they are at a page, a token has not."""
    with member_scope(institution, coordinator.pk, opened=False) as sight:
        assert not Case.objects.filter(pk=case.pk).exists()
        assert sight.openings == ()


def test_who_may_review_is_told_but_for_the_one_who_opened(case, coordinator, institution):
    add_member(institution, "PRIVACY_OFFICER", email=coordinator.email, name="")
    officer = add_member(institution, "PRIVACY_OFFICER", email="olga@north.example", name="Olga")
    number = case.patient.record_number
    break_glass.open_record(record_number=number, by=coordinator, **REASON)
    (mail,) = OutboxMessage.objects.filter(topic="mail")
    assert mail.payload["to"] == officer.email


def test_where_nobody_can_review_those_who_give_roles_are_told(
    case, coordinator, administrator, institution
):
    """HIPAA 164.308(a)(1)(ii)(D): what happened in the system is reviewed by somebody."""
    add_member(institution, "PRIVACY_OFFICER", email=coordinator.email, name="")
    number = case.patient.record_number
    break_glass.open_record(record_number=number, by=coordinator, **REASON)
    (mail,) = OutboxMessage.objects.filter(topic="mail")
    assert mail.payload["to"] == administrator.email
    assert "Nobody else here may review it" in mail.payload["body"]
    assert "/i/north/people/" in mail.payload["body"]


def test_nothing_of_what_was_done_is_lost_to_the_review(glass, case, coordinator):
    """HIPAA 164.312(b): hundreds of harmless readings hide no export; lists count, and what began
    in time and was noted after the end.
    """
    with arriving(Via.PAGE):
        give_reason(glass.reason)
        for _ in range(210):
            record(action="case.read", subject=case, by=coordinator)
        record(action="case.exported", subject=case, by=coordinator)
        record(action="case.listed", subject=current_institution(), by=coordinator, shown=[case.pk])
        # Not about this patient.
        record(action="board.changed", subject=current_institution(), by=coordinator)
    late = AuditEntry.objects.filter(action="case.exported").first()
    glass.began_at = late.at - timedelta(minutes=61)
    glass.ends_at = late.at - timedelta(seconds=1)
    done = {deed.what: deed.times for deed in selectors.done_while_open(glass)}
    assert done[words_of("case.read")] == 210
    assert done[words_of("case.exported")] == 1
    assert done[words_of("case.listed")] == 1
    assert words_of("board.changed") not in done
