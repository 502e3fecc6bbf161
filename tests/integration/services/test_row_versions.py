"""What changed in a row since somebody looked at it: field, before, now, by whom, when."""

import datetime

import pghistory
import pytest

from cases.models import Patient
from cases.services import cases, devices, patients, studies
from cases.services.errors import Changed
from cases.services.row_versions import (
    NOT_THERE,
    RowChanged,
    changes_since,
    check_row_version,
    version_of,
)
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def patient(coordinator) -> Patient:
    """A patient as first entered."""
    return patients.add(record_number="A-1", family_name="Rivera", by=coordinator)


def change(patient, by, **fields):
    """Change as a signed-in person does."""
    with pghistory.context(person=str(by.pk)):
        return patients.change(patient=patient, by=by, **fields)


def test_what_is_not_there_has_no_version(patient):
    assert version_of(None) == NOT_THERE
    assert version_of(patient) > NOT_THERE
    assert version_of(Patient(record_number="unsaved")) == NOT_THERE


def test_an_unchanged_row_passes_and_says_its_version(patient):
    version = version_of(patient)

    assert check_row_version(patient, if_match=version) == version
    assert check_row_version(patient, if_match=None) == version
    assert changes_since(patient, version=version) == []


def test_each_changed_column_says_before_now_who_and_when(patient, coordinator, chair):
    seen = version_of(patient)
    birth = datetime.date(1961, 4, 3)
    change(patient, chair, family_name="Riviera")
    change(patient, coordinator, birth_date=birth)

    with pytest.raises(RowChanged) as refused:
        check_row_version(patient, if_match=seen)

    assert isinstance(refused.value, Changed)
    assert refused.value.current == version_of(patient)
    told = {c.field: (c.before, c.now, c.by) for c in refused.value.changes}
    assert told == {
        "family_name": ("Rivera", "Riviera", chair.name),
        "birth_date": (None, birth, coordinator.name),
    }
    assert all(c.at.tzinfo is not None for c in refused.value.changes)


def test_the_last_of_several_writers_is_named(patient, coordinator, chair):
    seen = version_of(patient)
    change(patient, chair, family_name="One")
    change(patient, coordinator, family_name="Two")

    (only,) = changes_since(patient, version=seen)
    assert (only.before, only.now, only.by) == ("Rivera", "Two", coordinator.name)


def test_changed_and_changed_back_is_no_change(patient, chair):
    seen = version_of(patient)
    change(patient, chair, family_name="Other")
    change(patient, chair, family_name="Rivera")

    assert changes_since(patient, version=seen) == []
    assert check_row_version(patient, if_match=seen) == version_of(patient)


def test_what_no_person_did_names_nobody(patient, chair):
    seen = version_of(patient)
    patients.change(patient=patient, by=chair, family_name="Import")

    assert [c.by for c in changes_since(patient, version=seen)] == [""]


def test_other_columns_are_no_conflict(patient, chair):
    seen = version_of(patient)
    change(patient, chair, sex="female")

    assert check_row_version(patient, if_match=seen, fields=["family_name"]) > seen
    with pytest.raises(RowChanged):
        check_row_version(patient, if_match=seen, fields=["sex"])


def test_a_row_that_came_in_between_is_told_whole(patient):
    told = {c.field: (c.before, c.now) for c in changes_since(patient, version=NOT_THERE)}

    assert told == {"record_number": (None, "A-1"), "family_name": (None, "Rivera")}


def test_the_head_of_a_case_has_a_history_that_no_computation_fills(coordinator):
    case = make_case(by=coordinator, ki67_percent=2)
    seen = version_of(case)
    make_study(case=case, by=coordinator)
    assert version_of(case) == seen

    cases.change(case=case, by=coordinator, title="Other words")
    (only,) = changes_since(case, version=seen)
    assert (only.field, only.before, only.now) == ("title", "pNET of the tail", "Other words")


def test_a_row_of_a_case_is_compared_by_itself(coordinator, institution):
    case = make_case(by=coordinator)
    study, other = (make_study(case=case, by=coordinator) for _ in range(2))
    seen = version_of(study)
    studies.change(study=other, by=coordinator, report="Other report")
    assert check_row_version(study, if_match=seen) == seen

    person = add_member(institution, "RADIOLOGIST", email="ray@north.example", name="Ray")
    with pghistory.context(person=str(person.pk)):
        studies.change(study=study, by=person, report="New report")
    (only,) = changes_since(study, version=seen)
    assert (only.field, only.before, only.now, only.by) == ("report", None, "New report", "Ray")


def test_the_price_is_the_same_for_a_long_history(patient, chair, django_assert_num_queries):
    seen = version_of(patient)
    for number in range(5):
        change(patient, chair, family_name=f"Name {number}")

    with django_assert_num_queries(2):
        changes_since(patient, version=seen)
    with django_assert_num_queries(1):
        version_of(patient)


def test_a_row_of_a_patient_is_compared_by_itself(patient, coordinator, chair):
    device = devices.add(patient=patient, by=coordinator, kind="pacemaker", note="First")
    seen = version_of(device)
    change(patient, chair, family_name="Other")
    assert check_row_version(device, if_match=seen) == seen

    devices.change(device=device, by=chair, note="Second")
    with pytest.raises(RowChanged) as refused:
        check_row_version(device, if_match=seen)
    assert [(c.before, c.now) for c in refused.value.changes] == [("First", "Second")]
