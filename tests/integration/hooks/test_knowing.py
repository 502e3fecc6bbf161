"""What an EHR sends, read by the record's own rules."""

import datetime
from decimal import Decimal

import pytest

from cases.hooks.fetching import Had
from cases.hooks.knowing import know
from cases.hooks.rows import with_readings
from cases.models import LabResult, Study
from cases.readings.reading import Kind, Reading
from cases.selectors.facts import facts_from, record_of
from tests.factories.cases import SURVEILLANCE, make_case, make_study
from tests.factories.hooks import CT, bundle, diagnosis, order, patient

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 22)
BEFORE, AFTER = datetime.date(2020, 1, 1), datetime.date(2099, 1, 1)


@pytest.fixture
def case(scope, coordinator):
    return make_case(by=coordinator, **SURVEILLANCE)


def said(case, *readings, draft=None):
    record = with_readings(record_of(case, on=TODAY), readings, draft=draft)
    return facts_from(record).values


def fact(name, value, on, **more):
    return Reading(Kind.FACT, {"fact": name, "value": value}, "Observation/1", on=on, **more)


def test_the_newer_word_of_a_fact_stands(case):
    assert said(case, fact("cga_trend", "rising", AFTER))["cga_trend"] == "rising"
    assert said(case, fact("cga_trend", "rising", BEFORE))["cga_trend"] == "normal"
    assert said(case, fact("cga_trend", "rising", None))["cga_trend"] == "normal"
    both = (fact("bone_pain", True, BEFORE), fact("bone_pain", False, TODAY))
    assert said(case, *reversed(both))["bone_pain"] is False


def test_an_unknown_takes_nothing_away(case):
    assert said(case, fact("cga_trend", "unknown", AFTER))["cga_trend"] == "normal"


def test_a_list_is_added_to(case):
    liver = fact("metastatic_sites", ["liver"], BEFORE, adds=True)
    bone = fact("metastatic_sites", ["bone"], TODAY, adds=True)
    assert set(said(case, liver, bone)["metastatic_sites"]) == {"liver", "bone"}


def test_specimens_and_their_parts_are_one_and_the_highest_grade_speaks(case):
    readings = (
        Reading(
            Kind.SPECIMEN,
            {"taken_on": BEFORE, "kind": "biopsy", "site": "liver"},
            "Specimen/1",
            on=BEFORE,
        ),
        Reading(
            Kind.SPECIMEN, {"ki67_percent": 25}, "Observation/2", belongs_to="Specimen/1", on=BEFORE
        ),
        Reading(
            Kind.SPECIMEN, {"ki67_percent": 99}, "Observation/3", belongs_to="Specimen/2", on=BEFORE
        ),
    )
    assert said(case, *readings)["ki67_percent"] == 25


def test_studies_results_and_treatments_stand_beside_the_records(case, coordinator):
    day = datetime.date(2026, 1, 12)
    make_study(case=case, by=coordinator, modality="MRI", performed_on=day)
    readings = (
        Reading(Kind.STUDY, {"modality": "MRI", "performed_on": day}, "ImagingStudy/1", on=day),
        Reading(Kind.STUDY, {"modality": "CT", "performed_on": TODAY}, "ImagingStudy/2", on=TODAY),
        Reading(
            Kind.RESULT, {"outcome": "negative"}, "DiagnosticReport/1", belongs_to="ImagingStudy/2"
        ),
        Reading(Kind.RESULT, {"outcome": "positive"}, "DiagnosticReport/2", belongs_to="other"),
        Reading(Kind.TREATMENT, {"type": "PRRT", "start": BEFORE}, "Procedure/1", on=BEFORE),
        Reading(Kind.PROCEDURE, {"kind": "whipple", "done_on": BEFORE}, "Procedure/2", on=BEFORE),
    )
    values = said(case, *readings)
    assert [one["modality"] for one in values["studies"]] == ["MRI", "CT"]
    assert values["study_outcome"] == "negative"
    assert values["prior_prrt"] is True
    assert values["bilioenteric_anastomosis_or_biliary_device"] is True
    draft = Study(case=case, modality="CT", procedure="CT_AP_W", ordered_on=TODAY)
    ordered = said(case, *readings, draft=draft)
    assert ordered["ordered_procedure"] == "CT_AP_W"
    assert "study_outcome" not in ordered


def test_a_study_that_has_no_day_is_passed_over(case):
    readings = (
        Reading(Kind.STUDY, {"modality": "CT"}, "ImagingStudy/1"),
        Reading(
            Kind.RESULT, {"outcome": "positive"}, "DiagnosticReport/1", belongs_to="ImagingStudy/1"
        ),
    )
    values = said(case, *readings)
    assert "studies" not in values
    assert "study_outcome" not in values


@pytest.mark.parametrize("name", ["study_uid", "accession_number"])
def test_a_study_is_told_by_its_number_and_stands_as_we_have_it(case, coordinator, name):
    number = {"study_uid": "2.999.1", "accession_number": "A-17"}[name]
    day = datetime.date(2026, 1, 12)
    study = make_study(case=case, by=coordinator, modality="MRI", performed_on=day)
    Study.objects.filter(pk=study.pk).update(**{name: number})
    theirs = {"modality": "CT", "performed_on": TODAY, name: number}
    [one] = said(case, Reading(Kind.STUDY, theirs, "ImagingStudy/1", on=TODAY))["studies"]
    assert one["modality"] == "MRI"


def test_laboratory_values_are_read_by_their_own_limits(case):
    value = {
        "analyte": "alp",
        "value": Decimal(300),
        "unit": "U/L",
        "upper_limit": Decimal(100),
        "taken_on": TODAY,
        "comparator": "",
    }
    assert said(case, Reading(Kind.LAB_RESULT, value, "Observation/1"))["alp_elevated"] is True
    assert not LabResult.objects.exists()


def test_age_and_sex_come_from_the_ehr_where_we_have_none(case):
    had = {"patient": patient(), "conditions": bundle(diagnosis())}
    known = know(Had(had), [order(CT)], on=TODAY)
    assert known.case is None
    assert known.is_relevant
    answer = known.answer(None)
    assert "age_years" not in answer["missing"]
    assert "primary_site" not in answer["missing"]
    assert known.drafts[0].study.procedure == "CT_AP_W"


@pytest.mark.parametrize("left_out", ["birthDate", "gender"])
def test_what_the_ehr_does_not_know_of_a_person_stays_missing(case, left_out):
    given = {name: value for name, value in patient().items() if name != left_out}
    known = know(Had({"patient": given, "conditions": bundle(diagnosis())}), [], on=TODAY)
    assert ("age_years" in known.answer(None)["missing"]) is (left_out == "birthDate")


def test_a_fact_that_only_such_tumors_have_speaks_of_one(scope):
    """An insulinoma is one, whatever the code of the diagnosis says."""
    codes = [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8151/3"}]
    morphology = {
        "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
        "valueCodeableConcept": {"coding": codes},
    }
    local = {"system": "urn:north:diagnoses", "code": "T1"}
    told = diagnosis(local, extension=[morphology])
    assert know(Had({"conditions": bundle(told)}), [], on=TODAY).is_relevant
    assert not know(Had({"conditions": bundle(diagnosis(local))}), [], on=TODAY).is_relevant


def test_a_denied_diagnosis_speaks_of_no_tumor(scope):
    refuted = {"coding": [{"code": "refuted"}]}
    had = {"patient": patient(), "conditions": bundle(diagnosis(verificationStatus=refuted))}
    assert not know(Had(had), [], on=TODAY).is_relevant
