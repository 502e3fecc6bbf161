"""What leaves as FHIR is read back as what stands in the rows that it was made from."""

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest

from cases.fhir.registry import OF_ROWS
from cases.models import (
    FactAnswer,
    LabResult,
    Patient,
    Procedure,
    Result,
    Specimen,
    Study,
    Treatment,
)
from cases.readings.fhir import read
from cases.services import facts, procedures, results, specimens, studies, treatments
from cases.services.assessments import assessed_once
from tests.factories.cases import make_case
from tests.factories.labs import make_lab_result

DAY, LATER = datetime.date(2026, 1, 5), datetime.date(2026, 1, 9)


def projected(model: Any, resource_type: str, row: Any) -> list[dict[str, Any]]:
    """The resources of one type that a row gives, as a program receives them."""
    found = [
        source
        for source in OF_ROWS
        if source.model is model and source.resource_type == resource_type and source.gives(row)
    ]
    return [
        json.loads(json.dumps(source.project(row), default=float)) | {"id": source.id_of(row)}
        for source in found
    ]


def assert_read_back(model: Any, resource_type: str, row: Any, *, of: tuple[Any, ...] = ()) -> None:
    """What is read of a row's resources is what stands in its columns, or in a row beside it."""
    found = [read(one) for one in projected(model, resource_type, row)]
    values = {
        name: value for one in found for r in one.readings for name, value in r.values.items()
    }
    assert values
    for name, value in values.items():
        rows = [each for each in (row, *of) if hasattr(each, name)]
        assert value in [getattr(each, name) for each in rows], f"{name}: {value!r}"


@pytest.fixture
def case(scope, coordinator):
    """A case."""
    with assessed_once():
        yield make_case(by=coordinator)


def test_a_laboratory_value(case, coordinator):
    row = make_lab_result(case, "chromogranin_a", "320", "ng/mL", "2026-01-05", by=coordinator)

    assert_read_back(LabResult, "Observation", row)


def test_a_specimen_with_all_that_pathology_said(case, coordinator):
    row = specimens.add(
        case=case,
        by=coordinator,
        taken_on=DAY,
        kind="resection",
        site="pancreas",
        ki67_percent=Decimal("4.5"),
        mitoses_per_10hpf=3,
        grade="G2",
        who_version="WHO2022",
        differentiation="well",
        subtype="NET",
        chromogranin_a=True,
        synaptophysin=False,
        hormones=["insulin", "gastrin"],
        size_mm=Decimal("23.5"),
        margin="R0",
        nodes_examined=12,
        nodes_positive=2,
        vascular_invasion=True,
        perineural_invasion=False,
        report="NET G2",
        reported_on=LATER,
        laboratory="Pathology",
        report_number="H-1",
    )

    for resource_type in ("Specimen", "Observation", "DiagnosticReport"):
        assert_read_back(Specimen, resource_type, row)


def test_a_study_its_order_and_its_result(case, coordinator):
    row = studies.add(
        case=case,
        by=coordinator,
        modality="CT",
        procedure="CT_AP_W",
        ordered_on=DAY,
        performed_on=DAY,
        target="liver_metastases",
        accession_number="A-1",
        study_uid="1.2.3",
        report="Stable",
        reported_on=LATER,
        performing_site="North",
    )
    said = {"outcome": "stable", "summary": "x", "new_lesions": False, "size_change": "stable"}
    result = results.enter(study=row, by=coordinator, **said)

    assert_read_back(Study, "ImagingStudy", row)
    assert_read_back(Study, "ServiceRequest", row)
    assert_read_back(Result, "DiagnosticReport", result, of=(row,))
    assert_read_back(Result, "Observation", result)


@pytest.mark.parametrize(
    ("type_", "resource_type", "more"),
    [
        ("surgery_primary", "Procedure", {"margin": "R0", "target": "tail", "agent": "robotic"}),
        ("PRRT", "Procedure", {"line": 2, "cycles": 4, "activity_gbq": Decimal("29.6")}),
        ("TACE", "Procedure", {"stop_reason": "progression", "end": LATER, "intent": "curative"}),
        ("SSA", "MedicationStatement", {"agent": "lanreotide", "ongoing": True, "note": "n"}),
    ],
)
def test_a_treatment(case, coordinator, type_, resource_type, more):
    row = treatments.add(case=case, by=coordinator, type=type_, start=DAY, **more)

    assert_read_back(Treatment, resource_type, row)


def test_a_procedure_and_a_patient(case, coordinator):
    row = procedures.add(
        case=case, by=coordinator, kind="biliary_stent", done_on=DAY, removed_on=LATER, note="x"
    )

    assert_read_back(Procedure, "Procedure", row)
    assert_read_back(Patient, "Patient", case.patient)


def test_answers(case, coordinator):
    answers = {
        "bone_pain": True,
        "metastatic_sites": ["liver", "bone"],
        "liver_burden_percent": 12,
        "whipple_triad": "unknown",
        "resection_date": "2025-01-01",
        "functional_status": "functioning",
        "months_since_resection": 3.5,
        "new_symptoms": [],
        "krenning_grade": 3,
        "gastrin_value": 5,
        "liver_met_count": 3,
    }
    facts.answer(case=case, by=coordinator, answers=answers)

    found = [
        reading.values
        for row in FactAnswer.objects.filter(case=case)
        for resource in projected(FactAnswer, "Observation", row)
        for reading in read(resource).readings
    ]
    assert {values["fact"]: values["value"] for values in found} == answers
