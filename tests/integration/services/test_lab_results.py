"""Writing laboratory values."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models import LabResult
from cases.services import lab_results, patients
from cases.services.errors import Invalid
from tests.factories.cases import make_case
from tests.factories.labs import make_lab_result
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def value(**fields):
    return {
        "analyte": "chromogranin_a",
        "value": Decimal(345),
        "unit": "ng/mL",
        "upper_limit": Decimal(100),
        "taken_on": TODAY,
        **fields,
    }


def test_a_value_is_added_in_this_products_spelling(case, coordinator):
    lab_results.add(case=case, by=coordinator, **value(unit=" ug/l ", laboratory=" City "))
    row = LabResult.objects.get()
    assert (row.unit, row.laboratory, row.entered_by) == ("µg/L", "City", coordinator)
    case.refresh_from_db()
    assert case.version == 2
    assert AuditEntry.objects.filter(action="case.lab_results.added", subject_id=case.id).exists()


def test_a_panel_is_one_write(case, coordinator):
    rows = [value(), value(analyte="nse", unit="ng/mL", upper_limit=None, value=Decimal(12))]
    assert len(lab_results.add_many(case=case, rows=rows, by=coordinator)) == 2
    case.refresh_from_db()
    assert case.version == 2
    assert lab_results.add_many(case=case, rows=[], by=coordinator) == []
    case.refresh_from_db()
    assert case.version == 2


def test_a_panel_with_one_fault_is_not_saved_at_all(case, coordinator):
    rows = [value(), value(analyte="nse", unit="stones"), value(value=Decimal(-1))]
    with pytest.raises(Invalid) as refused:
        lab_results.add_many(case=case, rows=rows, by=coordinator)
    assert set(refused.value.errors) == {"1.unit", "2.value"}
    assert not LabResult.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"analyte": "phlogiston"}, "analyte", "not an analyte that is known"),
        ({"unit": "mmol/L"}, "unit", "Use one of: ng/mL, µg/L, U/L, nmol/L."),
        ({"unit": ""}, "unit", "cannot be blank"),
        ({"value": Decimal("-0.1")}, "value", "cannot be negative"),
        ({"value": -1}, "value", "cannot be negative"),
        ({"value": None}, "value", "cannot be null"),
        ({"value": Decimal("NaN")}, "value", "must be a decimal number"),
        ({"value": Decimal("1.00001")}, "value", "4 decimal places"),
        ({"value": Decimal(10) ** 11}, "value", "digits"),
        ({"value": Decimal("0.01")}, "value", "expected between 1 and 1000000 ng/mL"),
        ({"upper_limit": Decimal(0)}, "upper_limit", "must be above 0"),
        ({"lower_limit": Decimal(-1)}, "lower_limit", "cannot be negative"),
        ({"lower_limit": Decimal(101)}, "upper_limit", "below the lower one"),
        ({"upper_limit": Decimal("0.1")}, "upper_limit", "confirm it"),
        ({"comparator": "~"}, "comparator", "not a valid choice"),
        ({"taken_on": TODAY + DAY}, "taken_on", "lies in the future"),
        ({"taken_on": datetime.date(1880, 1, 1)}, "taken_on", "120 years"),
        ({"taken_on": None}, "taken_on", "cannot be null"),
        ({"analyte": "other", "unit": "g/L"}, "note", "Say what was measured"),
        ({"laboratory": "x" * 121}, "laboratory", "at most 120"),
    ],
)
def test_what_cannot_be_is_refused_with_field_and_reason(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as refused:
        lab_results.add(case=case, by=coordinator, **value(**fields))
    assert words in " ".join(refused.value.errors[field])
    assert not LabResult.objects.exists()


def test_a_value_from_before_the_birth_is_refused(case, coordinator):
    patients.change(patient=case.patient, birth_date=TODAY - 10 * DAY, by=coordinator)
    lab_results.add(case=case, by=coordinator, **value(taken_on=TODAY - 10 * DAY))
    with pytest.raises(Invalid) as refused:
        lab_results.add(case=case, by=coordinator, **value(taken_on=TODAY - 11 * DAY))
    assert "before the patient's birth" in refused.value.errors["taken_on"][0]


def test_an_unlikely_value_is_kept_when_a_person_confirms_it(case, coordinator):
    odd = value(analyte="creatinine", value=Decimal(90), unit="mg/dL", upper_limit=None)
    with pytest.raises(Invalid):
        lab_results.add(case=case, by=coordinator, **odd)
    lab_results.add(case=case, by=coordinator, as_reported=True, **odd)
    assert LabResult.objects.get().value == 90


def test_a_value_below_detection_says_how_fine_the_laboratory_measures(case, coordinator):
    low = value(value=Decimal("0.3"), comparator="<")
    lab_results.add(case=case, by=coordinator, **low)
    assert LabResult.objects.get().comparator == "<"


def test_another_analyte_has_any_unit_and_a_name(case, coordinator):
    fields = value(analyte="other", unit="widgets", note=" Zinc ", upper_limit=None)
    assert lab_results.add(case=case, by=coordinator, **fields).note == "Zinc"


def test_the_same_value_is_not_entered_twice(case, coordinator):
    lab_results.add(case=case, by=coordinator, **value())
    for again in ([value(laboratory="")], [value(note="x"), value(note="X", unit="NG/ML")]):
        with pytest.raises(Invalid) as refused:
            lab_results.add_many(case=case, rows=again, by=coordinator)
        assert set(refused.value.errors) == {f"{len(again) - 1}.value"}
    lab_results.add(case=case, by=coordinator, **value(note="second sample"))
    assert LabResult.objects.count() == 2


def test_a_value_is_corrected_by_whoever_answers_for_it_and_its_history_stays(
    case, coordinator, chair
):
    row = make_lab_result(case, "chromogranin_a", "345", "ng/mL", "2026-01-01", by=coordinator)
    changed = lab_results.change(lab_result=row, value=Decimal(354), by=chair)
    assert (changed.value, changed.entered_by) == (354, chair)
    assert changed.entered_at > row.entered_at
    values = LabResult.pgh_event_model.objects.order_by("pgh_id").values_list("value", flat=True)
    assert list(values) == [345, 354]
    assert AuditEntry.objects.filter(action="case.lab_result.changed").exists()
    with pytest.raises(Invalid):
        lab_results.change(lab_result=row, unit="mmol/L", by=chair)
    # What it already is may stand.
    lab_results.change(lab_result=row, value=Decimal(354), by=chair)


def test_a_correction_does_not_make_a_second_of_another_value(case, coordinator):
    lab_results.add(case=case, by=coordinator, **value())
    other = lab_results.add(case=case, by=coordinator, **value(value=Decimal(200)))
    with pytest.raises(Invalid) as refused:
        lab_results.change(lab_result=other, value=Decimal(345), by=coordinator)
    assert refused.value.errors == {"value": [lab_results.TWICE]}


def test_an_unlikely_correction_is_confirmed(case, coordinator):
    row = lab_results.add(case=case, by=coordinator, **value())
    lab_results.change(lab_result=row, value=Decimal("0.01"), as_reported=True, by=coordinator)
    row.refresh_from_db()
    assert row.value == Decimal("0.01")


def test_a_value_entered_by_mistake_is_removed_and_its_history_stays(case, coordinator):
    row = lab_results.add(case=case, by=coordinator, **value())
    lab_results.remove(lab_result=row, by=coordinator)
    assert not LabResult.objects.exists()
    labels = LabResult.pgh_event_model.objects.order_by("pgh_id")
    assert [label.pgh_label for label in labels] == ["insert", "delete"]
    case.refresh_from_db()
    assert case.version == 3
    assert AuditEntry.objects.filter(action="case.lab_result.removed").exists()
