"""Taking studies over from the picture archive."""

import datetime

import pytest

from cases.dicom.pacs_answers import ArchivedStudy
from cases.models import Study
from cases.services.archived_studies import Chosen, add
from cases.services.errors import Invalid
from tests.archives import study
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    """A case of Ana Rivera."""
    return make_case(by=coordinator)


def chosen(case, *, uid="1.2.3", said=None, **given):
    said = {"patient_id": case.patient.record_number, **(said or {})}
    archived = ArchivedStudy.of(study(uid, **said))
    return Chosen(archived=archived, modality="CT", performed_on=archived.date, **given)


def test_studies_are_added_under_their_numbers(case, coordinator):
    first, second = add(case=case, chosen=[chosen(case), chosen(case, uid="1.2.4")], by=coordinator)
    assert (first.study_uid, second.study_uid) == ("1.2.3", "1.2.4")
    assert first.performed_on == datetime.date(2026, 1, 12)
    assert first.accession_number == "A-1"


def test_a_study_that_is_there_is_left_as_it_is(case, coordinator):
    (first,) = add(case=case, chosen=[chosen(case)], by=coordinator)
    entries = AuditEntry.objects.count()
    assert add(case=case, chosen=[chosen(case)], by=coordinator) == [first]
    assert Study.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_another_patient_is_refused_until_a_person_confirms(case, coordinator):
    other = {"name": "Rivers^Ana"}
    with pytest.raises(Invalid) as caught:
        add(case=case, chosen=[chosen(case, said=other)], by=coordinator)
    assert list(caught.value.errors) == ["is_same_patient-1.2.3"]
    assert not Study.objects.exists()
    assert add(case=case, chosen=[chosen(case, said=other, is_same_patient=True)], by=coordinator)


def test_what_a_study_may_not_be_is_said_of_that_study(case, coordinator):
    wrong = chosen(case, uid="1.2.4", said={"date": "29990101"})
    with pytest.raises(Invalid) as caught:
        add(case=case, chosen=[chosen(case), wrong], by=coordinator)
    assert list(caught.value.errors) == ["performed_on-1.2.4"]
