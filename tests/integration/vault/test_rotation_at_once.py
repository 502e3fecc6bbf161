"""Keys are made anew while people work: real writers, each on a connection of its own."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Patient, PatientToken
from cases.selectors.cases import patient_by_record_number
from cases.services import identity_keys, patients
from cases.services.errors import Invalid
from tests.factories.people import add_member, make_institution
from tests.integration.services.writers import write_at_once
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope
from tumorboard.vault import keyring
from tumorboard.vault.models import InstitutionKey

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

WRITERS, EACH = 3, 8


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def person(north):
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


def in_threads(*works) -> list[BaseException]:
    """Run all at once; what went wrong."""
    wrong: list[BaseException] = []

    def one(work) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


def versions_of_keys() -> set[int]:
    size = keyring.VERSION_BYTES
    kept = Patient.objects.values_list("wrapped_key", flat=True)
    return {int.from_bytes(bytes(key)[:size]) for key in kept}


def test_nothing_is_lost_while_others_write(north, person, monkeypatch):
    """ASVS v5.0.0-11.2.2: keys are replaced while the system is in use."""
    monkeypatch.setattr(identity_keys, "CHUNK", 3)
    with institution_scope(north):
        there = [patients.add(record_number=f"T-{n}", by=person) for n in range(12)]
    refused: list[str] = []

    def writer(number: int) -> None:
        # One that keeps what it opened, as a process that began before the rotation does.
        mine = Institution.objects.get(pk=north.pk)
        for turn in range(EACH):
            with institution_scope(mine):
                patients.add(record_number=f"W{number}-{turn}", family_name="New", by=person)
            with institution_scope(mine):
                patients.change(patient=there[turn], family_name=f"By {number}", by=person)
            try:
                with institution_scope(mine):
                    patients.add(record_number=f"SAME-{turn}", by=person)
            except Invalid:
                refused.append(f"SAME-{turn}")

    def rotate() -> None:
        call_command("rotate_identity_keys", "north", verbosity=0)

    wrong = in_threads(*(lambda n=n: writer(n) for n in range(WRITERS)), rotate, rotate)
    assert wrong == []
    with institution_scope(Institution.objects.get(pk=north.pk)):
        everybody = list(Patient.objects.all())
        assert len(everybody) == 12 + WRITERS * EACH + EACH
        numbers = {patient.record_number for patient in everybody}
        assert len(numbers) == len(everybody)
        assert len(refused) == (WRITERS - 1) * EACH
        assert all(patient_by_record_number(number) for number in numbers)
        assert all(
            there.family_name.startswith("By")
            for there in Patient.objects.filter(pk__in=[patient.pk for patient in there[:EACH]])
        )
        # Every key is under the newest: whoever was writing was waited for.
        newest = InstitutionKey.objects.order_by("-version").first()
        assert newest.version in (2, 3)
        assert versions_of_keys() == {newest.version}
        assert InstitutionKey.objects.filter(retired_at=None).count() == 1
        assert PatientToken.objects.filter(patient__in=everybody).exists()


def test_who_is_added_meanwhile_is_not_passed_by(north, person):
    """A patient whose key was made and not yet written when the rotation began."""
    stale = Institution.objects.get(pk=north.pk)
    with institution_scope(stale):
        patients.add(record_number="T-1", by=person)
        assert keyring.keyring().version == 1
    call_command("rotate_identity_keys", "north", verbosity=0)
    with institution_scope(stale):
        patients.add(record_number="T-2", by=person)
        assert versions_of_keys() == {2}
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with institution_scope(Institution.objects.get(pk=north.pk)):
            patients.add(record_number="T-3", by=person)
            began.set()
            assert go_on.wait(timeout=60)

    def rotate() -> None:
        assert began.wait(timeout=60)
        timer = threading.Timer(1, go_on.set)
        timer.start()
        call_command("rotate_identity_keys", "north", verbosity=0)

    assert in_threads(slow, rotate) == []
    with institution_scope(Institution.objects.get(pk=north.pk)):
        assert versions_of_keys() == {3}
        assert not identity_keys.rewrap_next()


def test_two_rotations_at_once_are_one_after_the_other(north, person):
    with institution_scope(north):
        patients.add(record_number="T-1", by=person)
    assert write_at_once(north, identity_keys.begin_rotation, identity_keys.begin_rotation) == [
        None,
        None,
    ]
    with institution_scope(Institution.objects.get(pk=north.pk)):
        # The second found the first one's work waiting, and goes on with it.
        assert InstitutionKey.objects.count() == 2
