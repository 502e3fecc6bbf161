"""Keys of institutions: one for each, opened once, made anew."""

import base64
import os

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cases.models import Case, Patient, PatientToken
from cases.models.patient import ERASED
from cases.selectors.cases import patient_by_record_number, search
from cases.services import identity_keys, patients
from cases.services.cases import open_case
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry
from tumorboard.operations.checks import identity_keys_are_whole
from tumorboard.tenancy.scope import institution_scope
from tumorboard.vault import keyring
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.models import InstitutionKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def rivera(scope, coordinator):
    return patients.add(record_number="R-1", family_name="Rivera", by=coordinator)


def stored(patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


def test_identifiers_moved_to_another_patient_do_not_open(rivera, coordinator):
    """ASVS v5.0.0-11.3.3: what is encrypted is protected against unauthorized modification."""
    other = patients.add(record_number="R-2", family_name="Okafor", by=coordinator)
    sealed = Patient.objects.values_list("identity", "wrapped_key").get(pk=rivera.pk)
    Patient.objects.filter(pk=other.pk).update(identity=sealed[0])
    with pytest.raises(DoesNotOpen):
        _ = stored(other).name
    Patient.objects.filter(pk=other.pk).update(wrapped_key=sealed[1])
    with pytest.raises(DoesNotOpen):
        _ = stored(other).name


def test_no_institution_opens_what_another_sealed(institution, other_institution, coordinator):
    """ASVS v5.0.0-8.4.1: what one tenant keeps another cannot open."""
    with institution_scope(institution):
        patient = patients.add(record_number="R-1", family_name="Rivera", by=coordinator)
        ours = keyring.keyring()
    with institution_scope(other_institution):
        theirs = keyring.keyring()
    assert ours.blind("word", "rivera") != theirs.blind("word", "rivera")
    with pytest.raises(DoesNotOpen):
        theirs.unseal(bytes(patient.wrapped_key), purpose="patient.key", row=patient.pk)


def test_a_rotation_rewraps_every_key_and_rewrites_no_data(rivera, institution, coordinator):
    """ASVS v5.0.0-11.2.2: keys can be replaced at any time."""
    before = Patient.objects.values_list("identity", "wrapped_key").get(pk=rivera.pk)
    assert identity_keys.begin_rotation() == 2
    assert stored(rivera).name == "Rivera"
    # Stopped here and begun again: the same rotation goes on.
    assert identity_keys.begin_rotation() == 2
    assert identity_keys.rewrap_next() == 1
    assert identity_keys.rewrap_next() == 0
    identity, wrapped = Patient.objects.values_list("identity", "wrapped_key").get(pk=rivera.pk)
    assert bytes(identity) == bytes(before[0])
    assert bytes(wrapped) != bytes(before[1])
    assert stored(rivera).name == "Rivera"
    assert rivera.events.count() == 1
    assert patient_by_record_number("r-1") == rivera
    versions = InstitutionKey.objects.order_by("version").values_list("version", "retired_at")
    assert [(version, at is None) for version, at in versions] == [(1, False), (2, True)]
    assert AuditEntry.objects.filter(action="identity_keys.rotated").count() == 1


def test_the_command_rotates_one_institution(institution, coordinator):
    with institution_scope(institution):
        patients.add(record_number="R-1", by=coordinator)
    call_command("rotate_identity_keys", "north")
    with institution_scope(institution):
        # As one who opened the keys before somebody else made a new one.
        assert keyring.keyring().version == 1
        assert Patient.objects.get().name == "R-1"
        assert keyring.keyring().version == 2
        assert not identity_keys.rewrap_next()
    with pytest.raises(CommandError):
        call_command("rotate_identity_keys", "nowhere")


def test_the_master_key_rotates(institution, coordinator, settings):
    with institution_scope(institution):
        patients.add(record_number="R-1", family_name="Rivera", by=coordinator)
    new = base64.b64encode(os.urandom(32)).decode()
    old = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = f"{new},{old}"
    call_command("rotate_identity_keys", master=True)
    # Again there is nothing to do, and nothing to note.
    call_command("rotate_identity_keys", master=True)
    settings.IDENTITY_KEYS = new
    institution.__dict__.pop(keyring.KEPT, None)
    with institution_scope(institution):
        assert Patient.objects.get().name == "Rivera"
        assert AuditEntry.objects.filter(action="identity_keys.rewrapped").count() == 1
    settings.IDENTITY_KEYS = old
    institution.__dict__.pop(keyring.KEPT, None)
    with institution_scope(institution), pytest.raises(DoesNotOpen):
        _ = Patient.objects.get().name


def test_an_institution_without_keys_says_so(scope):
    InstitutionKey.objects.all().delete()
    with pytest.raises(keyring.NoKeys):
        keyring.keyring()
    with pytest.raises(keyring.NoKeys):
        keyring.add_version()


def test_the_start_is_refused_without_a_whole_key(settings):
    """ASVS v5.0.0-13.3.1: secrets come from outside, and a weak one is refused."""
    assert identity_keys_are_whole(None) == []
    settings.IDENTITY_KEYS = "c2hvcnQ="
    (error,) = identity_keys_are_whole(None)
    assert error.id == "operations.E003"
    assert "c2hvcnQ" not in error.msg


def test_patients_of_a_list_are_opened_without_a_query_each(
    scope, coordinator, django_assert_num_queries
):
    for _ in range(6):
        make_case(by=coordinator)
    with django_assert_num_queries(1):
        assert {case.patient.name for case in search()} == {"Rivera, Ana"}


def test_tokens_follow_what_they_are_made_from(rivera, coordinator):
    case = open_case(patient=rivera, title="Tumor", by=coordinator)
    patients.change(patient=rivera, family_name="Okafor", by=coordinator)
    assert list(search(text="rivera")) == []
    assert list(search(text="okafor")) == [case]


def test_saving_what_was_not_changed_leaves_no_history(rivera):
    again = stored(rivera)
    assert again.name == "Rivera"
    again.save()
    assert rivera.events.count() == 1


def test_a_key_and_a_record_number_go_together(rivera):
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=rivera.pk).update(wrapped_key=None)


def test_a_patient_without_a_key_is_nobody(rivera):
    Patient.objects.filter(pk=rivera.pk).update(wrapped_key=None, record_blind=None)
    erased = stored(rivera)
    said = (erased.name, erased.record_number, erased.family_name, erased.birth_date, str(erased))
    assert said == (ERASED, "", "", None, ERASED)
    assert [event.family_name for event in erased.events.all()] == [""]
    erased.save()
    assert not PatientToken.objects.filter(patient=erased).exists()
    assert Case.objects.filter(patient=erased).count() == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Patient.objects.filter(family_name="Rivera").exists(),
        lambda: list(Patient.objects.values_list("record_number")),
        lambda: list(Patient.objects.order_by("birth_date")),
        lambda: list(Case.objects.filter(patient__given_name__startswith="A")),
        lambda: Patient.objects.update(identity={"family_name": "Other"}),
    ],
)
def test_no_query_can_name_what_is_sealed(rivera, ask):
    with pytest.raises(FieldError), transaction.atomic():
        ask()
