"""Writing implanted devices; they are the patient's."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Device
from cases.services import cases, devices, patients
from cases.services.errors import Invalid
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def device(case, coordinator):
    return devices.add(patient=case.patient, kind="pacemaker", by=coordinator)


def test_a_device_is_added_and_all_cases_of_the_patient_are_assessed_anew(case, coordinator):
    second = cases.open_case(patient=case.patient, title="Another tumor", by=coordinator)
    devices.add(
        patient=case.patient, kind="pacemaker", mri_safety="unsafe", note=" Old ", by=coordinator
    )
    row = Device.objects.get()
    assert (row.note, row.entered_by) == ("Old", coordinator)
    for each in (case, second):
        before = each.version
        each.refresh_from_db()
        assert each.version == before + 1
    entry = AuditEntry.objects.get(action="patient.device.added")
    assert entry.subject_id == case.patient_id


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"kind": "halo"}, "kind", "not a valid choice"),
        ({"kind": ""}, "kind", "blank"),
        ({"mri_safety": "maybe"}, "mri_safety", "not a valid choice"),
        ({"implanted_on": TODAY + DAY}, "implanted_on", "in the future"),
        ({"removed_on": TODAY + DAY}, "removed_on", "in the future"),
        ({"checked_on": TODAY + DAY}, "checked_on", "in the future"),
        ({"implanted_on": TODAY, "removed_on": TODAY - DAY}, "removed_on", "before it was"),
        ({"note": "x" * 301}, "note", "at most 300"),
    ],
)
def test_what_cannot_be_is_refused(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as refused:
        devices.add(patient=case.patient, by=coordinator, **{"kind": "other", **fields})
    assert words in " ".join(refused.value.errors[field])
    assert not Device.objects.exists()


def test_nothing_is_implanted_before_the_birth(case, coordinator):
    patients.change(patient=case.patient, birth_date=TODAY, by=coordinator)
    with pytest.raises(Invalid) as refused:
        devices.add(patient=case.patient, kind="other", implanted_on=TODAY - DAY, by=coordinator)
    assert "before the patient's birth" in refused.value.errors["implanted_on"][0]


def test_a_device_is_corrected_and_its_history_stays(device, case, chair):
    changed = devices.change(device=device, mri_safety="conditional", removed_on=TODAY, by=chair)
    assert (changed.kind, changed.mri_safety, changed.entered_by) == (
        "pacemaker", "conditional", chair,
    )  # fmt: skip
    with pytest.raises(Invalid):
        devices.change(device=device, implanted_on=TODAY + DAY, by=chair)
    assert Device.pgh_event_model.objects.count() == 2
    version = case.version
    case.refresh_from_db()
    assert case.version == version + 2


def test_a_device_entered_by_mistake_is_removed(device, case, coordinator):
    devices.remove(device=device, by=coordinator)
    assert not Device.objects.exists()
    assert AuditEntry.objects.filter(action="patient.device.removed").exists()
    version = case.version
    case.refresh_from_db()
    assert case.version == version + 2
