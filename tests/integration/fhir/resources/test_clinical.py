"""Clinical resources from the database: what they say, what they ask, who sees them."""

import datetime
from decimal import Decimal

import pytest

from cases.fhir.resources.best_response import BestResponse
from cases.fhir.resources.body_structure import LesionStructure
from cases.fhir.resources.condition import TumorCondition
from cases.fhir.resources.diagnostic_report import ImagingReport, PathologyReport, ReportOnly
from cases.fhir.resources.fact import AnsweredFact
from cases.fhir.resources.imaging_study import PerformedStudy
from cases.fhir.resources.laboratory import LaboratoryValue
from cases.fhir.resources.lesion import LesionReading
from cases.fhir.resources.lesion_sheet import AllLesions
from cases.fhir.resources.measurement import MEASURED
from cases.fhir.resources.medication_statement import MedicalTherapy
from cases.fhir.resources.outcome import OBSERVATIONS
from cases.fhir.resources.pathology import PATHOLOGY, Ki67
from cases.fhir.resources.procedure import RecordedProcedure
from cases.fhir.resources.specimen import TumorSpecimen
from cases.fhir.resources.stage import MetastasesCategory, NodesCategory, StageGroup, TumorCategory
from cases.fhir.resources.study_protocol import StudyProtocol
from cases.fhir.resources.treatment_procedure import (
    CancerSurgery,
    RadiotherapyCourse,
    TreatmentProcedure,
)
from cases.fhir.versions import versions_of
from cases.models import StudyFile, StudySeries
from cases.services import erasures, facts, procedures, results, specimens, studies, treatments
from cases.services.assessments import assessed_once
from tests.factories.cases import STAGING, make_case, make_study
from tests.factories.history import make_specimen
from tests.factories.labs import make_lab_result
from tests.factories.lesions import make_lesion, measure
from tests.factories.restrictions import restricted
from tests.integration.fhir.resources.leaving import leaving, queries_of
from tests.unit.fhir.resources.clinical_rows import codes
from tumorboard.tenancy.scope import member_scope

DAY = datetime.date(2026, 1, 12)
STAGED = {
    **STAGING,
    "primary_size_mm": 25,
    "limited_to_pancreas": True,
    "invades_duodenum": False,
    "invades_bile_duct": False,
    "invades_adjacent_organs": [],
    "involves_celiac_axis": False,
    "involves_sma": False,
    "regional_ln_metastasis": False,
    "distant_metastasis": True,
    "metastatic_sites": ["liver"],
    "metastases_known": True,
}
SOURCES = (
    TumorCondition(),
    StageGroup(),
    TumorCategory(),
    NodesCategory(),
    MetastasesCategory(),
    LaboratoryValue(),
    TumorSpecimen(),
    *PATHOLOGY,
    PathologyReport(),
    PerformedStudy(),
    StudyProtocol(),
    ImagingReport(),
    ReportOnly(),
    *OBSERVATIONS,
    LesionStructure(),
    LesionReading(),
    *MEASURED,
    AllLesions(),
    AnsweredFact(),
    RecordedProcedure(),
    CancerSurgery(),
    RadiotherapyCourse(),
    TreatmentProcedure(),
    MedicalTherapy(),
    BestResponse(),
)


@assessed_once()
def fill(case, *, by):
    """Something for every source."""
    make_specimen(
        case=case,
        by=by,
        ki67_percent=Decimal(8),
        mitoses_per_10hpf=Decimal(3),
        grade="G2",
        subtype="NET",
        size_mm=Decimal(24),
        differentiation="well",
        report="As said.",
        report_number="P-17",
    )
    make_lab_result(case, "chromogranin_a", "320", "ng/mL", "2026-01-10", by=by, upper="100")
    read = make_study(
        case=case, by=by, modality="CT", multiphasic=True, accession_number=f"A-{case.pk}"
    )
    results.enter(study=read, by=by, outcome="stable", size_change="stable")
    make_study(case=case, by=by, report="Not read yet.")
    studies.add(case=case, by=by, modality="MRI", ordered_on=DAY, procedure="MRI_AP_WWO")
    lesion = make_lesion(case=case, by=by)
    size = {"longest_mm": Decimal(32), "attenuation_hu": Decimal(62)}
    measure(read, {lesion: size}, by=by, baseline=True)
    file = StudyFile.objects.create(
        study=read,
        case=case,
        kind="dicom",
        name="ct.dcm",
        size=3,
        sha256="1" * 64,
        state="stored",
        uploaded_by=by,
    )
    StudySeries.objects.create(file=file, study=read, series_uid="1.2.3", modality="CT")
    procedures.add(case=case, by=by, kind="biliary_stent", done_on=DAY)
    for kind in ("surgery_primary", "PRRT", "TACE", "SSA"):
        treatments.add(case=case, by=by, type=kind, start=DAY, best_response="SD")


@pytest.fixture
def case(scope, coordinator):
    made = make_case(by=coordinator, **STAGED)
    fill(made, by=coordinator)
    made.refresh_from_db()
    return made


def test_every_source_gives_valid_resources_and_asks_nothing_beside_its_rows(case):
    given = {type(source).__name__: leaving(source) for source in SOURCES}

    assert [name for name, found in given.items() if not found] == []
    (condition,) = given["TumorCondition"]
    (stage,) = given["StageGroup"]
    assert condition["stage"][0]["assessment"] == [{"reference": f"Observation/{stage['id']}"}]
    assert stage["valueCodeableConcept"]["text"] == "IV"
    assert condition["meta"]["versionId"] == str(case.version)
    (study,) = (each for each in given["PerformedStudy"] if "series" in each)
    assert [each["uid"] for each in study["series"]] == ["1.2.3"]
    assert len(given["PerformedStudy"]) == 2, "what is only ordered is none"
    ids = [
        each["id"]
        for found in given.values()
        for each in found
        if each["resourceType"] == "Observation"
    ]
    assert len(ids) == len(set(ids))
    there = {f"{each['resourceType']}/{each['id']}" for found in given.values() for each in found}
    (report,) = given["ImagingReport"]
    assert {each["reference"] for each in report["result"]} <= there


def test_more_rows_ask_the_database_no_more(case, coordinator):
    few = [queries_of(source) for source in SOURCES]
    fill(make_case(by=coordinator, **STAGED), by=coordinator)

    assert [queries_of(source) for source in SOURCES] == few


def test_another_institutions_rows_and_restricted_ones_are_not_there(
    institution, case, coordinator, chair
):
    """HIPAA 164.312(a)(1): who is not on a record's list has none of its resources."""
    restricted(case, coordinator, by=coordinator)

    with member_scope(institution, chair.pk):
        assert [type(source).__name__ for source in SOURCES if source.rows().exists()] == []
    with member_scope(institution, coordinator.pk):
        assert all(source.rows().exists() for source in SOURCES)


def test_of_an_erased_patient_no_identifier_goes_out(case, coordinator):
    patient = case.patient
    said = {"record_number": patient.record_number, "reason": "Asked for it."}
    erasures.erase(patient=patient, by=coordinator, **said)

    everything = str([leaving(source) for source in SOURCES])
    for known in ("Rivera", "P-17", f"A-{case.pk}", "1.2.3"):
        assert known not in everything


def test_a_former_state_says_what_it_said(case, coordinator):
    specimen = case.specimens.get()
    specimens.change(specimen=specimen, ki67_percent=None, by=coordinator)
    specimens.change(specimen=specimen, ki67_percent=Decimal(12), by=coordinator)

    said = [
        (version.number, version.source.project(version.row)["valueQuantity"]["value"])
        for version in versions_of(Ki67(), f"{specimen.pk}-ki67")
    ]
    assert said == [(1, 8), (3, 12)]


def test_a_condition_has_a_new_version_when_a_fact_is_answered(case, coordinator):
    (before,) = leaving(TumorCondition())
    facts.answer(case=case, answers={"primary_site": "lung"}, by=coordinator)
    (after,) = leaving(TumorCondition())

    assert int(after["meta"]["versionId"]) > int(before["meta"]["versionId"])
    assert codes(before["code"]) != codes(after["code"])


@pytest.mark.parametrize(
    ("source", "parameter", "values", "expected"),
    [
        (LaboratoryValue(), "date", ["2026-01"], 1),
        (LaboratoryValue(), "date", ["gt2026-02-01"], 0),
        (LaboratoryValue(), "date", ["lt2026-01-01"], 0),
        (LaboratoryValue(), "date", ["2025", "2026"], 1),
        (LaboratoryValue(), "date", ["ne2026-01-10"], 1),
        (LaboratoryValue(), "date", ["sometime"], 1),
        (LaboratoryValue(), "date", ["2026-13"], 1),
        (LaboratoryValue(), "date", ["9999-12-31"], 1),
        (LaboratoryValue(), "date", ["2026-12"], 0),
        (LaboratoryValue(), "date", ["2026-01-10T10:00:00+14:00"], 1),
        (LaboratoryValue(), "code", ["http://loinc.org|9811-1"], 1),
        (LaboratoryValue(), "code", ["25587-7"], 1),
        (LaboratoryValue(), "code", ["chromogranin_a"], 1),
        (LaboratoryValue(), "code", ["http://loinc.org|2345-7"], 0),
        (LaboratoryValue(), "code", ["http://lab.example|X1"], 1),
        (LaboratoryValue(), "code", ["http://loinc.org|"], 1),
        (Ki67(), "code", ["29593-1"], 1),
        (Ki67(), "code", ["9811-1"], 0),
        (Ki67(), "code", ["http://lab.example|X1"], 1),
        (MedicalTherapy(), "effective", ["ge2027"], 1),
        (MedicalTherapy(), "effective", ["lt2025"], 0),
        (TumorCondition(), "patient", ["Patient/7"], 0),
    ],
)
def test_the_database_keeps_what_could_match(case, source, parameter, values, expected):
    narrowed = source.narrowings[parameter](source.rows(), values)

    assert narrowed.count() == expected


def test_rows_of_a_patient_are_those_of_the_reference(case, coordinator):
    make_lab_result(make_case(by=coordinator), "alp", "77", "U/L", "2026-01-10", by=coordinator)
    source = LaboratoryValue()
    for given in (str(case.patient_id), f"Patient/{case.patient_id}"):
        assert [row.case_id for row in source.narrowings["patient"](source.rows(), [given])] == [
            case.pk
        ]
