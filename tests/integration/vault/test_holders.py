"""A row that is given to somebody else: what it holds sealed opens for them alone."""

import pytest
from django.apps import apps

from cases.models import FhirDocument, Patient
from cases.services import patients
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.fields import SealedJSONField

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(scope, coordinator):
    """Two patients."""
    return [patients.add(record_number=f"R-{n}", by=coordinator) for n in (1, 2)]


@pytest.fixture
def document(two):
    """What another system said of the first of them."""
    row = FhirDocument(resource_type="Observation", resource_id="o1", patient=two[0])
    row.write(document="{}", said="said of somebody")
    row.save()
    return row


def stored(document):
    return FhirDocument.objects.get(pk=document.pk)


def sealed(document):
    return bytes(FhirDocument.objects.filter(pk=document.pk).values_list("about_patient")[0][0])


def opened(document):
    row = stored(document)
    assert row.said == "said of somebody"
    return row


@pytest.mark.parametrize(
    "take", [lambda made: made, opened, stored], ids=["just saved", "opened", "not opened"]
)
def test_what_is_given_to_another_opens_under_their_key(document, two, take):
    row, before = take(document), sealed(document)
    row.patient = two[1]
    row.save()

    assert sealed(document) != before
    assert row.said == stored(document).said == "said of somebody"
    Patient.objects.filter(pk=two[0].pk).update(wrapped_key=None, record_blind=None)
    assert stored(document).said == "said of somebody"
    Patient.objects.filter(pk=two[1].pk).update(wrapped_key=None, record_blind=None)
    assert stored(document).said == ""


def test_it_is_read_between_the_two_and_given_back(document, two):
    row = stored(document)
    row.patient = two[1]
    assert row.said == "said of somebody"
    row.patient = two[0]
    row.save()
    assert stored(document).said == "said of somebody"

    row.patient = two[1]
    row.save()
    row.patient = two[0]
    row.save()
    assert stored(document).said == "said of somebody"


def test_it_is_sealed_anew_once(document, two):
    row = stored(document)
    row.patient = two[1]
    row.save()
    after = sealed(document)
    row.save()
    assert sealed(document) == after


def test_what_was_destroyed_with_its_holder_stays_empty(document, two):
    row = stored(document)
    Patient.objects.filter(pk=two[0].pk).update(wrapped_key=None, record_blind=None)
    row.patient = two[1]
    row.save()
    assert stored(document).said == ""


def test_a_row_that_is_moved_past_the_field_does_not_open(document, two):
    """`update` seals nothing: what it gives to another is lost to both, and says so."""
    FhirDocument.objects.filter(pk=document.pk).update(patient=two[1])
    with pytest.raises(DoesNotOpen):
        _ = stored(document).said


def test_every_sealed_column_stands_behind_that_of_its_holder():
    """A row is read column by column: the holder must be known when the sealed bytes come."""
    seen = []
    for model in apps.get_models():
        columns = [field.attname for field in model._meta.concrete_fields]
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedJSONField) and field.holder_column:
                assert columns.index(field.holder_column) < columns.index(field.attname), field
                seen.append(f"{model.__name__}.{field.name}")
    assert {"InboxMessage.kept", "FhirDocument.about_patient", "StudyFile.findings"} <= set(seen)
