"""How far cases are prepared, on lists: what went stale since the last write is not ready."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case
from cases.models.case import Preparation
from cases.selectors.preparation import preparation_words, with_preparation
from cases.services import gaps
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago, make_complete_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def listed(case, **given):
    return with_preparation(Case.objects.filter(pk=case.pk), **given).get()


def test_a_ready_case_is_not_ready_once_something_is_too_old(coordinator):
    case = make_complete_case(by=coordinator)
    last = days_ago(7) + datetime.timedelta(weeks=8)
    assert case.preparation_until == last
    for day, expected, gaps_then in (
        (timezone.localdate(), "ready", 0),
        (last, "ready", 0),
        (last + datetime.timedelta(days=1), "not ready", 1),
    ):
        found = listed(case, on=day)
        assert (found.effective_preparation, found.open_gap_count) == (expected, gaps_then)
        assert found.preparation == "ready"


def test_ready_ones_sort_first_then_those_with_accepted_gaps(coordinator):
    bare = make_case(by=coordinator)
    ready, accepted = (make_complete_case(by=coordinator) for _ in range(2))
    stale = make_complete_case(by=coordinator)
    Case.objects.filter(pk=stale.pk).update(preparation_until=days_ago(1))
    Case.objects.filter(pk=accepted.pk).update(preparation=Preparation.READY_WITH_GAPS)
    found = with_preparation(Case.objects.all()).order_by("preparation_rank", "id")
    assert [case.pk for case in found] == [ready.pk, accepted.pk, *sorted([bare.pk, stale.pk])]
    assert [preparation_words(case) for case in found] == [
        "Ready",
        "Ready with accepted gaps",
        "Not ready",
        "Not ready",
    ]


def test_accepted_gaps_are_not_counted(coordinator):
    case = make_case(by=coordinator)
    assert listed(case).open_gap_count == 4
    gaps.accept(case=case, item="ki67", reason="Too little tissue", by=coordinator)
    assert listed(case).open_gap_count == 3
