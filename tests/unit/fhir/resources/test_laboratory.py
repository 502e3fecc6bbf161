"""Laboratory values as Observations."""

from decimal import Decimal

from cases.fhir.resources.laboratory import LaboratoryValue
from cases.fhir.vocabulary import address_of
from tests.unit.fhir.resources.clinical_rows import codes, lab_result
from tests.unit.fhir.resources.mcode_rules import assert_mcode
from tests.unit.fhir.resources.valid import assert_valid

VALUE = LaboratoryValue()


def test_a_marker_has_code_value_limits_and_tumor():
    row = lab_result(
        "chromogranin_a", "345.5000", "ng/mL", upper_limit=Decimal("100.0000"), laboratory="City"
    )
    found = assert_mcode(VALUE.project(row), "tumor-marker-test")

    assert codes(found["code"]) == {
        "http://loinc.org": "9811-1",
        address_of("analyte"): "chromogranin_a",
    }
    assert found["valueQuantity"] == {
        "value": Decimal("345.5"),
        "unit": "ng/mL",
        "system": "http://unitsofmeasure.org",
        "code": "ng/mL",
    }
    assert found["referenceRange"][0]["high"]["value"] == 100
    assert "low" not in found["referenceRange"][0]
    assert found["performer"] == [{"display": "City"}]
    assert found["meta"]["profile"][0].endswith("mcode-tumor-marker-test")
    assert found["extension"][0]["valueReference"] == {"reference": f"Condition/{row.case_id}"}


def test_the_code_fits_the_unit():
    amount = VALUE.project(lab_result("gastrin", "80", "pmol/L"))
    mass = VALUE.project(lab_result("gastrin", "80", "pg/mL"))

    assert codes(amount["code"])["http://loinc.org"] == "15072-2"
    assert codes(mass["code"])["http://loinc.org"] == "2333-3"


def test_below_detection_keeps_its_sign():
    found = assert_valid(VALUE.project(lab_result("gastrin", "10", "pg/mL", comparator="<")))

    assert (found["valueQuantity"]["comparator"], found["valueQuantity"]["value"]) == ("<", 10)


def test_what_the_kidney_says_is_no_marker():
    found = assert_valid(VALUE.project(lab_result("creatinine", "0.9", "mg/dL")))

    assert not {"meta", "extension"} & set(found)


def test_another_analyte_and_a_foreign_unit_stand_in_words():
    row = lab_result("other", "3", "titers", note="Antibodies")
    found = assert_valid(VALUE.project(row))

    assert found["valueQuantity"] == {"value": 3, "unit": "titers"}
    assert found["note"] == [{"text": "Antibodies"}]
