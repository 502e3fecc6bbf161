"""What the database leaves out of a search of boards and decisions, and what it must not."""

import datetime

import pytest

from cases.fhir.resources.appointment import MeetingAppointment
from cases.fhir.resources.clinical_impression import DecisionImpression
from cases.fhir.resources.provenance import SignedProvenance
from cases.fhir.resources.service_request import RecommendationRequest
from cases.fhir.resources.task import FollowUpTask
from tests.factories.tasks import PET, PRRT, ago, decided, tasks_of
from tests.integration import once
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("scope")
institution, coordinator = once.institution, once.coordinator


@pytest.fixture(scope="module", autouse=True)
def decision(institution, coordinator):
    """Signed ten days ago."""
    with institution_scope(institution):
        return decided(PET, PRRT, by=coordinator, days_ago=10)


def narrowed(source, name, *values):
    return set(source.narrowings[name](source.rows(), values))


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("ge{before}", True),
        ("lt{before}", False),
        ("gt{after}", False),
        ("le{after}", True),
        ("{day}", True),
        ("{before}", False),
        ("ne{day}", True),
        ("what", True),
    ],
)
def test_decisions_are_narrowed_by_when_they_were_signed(decision, text, is_kept):
    days = {"before": ago(14), "day": ago(10), "after": ago(6)}
    given = text.format(**{name: day.isoformat() for name, day in days.items()})

    assert bool(narrowed(DecisionImpression(), "date", given)) is is_kept


def test_meetings_are_narrowed_by_when_they_begin(decision):
    begins = decision.agenda_item.meeting.starts_at
    year = datetime.timedelta(days=366)

    assert narrowed(MeetingAppointment(), "date", f"{begins.date()}")
    assert not narrowed(MeetingAppointment(), "date", f"ge{(begins + year).year}")
    both = (f"lt{(begins - year).year}", f"{begins.year}")
    assert narrowed(MeetingAppointment(), "date", *both), "any of several will do"


def test_tasks_are_narrowed_by_status_and_by_what_they_carry_out(decision, coordinator):
    first, second = tasks_of(decision)

    assert narrowed(FollowUpTask(), "status", "requested") == {first, second}
    assert narrowed(FollowUpTask(), "status", "completed", "cancelled") == set()
    assert narrowed(FollowUpTask(), "based-on", f"ServiceRequest/{first.pk}") == {first}
    assert narrowed(FollowUpTask(), "owner", f"Practitioner/{coordinator.pk}")


def test_requests_are_narrowed_by_their_plan(decision, coordinator):
    other = decided(PET, by=coordinator)

    found = narrowed(RecommendationRequest(), "based-on", f"CarePlan/{decision.pk}")
    assert found == set(tasks_of(decision))
    assert not found & set(tasks_of(other))


def test_signatures_are_narrowed_by_what_was_signed(decision, coordinator):
    decided(PET, by=coordinator)
    task = tasks_of(decision)[0]

    for target in (f"CarePlan/{decision.pk}", f"ServiceRequest/{task.pk}"):
        assert narrowed(SignedProvenance(), "target", target) == {decision}
