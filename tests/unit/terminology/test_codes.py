"""From concepts to codes and back, as the shipped content has them."""

from decimal import Decimal

import pytest

from cases.terminology import ucum
from cases.terminology.codes import (
    Coding,
    canonical,
    codings_of,
    concept_of,
    system_named,
)

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"


def test_a_concept_has_one_code_a_system():
    codings = codings_of("fact/metastatic_sites/liver")

    assert [coding.system for coding in codings] == [
        SNOMED_CT,
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
    ]
    # Secondary malignant neoplasm of liver is understood; of a NET, the carcinoid's code is sent.
    assert codings[1].code == "C7B.02"


def test_a_medicine_has_a_code_where_the_record_names_it_and_a_class_has_none():
    assert codings_of("treatment/everolimus") == [
        Coding("http://www.whocc.no/atc", "L01EG02", "everolimus")
    ]
    assert codings_of("treatment/SSA") == []


def test_a_laboratory_code_fits_the_unit():
    assert codings_of("analyte/gastrin", unit="pg/mL") == [
        Coding(LOINC, "2333-3", "Gastrin [Mass/volume] in Serum or Plasma")
    ]
    assert [c.code for c in codings_of("analyte/gastrin", unit="pmol/L")] == ["15072-2"]
    assert [c.code for c in codings_of("analyte/gastrin")] == ["2333-3"]


def test_a_code_that_does_not_fit_the_unit_is_not_sent():
    assert codings_of("analyte/vip", unit="pmol/L") == []
    assert codings_of("analyte/vip", unit="drops") == []


def test_what_has_no_code_has_none():
    assert codings_of("procedure/PET_DOTATATE") == []


@pytest.mark.parametrize(
    ("system", "code", "concept"),
    [
        ("http://loinc.org", "29593-1", "fact/ki67_percent"),
        ("LN", " 29593-1 ", "fact/ki67_percent"),
        ("urn:oid:2.16.840.1.113883.6.1", "29593-1", "fact/ki67_percent"),
        ("sct", "1663004", "fact/pathologist_grade/G2"),
        ("I10C", "C7A.8", "condition/neuroendocrine_tumor"),
        ("ICDO3", "8246/3", "condition/poorly_differentiated_nec"),
        ("DCM", "112042", "target_response/PR"),
        ("UCUM", "[IU]/L", "unit/U/L"),
        ("http://loinc.org", "36813-4", "procedure/CT_AP_W"),
        ("http://www.whocc.no/atc", "H01CB03", "treatment/SSA"),
        ("WC", "L01XE10", "treatment/everolimus"),
        ("2.16.840.1.113883.6.73", "L01XA02", "treatment/platinum_chemo"),
        ("SCT", "116241004", "operation/whipple"),
        ("SCT", "45595009", "operation/cholecystectomy"),
        ("http://loinc.org", "24557-1", None),
        ("LAB", "29593-1", None),
    ],
)
def test_a_code_means(system, code, concept):
    assert concept_of(system, code) == concept


def test_a_structure_is_what_was_asked_for():
    assert concept_of("SCT", "10200004") == "site/liver"
    assert concept_of("SCT", "10200004", within="fact/primary_site") == "fact/primary_site/liver"
    assert concept_of("SCT", "10200004", within="fact/metastatic_sites") is None
    assert concept_of("SCT", "10200004", within="fact/primary") is None


def test_the_institution_goes_first():
    local = {("LAB", "CGA"): "analyte/chromogranin_a", (LOINC, "24557-1"): "procedure/MRI_AP_WWO"}

    assert concept_of("LAB", "CGA", local=local) == "analyte/chromogranin_a"
    assert concept_of("LN", "24557-1", local=local) == "procedure/MRI_AP_WWO"
    assert concept_of("LAB", "CGA", within="procedure", local=local) is None


def test_systems_are_known_by_all_their_names():
    found = system_named("2.16.840.1.113883.6.96")

    assert found
    assert (found.url, found.name) == (SNOMED_CT, "SNOMED CT")
    assert canonical(" ln ") == LOINC
    assert canonical(" Our Lab ") == "Our Lab"
    assert system_named("Our Lab") is None


@pytest.mark.parametrize(
    ("value", "of", "to", "expected"),
    [
        ("2.5", "cm", "mm", "25"),
        ("120", "mL/min", "mL/s", "2"),
        ("0.25", "1", "%", "25"),
        ("1.2", "10*-3.mm2/s", "mm2/s", "0.0012"),
        ("3", "ug/L", "ng/mL", "3"),
        ("1", "ukat/L", "U/L", "60"),
    ],
)
def test_units_convert(value, of, to, expected):
    assert ucum.convert(Decimal(value), of=of, to=to) == Decimal(expected)


@pytest.mark.parametrize(
    ("of", "to"), [("mg/L", "mmol/L"), ("mm", "d"), ("ell", "mm"), ("mm", "ell")]
)
def test_what_does_not_convert(of, to):
    assert ucum.convert(Decimal(1), of=of, to=to) is None


def test_units_have_codes():
    assert ucum.code_of("µg/dL") == "ug/dL"
    assert ucum.code_of("% positive nuclei") == "%"
    assert ucum.code_of("as reported") is None
    assert ucum.unit_of("10*9/L") == "10⁹/L"
    assert ucum.unit_of("furlong") is None
    assert ucum.quantity_of("pmol/L") == "amount"
    assert ucum.quantity_of("furlong") == "unknown"
