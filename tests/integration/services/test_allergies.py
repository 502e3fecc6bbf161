"""Writing reactions to substances; they are the patient's."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Allergy
from cases.services import allergies, cases, patients
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
def allergy(case, coordinator):
    return allergies.add(patient=case.patient, substance="iodinated_contrast", by=coordinator)


def test_a_reaction_is_added_and_all_cases_of_the_patient_are_assessed_anew(case, coordinator):
    second = cases.open_case(patient=case.patient, title="Another tumor", by=coordinator)
    allergies.add(
        patient=case.patient,
        substance="iodinated_contrast",
        severity="severe",
        reaction=" anaphylaxis ",
        occurred_on=TODAY,
        by=coordinator,
    )
    row = Allergy.objects.get()
    assert (row.reaction, row.entered_by) == ("anaphylaxis", coordinator)
    for each in (case, second):
        before = each.version
        each.refresh_from_db()
        assert each.version == before + 1
    entry = AuditEntry.objects.get(action="patient.allergy.added")
    assert entry.subject_id == case.patient_id


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"substance": "moonlight"}, "substance", "not a valid choice"),
        ({"substance": ""}, "substance", "blank"),
        ({"substance": "other"}, "agent", "Say which substance"),
        ({"severity": "awful"}, "severity", "not a valid choice"),
        ({"occurred_on": TODAY + DAY}, "occurred_on", "in the future"),
        ({"refuted_on": TODAY + DAY}, "refuted_on", "in the future"),
        ({"occurred_on": TODAY, "refuted_on": TODAY - DAY}, "refuted_on", "before it occurred"),
        ({"reaction": "x" * 301}, "reaction", "at most 300"),
    ],
)
def test_what_cannot_be_is_refused(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as refused:
        given = {"substance": "gadolinium_contrast", **fields}
        allergies.add(patient=case.patient, by=coordinator, **given)
    assert words in " ".join(refused.value.errors[field])
    assert not Allergy.objects.exists()


def test_nobody_reacts_before_the_birth(case, coordinator):
    patients.change(patient=case.patient, birth_date=TODAY, by=coordinator)
    with pytest.raises(Invalid) as refused:
        allergies.add(
            patient=case.patient,
            substance="iodinated_contrast",
            occurred_on=TODAY - DAY,
            by=coordinator,
        )
    assert "before the patient's birth" in refused.value.errors["occurred_on"][0]


def test_a_reaction_is_refuted_and_its_history_stays(allergy, case, chair):
    changed = allergies.change(allergy=allergy, severity="mild", refuted_on=TODAY, by=chair)
    assert (changed.substance, changed.refuted_on, changed.entered_by) == (
        "iodinated_contrast", TODAY, chair,
    )  # fmt: skip
    with pytest.raises(Invalid):
        allergies.change(allergy=allergy, occurred_on=TODAY + DAY, by=chair)
    assert Allergy.pgh_event_model.objects.count() == 2
    version = case.version
    case.refresh_from_db()
    assert case.version == version + 2


def test_a_reaction_entered_by_mistake_is_removed(allergy, case, coordinator):
    allergies.remove(allergy=allergy, by=coordinator)
    assert not Allergy.objects.exists()
    assert AuditEntry.objects.filter(action="patient.allergy.removed").exists()
    version = case.version
    case.refresh_from_db()
    assert case.version == version + 2
