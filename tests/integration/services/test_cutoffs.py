"""What is noted at the cut-off of a meeting."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from cases import jobs
from cases.models import AgendaItem, Case, Meeting
from cases.services import cutoffs
from tests.factories.boards import make_item, make_meeting
from tests.factories.people import add_member
from tumorboard.celery import app
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def item(institution, coordinator):
    """A case that was on the list of a meeting at its cut-off, an hour ago."""
    with institution_scope(institution):
        item = make_item(by=coordinator, meeting=make_meeting(by=coordinator))
        now = timezone.now()
        Meeting.objects.update(cutoff_at=now - HOUR)
        AgendaItem.objects.update(listed_at=now - 2 * HOUR)
    return item


def noted(institution, item):
    with institution_scope(institution):
        return AgendaItem.objects.get(pk=item.pk).was_ready_at_cutoff


@pytest.mark.parametrize(
    ("preparation", "was_ready"), [("ready", True), ("ready with gaps", True), ("not ready", False)]
)
def test_each_case_is_noted_as_it_was(institution, item, preparation, was_ready):
    with institution_scope(institution):
        Case.objects.update(preparation=preparation)

    cutoffs.sweep()

    assert noted(institution, item) is was_ready
    with institution_scope(institution):
        assert Meeting.objects.get().cutoff_noted_at is not None


def test_what_went_stale_since_is_not_ready(institution, item):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with institution_scope(institution):
        Case.objects.update(preparation="ready", preparation_until=yesterday)

    cutoffs.sweep()

    assert noted(institution, item) is False


def test_once_only(institution, item):
    cutoffs.sweep()
    with institution_scope(institution):
        stale = Meeting.objects.get()
        Case.objects.update(preparation="ready")
        Meeting.objects.update(place="Elsewhere")

    cutoffs.sweep()
    with institution_scope(institution):
        cutoffs.note(meeting=stale)

    assert noted(institution, item) is False


def test_a_case_that_came_later_is_not_judged(institution, item):
    with institution_scope(institution):
        AgendaItem.objects.update(listed_at=timezone.now())

    cutoffs.sweep()

    assert noted(institution, item) is None


@pytest.mark.parametrize(
    "columns",
    [
        {"cutoff_at": None},
        {"cutoff_at": datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)},
        {"cancelled_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"starts_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
    ],
    ids=["none", "ahead", "canceled", "long over"],
)
def test_not_where_no_cutoff_has_just_passed(institution, item, columns):
    with institution_scope(institution):
        Meeting.objects.update(**columns)

    cutoffs.sweep()

    assert noted(institution, item) is None


def test_in_every_institution(institution, item, other_institution):
    by = add_member(other_institution, "COORDINATOR", email="c@south.example", name="Cleo")
    with institution_scope(other_institution):
        theirs = make_item(by=by)
        now = timezone.now()
        Meeting.objects.update(cutoff_at=now - HOUR)
        AgendaItem.objects.update(listed_at=now - 2 * HOUR)

    cutoffs.sweep()

    assert noted(institution, item) is False
    assert noted(other_institution, theirs) is False


def test_workers_know_the_sweep_that_is_planned():
    assert jobs.cutoffs is cutoffs
    assert settings.CELERY_BEAT_SCHEDULE["meetings.cutoff"]["task"] in app.tasks
