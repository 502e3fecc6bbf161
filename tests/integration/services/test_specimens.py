"""Writing specimens."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models import Case, Specimen
from cases.services import patients, specimens
from cases.services.errors import Changed, Invalid
from tests.factories.cases import make_case
from tests.factories.history import DAY, make_specimen
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
ONE = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_a_specimen_is_added_with_who_entered_it(case, coordinator):
    make_specimen(
        case=case,
        by=coordinator,
        ki67_percent=Decimal("4.5"),
        laboratory=" Main laboratory ",
        hormones=["insulin"],
    )
    specimen = Specimen.objects.get()
    assert specimen.laboratory == "Main laboratory"
    assert specimen.entered_by == coordinator
    assert specimen.hormones == ["insulin"]
    case.refresh_from_db()
    assert case.version == 2
    assert AuditEntry.objects.filter(action="case.specimen.added", subject_id=case.id).exists()


def test_a_specimen_is_corrected_and_what_it_said_stays_in_its_history(case, coordinator, chair):
    specimen = make_specimen(case=case, by=coordinator, ki67_percent=4, grade="G2")
    entered = specimen.entered_at
    specimens.change(specimen=specimen, ki67_percent=Decimal(6), by=chair)
    specimen.refresh_from_db()
    assert (specimen.ki67_percent, specimen.grade) == (6, "G2")
    assert specimen.entered_by == chair
    assert specimen.entered_at > entered
    events = Specimen.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("ki67_percent", flat=True)) == [4, 6]
    assert AuditEntry.objects.filter(action="case.specimen.changed").count() == 1


def test_a_specimen_entered_by_mistake_is_removed_and_its_history_stays(case, coordinator):
    specimen = make_specimen(case=case, by=coordinator)
    specimens.remove(specimen=specimen, by=coordinator)
    assert not Specimen.objects.exists()
    labels = Specimen.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(labels) == ["insert", "delete"]
    assert AuditEntry.objects.filter(action="case.specimen.removed").count() == 1


def test_a_change_that_looked_at_an_older_case_is_refused(case, coordinator):
    specimen = make_specimen(case=case, by=coordinator)
    with pytest.raises(Changed):
        specimens.change(specimen=specimen, grade="G3", if_match=1, by=coordinator)
    specimen.refresh_from_db()
    assert specimen.grade == ""


WRONG = [
    ({"kind": "tea"}, "kind", "not a valid choice"),
    ({"kind": ""}, "kind", "blank"),
    ({"site": "soul"}, "site", "not a valid choice"),
    ({"taken_on": None}, "taken_on", "null"),
    ({"taken_on": TODAY + ONE}, "taken_on", "in the future"),
    ({"reported_on": TODAY + ONE}, "reported_on", "in the future"),
    ({"taken_on": datetime.date(1880, 1, 1)}, "taken_on", "120 years"),
    ({"reported_on": DAY - ONE}, "reported_on", "reported before it was taken"),
    ({"ki67_percent": Decimal("100.1")}, "ki67_percent", "less than or equal to 100"),
    ({"ki67_percent": Decimal("-0.1")}, "ki67_percent", "greater than or equal to 0"),
    ({"mitoses_per_10hpf": Decimal("500.5")}, "mitoses_per_10hpf", "less than or equal to 500"),
    ({"mitoses_per_10hpf": Decimal(-1)}, "mitoses_per_10hpf", "greater than or equal to 0"),
    ({"size_mm": Decimal(0)}, "size_mm", "above 0 and at most 300"),
    ({"size_mm": Decimal("300.1")}, "size_mm", "above 0 and at most 300"),
    ({"grade": "G4"}, "grade", "not a valid choice"),
    ({"who_version": "WHO1999"}, "who_version", "not a valid choice"),
    ({"hormones": ["adrenaline"]}, "hormones", "Choose among insulin"),
    ({"hormones": "insulin"}, "hormones", "Choose among insulin"),
    ({"margin": "R0"}, "margin", "Only a resection"),
    ({"nodes_examined": 2, "nodes_positive": 3}, "nodes_positive", "more positive nodes"),
    ({"nodes_examined": -1}, "nodes_examined", "greater than or equal to 0"),
    ({"subtype": "NEC_small_cell", "differentiation": "well"}, "differentiation", "(C-06)"),
    ({"subtype": "NET", "differentiation": "poor"}, "differentiation", "exclude each other"),
    ({"report": "x" * 50_001}, "report", "at most 50,000"),
    ({"report": "a\x00"}, "report", "cannot be stored"),
    ({"report_number": "x" * 61}, "report_number", "at most 60"),
]


@pytest.mark.parametrize(("fields", "field", "words"), WRONG)
def test_each_wrong_value_says_so_at_its_own_field(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        make_specimen(case=case, by=coordinator, **fields)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Specimen.objects.exists()
    assert Case.objects.get().version == 1


def test_a_change_is_checked_too(case, coordinator):
    specimen = make_specimen(case=case, by=coordinator, subtype="NET")
    with pytest.raises(Invalid) as caught:
        specimens.change(specimen=specimen, differentiation="poor", by=coordinator)
    assert "(C-06)" in caught.value.errors["differentiation"][0]


def test_nothing_was_taken_before_the_patient_was_born(case, coordinator):
    patients.change(patient=case.patient, birth_date=DAY, by=coordinator)
    with pytest.raises(Invalid) as caught:
        make_specimen(case=case, by=coordinator, taken_on=DAY - ONE, reported_on=DAY - ONE)
    assert set(caught.value.errors) == {"taken_on", "reported_on"}
    assert "before the patient's birth" in caught.value.errors["taken_on"][0]
    make_specimen(case=case, by=coordinator, taken_on=DAY)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "resection", "margin": "R1", "nodes_examined": 12, "nodes_positive": 12},
        {"ki67_percent": Decimal(0), "mitoses_per_10hpf": Decimal(500)},
        {"ki67_percent": Decimal(100), "size_mm": Decimal(300)},
        {"subtype": "MANEC", "differentiation": "well"},
        {"hormones": []},
        {"nodes_examined": 3},
        {"taken_on": TODAY, "reported_on": TODAY},
    ],
)
def test_what_lies_at_the_limits_is_accepted(case, coordinator, fields):
    make_specimen(case=case, by=coordinator, **fields)
    assert Specimen.objects.count() == 1
