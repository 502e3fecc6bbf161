"""Erasing while others write, each on a connection of its own."""

import threading

import pytest

from cases.models import Case, Patient
from cases.services import erasures, identity_keys, patients
from cases.services.cases import open_case
from tests.factories.cases import make_case
from tests.factories.people import add_member, make_institution
from tests.integration.services.writers import write_at_once
from tests.integration.vault.test_rotation_at_once import in_threads
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def north():
    return make_institution(slug="north", name="North Hospital")


@pytest.fixture
def person(north):
    return add_member(north, "COORDINATOR", email="cora@north.example", name="Cora")


@pytest.fixture
def case(north, person):
    with institution_scope(north):
        return make_case(by=person)


def test_a_case_that_is_being_opened_is_waited_for(north, person, case):
    """Else the erasure would not know of it, and pass its files and lists by."""
    patient = case.patient
    began, go_on = threading.Event(), threading.Event()
    number = patient.record_number

    def opening() -> None:
        with institution_scope(Institution.objects.get(pk=north.pk)):
            open_case(patient=patient, title="Second", by=person)
            began.set()
            assert go_on.wait(timeout=60)

    def erasing() -> None:
        assert began.wait(timeout=60)
        threading.Timer(0.5, go_on.set).start()
        with institution_scope(Institution.objects.get(pk=north.pk)):
            locked, cases = erasures._locked(patient)
            assert len(cases) == 2
            erasures.erase(patient=locked, record_number=number, reason="Asked for.", by=person)

    assert in_threads(opening, erasing) == []


@pytest.mark.parametrize("round_", range(3))
def test_an_edit_and_an_erasure_follow_one_another(round_, north, person, case):
    """In one order of locks; neither brings back what the other destroyed."""
    patient = case.patient
    said = {"record_number": patient.record_number, "reason": "Asked for."}
    ended = write_at_once(
        north,
        lambda: erasures.erase(patient=patient, by=person, **said),
        lambda: patients.change(patient=patient, family_name="Back", by=person),
        lambda: open_case(patient=patient, title="Second", by=person),
        identity_keys.begin_rotation,
        identity_keys.rewrap_next,
    )
    assert ended[0] is None
    with institution_scope(Institution.objects.get(pk=north.pk)):
        stored = Patient.objects.get(pk=patient.pk)
        assert stored.is_erased
        assert not stored.tokens.exists()
        assert Case.objects.count() == (2 if ended[2] is None else 1)
