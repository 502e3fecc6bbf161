"""What is judged right after a write is what every list reads later."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case, Gap, Study
from cases.selectors.completeness_record import record_beside, records_of
from cases.selectors.facts import record_of
from cases.services import gaps, specimens
from tests.factories.boards import make_item
from tests.factories.cases import make_case
from tests.factories.rich_item import make_rich_item

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def both_ways(case):
    """The record as it is read beside the facts, and as lists read it."""
    case = Case.objects.select_related("assessment", "patient").get(pk=case.pk)
    read = record_of(case, on=timezone.localdate())
    return record_beside(case, case.assessment, read=read), records_of([case])[case.pk]


def test_a_record_beside_its_facts_is_the_one_that_lists_read(coordinator):
    case = make_rich_item(by=coordinator).case
    for taken_on in (datetime.date(2025, 3, 2), datetime.date(2024, 3, 2)):
        specimens.add(case=case, kind="biopsy", site="liver", taken_on=taken_on, by=coordinator)
    # Ordered before others that were performed later, and never performed.
    studies = Study.objects.filter(case=case)
    Study.objects.filter(pk=studies.order_by("performed_on")[2].pk).update(performed_on=None)
    Study.objects.filter(pk=studies.order_by("performed_on")[3].pk).update(report="Unchanged.")
    today = timezone.localdate()
    gap = Gap.objects.filter(case=case, is_accepted=False, begins_on__lte=today).first()
    gaps.ask(case=case, item=gap.item, asked_of="Dr. P", asked_on=today, by=coordinator)

    beside, listed = both_ways(case)

    assert beside == listed
    assert (len(listed.studies), len(listed.specimens), listed.treatments) == (24, 2, 4)
    assert listed.labs
    assert listed.board_id
    assert listed.requests
    needs = frozenset().union(*(row.met for row in listed.studies))
    assert needs == {"report", "result", "measurements", "rereading"}


def test_so_it_is_where_there_is_nothing_but_a_case(coordinator):
    case = make_case(by=coordinator)
    make_item(by=coordinator, case=case)

    beside, listed = both_ways(case)

    assert beside == listed
    assert listed.studies == []
