"""Analytes: every unit converts as its definition says, or not at all."""

import dataclasses
import re
from decimal import Decimal

import pytest

from cases.selectors.analytes import OTHER, catalogue, hormone_of, plain
from guidance.engine import content
from guidance.engine.dictionary import DICTIONARY

#: Standard atomic weights (IUPAC, abridged), in g/mol.
WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "S": 32.06, "Ca": 40.078}
ANALYTES = list(catalogue().analytes.values())
WITH_MASS = [analyte for analyte in ANALYTES if analyte.molar_mass is not None]


def code(analyte):
    return analyte.code


@pytest.mark.parametrize("analyte", WITH_MASS, ids=code)
def test_a_molar_mass_follows_from_the_formula(analyte):
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", analyte.formula)
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in atoms)
    assert float(analyte.molar_mass) == pytest.approx(mass, abs=0.02)


@pytest.mark.parametrize("analyte", ANALYTES, ids=code)
def test_all_units_convert_into_each_other_or_it_is_said_why_not(analyte):
    pairs = [(one, other) for one in analyte.units for other in analyte.units]
    apart = [pair for pair in pairs if analyte.factor(*pair) is None]
    assert bool(apart) == bool(analyte.apart)
    assert bool(analyte.apart) == bool(analyte.apart_source)
    for one, other in pairs:
        if (one, other) not in apart:
            there, back = analyte.factor(one, other), analyte.factor(other, one)
            assert float(there * back) == pytest.approx(1)


@pytest.mark.parametrize("analyte", ANALYTES, ids=code)
def test_a_value_that_can_be_is_likely_in_every_unit(analyte):
    for unit in analyte.units:
        bounds = [b for b in analyte.likely if analyte.factor(b.unit, unit) is not None]
        assert len(bounds) <= 1
        for found in bounds:
            assert not analyte.unlikely(found.high * analyte.factor(found.unit, unit), unit)


@pytest.mark.parametrize(
    ("name", "value", "of", "to", "expected"),
    [
        ("creatinine", "1", "mg/dL", "µmol/L", 88.40),
        ("glucose", "100", "mg/dL", "mmol/L", 5.551),
        ("bilirubin", "1", "mg/dL", "µmol/L", 17.10),
        ("calcium", "2.5", "mmol/L", "mg/dL", 10.02),
        ("cortisol", "20", "µg/dL", "nmol/L", 551.8),
        ("alp", "2", "µkat/L", "U/L", 120),
        ("chromogranin_a", "345", "ng/mL", "µg/L", 345),
        ("hemoglobin", "12", "g/dL", "g/L", 120),
        ("platelets", "150000", "/µL", "10⁹/L", 150),
        ("hiaa_urine", "10", "mg/24 h", "µmol/24 h", 52.30),
        ("glucagon", "100", "pg/mL", "pmol/L", 28.71),
        ("ca_19_9", "37", "U/mL", "kU/L", 37),
    ],
)
def test_known_conversions(name, value, of, to, expected):
    factor = catalogue().analytes[name].factor(of, to)
    assert float(Decimal(value) * factor) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "of", "to"),
    [
        ("chromogranin_a", "ng/mL", "U/L"),
        ("chromogranin_a", "ng/mL", "nmol/L"),
        ("gastrin", "pg/mL", "pmol/L"),
        ("insulin", "µU/mL", "pmol/L"),
        ("hba1c", "%", "mmol/mol"),
        ("egfr", "mL/min", "mL/min/1.73 m²"),
        ("creatinine", "mg/dL", "U/L"),
        (OTHER, "ng/mL", "µg/L"),
    ],
)
def test_what_does_not_convert_is_not_converted(name, of, to):
    assert catalogue().analytes[name].factor(of, to) is None
    assert catalogue().analytes[name].conversion_words(of, to) == ""


@pytest.mark.parametrize(
    ("name", "typed", "unit"),
    [
        ("chromogranin_a", "ug/l", "µg/L"),
        ("chromogranin_a", "\u03bcg/L", "µg/L"),
        ("chromogranin_a", "mmol/L", None),
        ("egfr", "ml/min/1,73 m2", "mL/min/1.73 m²"),
        ("platelets", "x10^9/l", "10⁹/L"),
        ("alp", "IU/L", "U/L"),
        (OTHER, "anything", "anything"),
        (OTHER, "", None),
    ],
)
def test_units_are_known_in_every_spelling(name, typed, unit):
    assert catalogue().analytes[name].unit_named(typed) == unit


def test_a_molar_mass_joins_mass_and_amount_only():
    creatinine, alp = (catalogue().analytes[name] for name in ("creatinine", "alp"))
    mixed = dataclasses.replace(creatinine, units={**creatinine.units, **alp.units})
    assert mixed.factor("mg/dL", "U/L") is None
    assert mixed.factor("U/L", "mg/dL") is None


def test_a_conversion_says_how_it_was_made():
    creatinine, alp = (catalogue().analytes[name] for name in ("creatinine", "alp"))
    said = creatinine.conversion_words("mg/dL", "µmol/L")
    assert said == "1 mg/dL is 88.4017 µmol/L, molar mass 113.12 g/mol"
    assert alp.conversion_words("µkat/L", "U/L") == "1 µkat/L is 60 U/L"
    assert alp.conversion_words("U/L", "U/L") == ""


def test_a_slip_of_the_unit_is_noticed():
    creatinine = catalogue().analytes["creatinine"]
    assert "between 0.1 and 30 mg/dL" in creatinine.unlikely(Decimal(90), "mg/dL")
    assert creatinine.unlikely(Decimal("0.9"), "µmol/L")
    assert not creatinine.unlikely(Decimal(90), "µmol/L")
    chromogranin = catalogue().analytes["chromogranin_a"]
    assert not chromogranin.unlikely(Decimal("0.001"), "nmol/L")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("cga", "chromogranin_a"), ("Chromogranin-A", "chromogranin_a"), ("CA 19-9", "ca_19_9"),
     ("5-hiaa", "hiaa_urine"), ("Phlogiston", None), ("Other", None)],
)  # fmt: skip
def test_analytes_are_known_by_other_names(typed, found):
    analyte = catalogue().named(typed)
    assert (analyte.code if analyte else None) == found


def test_no_name_means_two_analytes():
    names = [n.casefold() for a in ANALYTES for n in {a.name, *a.also}]
    doubled = {name for name in names if names.count(name) > 1}
    assert all(len({catalogue().named(n).code}) == 1 for n in names if n != OTHER)
    owners = {
        n: {a.code for a in ANALYTES if n in {x.casefold() for x in (a.name, *a.also)}}
        for n in doubled
    }
    assert all(len(codes) == 1 for codes in owners.values())


def test_every_hormone_of_the_guidance_is_an_analyte():
    hormones = content.read(content.DEFAULT_VERSION, "checklists")["markers"]["hormones"]
    for subtype in hormones:
        assert hormone_of(subtype).hormone
    assert hormone_of("vipoma").code == "vip"
    assert hormone_of("other") is None
    assert hormone_of("") is None


def test_every_hormone_of_the_dictionary_is_an_analyte():
    wanted = set(DICTIONARY["hormone_lab_results"].fields[0].allowed) - {OTHER}
    assert wanted <= {analyte.code for analyte in ANALYTES if analyte.hormone}


def test_the_rule_says_its_own_numbers():
    rule = catalogue().trend
    assert f"{rule.percent} %" in rule.rule
    assert f"{rule.lowest_months} months" in rule.rule
    assert f"{rule.fresh_weeks} weeks" in rule.freshness


def test_every_analyte_is_entered_in_a_panel():
    assert {analyte.panel for analyte in ANALYTES} == set(catalogue().panels)
    assert [a.code for a in catalogue().in_panel("other")] == [OTHER]
    assert catalogue().analytes[OTHER].usual_unit == ""


@pytest.mark.parametrize(
    ("number", "words"), [("88.40169", "88.4017"), ("60", "60"), ("0.0000012", "0.0000012"),
                          ("1200000", "1200000"), ("0", "0")],
)  # fmt: skip
def test_numbers_are_written_plainly(number, words):
    assert plain(Decimal(number)) == words
