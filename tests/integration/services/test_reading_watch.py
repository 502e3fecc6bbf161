"""Somebody who reads conspicuously many patients' records is noticed."""

import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import ReadingWatch
from cases.selectors.reading_watch import ON_LISTS, conspicuous, noticed
from cases.services import reading_watch
from cases.services.errors import Invalid
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import arriving
from tumorboard.audit.record import record
from tumorboard.audit.words import kind_of
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import current_institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

MOST = 10


@pytest.fixture(autouse=True)
def _most(scope, administrator):
    reading_watch.choose(patients_an_hour=MOST, by=administrator)


def read(by, number, *, action="case.read", via=Via.PAGE, minutes_ago=1, patients=None) -> None:
    """Entries about so many different patients."""
    at = timezone.now() - datetime.timedelta(minutes=minutes_ago)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=at,
            person=by,
            action=action,
            kind=kind_of(action),
            subject_type="case",
            subject_id=uuid4(),
            patient_id=patient,
            via=via,
        )
        for patient in (patients or [uuid4() for _ in range(number)])
    )


def found() -> list[tuple[str, int]]:
    return [(str(each.person_id), each.patients) for each in conspicuous(now=timezone.now())]


def look() -> list[str]:
    """What a sweep mails: to whom."""
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    reading_watch.notice(current_institution())
    new = OutboxMessage.objects.exclude(pk__in=before).order_by("payload__to")
    return [message.payload["to"] for message in new]


def test_many_different_patients_within_an_hour_are_noticed(coordinator):
    """ASVS v5.0.0-2.4.1: taking much out at once is noticed, also by who may read it."""
    read(coordinator, MOST)
    assert found() == []
    read(coordinator, 1)
    assert found() == [(str(coordinator.pk), MOST + 1)]


def test_the_same_patient_often_is_one(coordinator):
    read(coordinator, 0, patients=[uuid4()] * 50)
    assert found() == []


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("agenda_item.read", {}),
        ("agenda.read", {}),
        ("patient.added", {}),
        ("case.read", {"minutes_ago": 61}),
        ("case.read", {"via": Via.JOB}),
    ],
)
def test_what_counts_for_nobody(coordinator, action, given):
    read(coordinator, MOST + 1, action=action, **given)
    assert found() == []


@pytest.mark.parametrize("action", ["letter.printed", "case.exported", "patient.read"])
def test_prints_and_exports_count(coordinator, action):
    read(coordinator, MOST + 1, action=action)
    assert len(found()) == 1


def test_lists_of_a_system_count_whole_and_those_of_pages_a_tenth(coordinator, chair):
    institution = current_institution()

    def listed(by, via, number):
        with arriving(via):
            record(
                action="case.listed",
                subject=institution,
                by=by,
                shown=[uuid4() for _ in range(number)],
            )

    listed(coordinator, Via.API, MOST + 1)
    listed(chair, Via.PAGE, MOST * ON_LISTS)
    assert found() == [(str(coordinator.pk), MOST + 1)]
    listed(chair, Via.PAGE, 1)
    assert sorted(each.is_by_lists for each in conspicuous(now=timezone.now())) == [False, True]


def test_cases_of_one_patient_on_lists_are_one(coordinator):
    case = make_case(by=coordinator)
    read(coordinator, 0, patients=[case.patient_id, *(uuid4() for _ in range(MOST - 1))])
    with arriving(Via.API):
        record(action="case.listed", subject=current_institution(), by=coordinator, shown=[case.pk])
    assert found() == []


def test_auditors_are_told_once_an_hour_and_the_audit_says_it(
    coordinator, administrator, institution
):
    """HIPAA 164.308(a)(1)(ii)(D): activity in the system is looked at, and by whom it concerns."""
    officer = add_member(institution, "PRIVACY_OFFICER", email="pia@north.example", name="Pia")
    read(coordinator, MOST + 1)
    assert look() == [administrator.email, officer.email]
    assert look() == []
    (entry,) = noticed(now=timezone.now())
    said = (entry.person, entry.found, entry.criteria, entry.patient_id, entry.shown)
    assert said == (coordinator, MOST + 1, "opened", None, None)
    body = OutboxMessage.objects.filter(payload__to=officer.email).get().payload["body"]
    assert "Cora Coordinator" in body
    assert "/i/north/audit/" in body
    later = timezone.now() + datetime.timedelta(hours=2)
    assert conspicuous(now=later) == []


def test_nobody_is_asked_about_themselves_while_others_can_be(administrator, institution):
    read(administrator, MOST + 1)
    assert look() == [administrator.email]
    other = add_member(institution, "PRIVACY_OFFICER", email="pia@north.example", name="Pia")
    read(other, 30 * MOST)
    assert look() == [administrator.email]


def test_it_takes_as_many_queries_for_any_number(coordinator, django_assert_max_num_queries):
    read(coordinator, MOST + 1)
    with django_assert_max_num_queries(5):
        conspicuous(now=timezone.now())


def test_the_limit_has_bounds(administrator):
    for wrong in (9, 1_001):
        with pytest.raises(Invalid):
            reading_watch.choose(patients_an_hour=wrong, by=administrator)
    ReadingWatch.objects.all().delete()
    assert found() == []
