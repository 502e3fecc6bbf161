"""What leaves is read back as what the row says: one server of ours understands another."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cases.fhir.resources.diagnostic_report import ImagingReport
from cases.fhir.resources.fact import AnsweredFact
from cases.fhir.resources.imaging_study import PerformedStudy
from cases.fhir.resources.laboratory import LaboratoryValue
from cases.fhir.resources.medication_statement import MedicalTherapy
from cases.fhir.resources.outcome import OBSERVATIONS
from cases.fhir.resources.pathology import PATHOLOGY
from cases.fhir.resources.procedure import RecordedProcedure
from cases.fhir.resources.specimen import TumorSpecimen
from cases.fhir.resources.treatment_procedure import (
    CancerSurgery,
    RadiotherapyCourse,
    TreatmentProcedure,
)
from cases.fhir.source import Source
from cases.readings.fhir import read
from tests.unit.fhir.resources.clinical_rows import (
    DAY,
    fact_answer,
    lab_result,
    procedure,
    result,
    specimen,
    study,
    treatment,
)

LATER = datetime.date(2026, 8, 1)


def read_back(source: Source, row: Any) -> dict[str, Any]:
    """Every value that is read of the row's resource."""
    found = read({**source.project(row), "id": source.id_of(row)})
    values: dict[str, Any] = {}
    for reading in found.readings:
        values |= reading.values
    return values


def test_a_laboratory_value():
    row = lab_result(
        "gastrin", "80.5", "pmol/L", comparator=">", upper_limit=Decimal(50), laboratory="City"
    )

    values = read_back(LaboratoryValue(), row)
    for column in ("analyte", "value", "unit", "comparator", "upper_limit", "laboratory"):
        assert values[column] == getattr(row, column), column
    assert values["taken_on"] == DAY


@pytest.mark.parametrize(
    ("source", "row"),
    [
        (
            CancerSurgery(),
            treatment(
                "surgery_primary", start=DAY, intent="curative", margin="R1", agent="Whipple"
            ),
        ),
        (
            RadiotherapyCourse(),
            treatment("PRRT", start=DAY, end=LATER, cycles=4, activity_gbq=Decimal("29.6"), line=2),
        ),
        (TreatmentProcedure(), treatment("TACE", start=DAY, target="right lobe", note="Twice")),
        (
            MedicalTherapy(),
            treatment("SSA", start=DAY, ongoing=True, agent="Lanreotide", line=1),
        ),
        (MedicalTherapy(), treatment("everolimus", start=DAY, end=LATER, stop_reason="toxicity")),
    ],
    ids=lambda each: getattr(each, "type", None),
)
def test_a_treatment(source, row):
    values = read_back(source, row)

    for column in (
        "type", "start", "end", "agent", "target", "intent", "line", "cycles", "activity_gbq",
        "stop_reason", "margin", "note",
    ):  # fmt: skip
        assert (values.get(column) or None) == (getattr(row, column) or None), column


def test_a_procedure():
    row = procedure("biliary_stent", done_on=DAY, removed_on=LATER, note="Plastic")

    values = read_back(RecordedProcedure(), row)
    assert {name: values[name] for name in ("kind", "done_on", "removed_on", "note")} == {
        "kind": "biliary_stent",
        "done_on": DAY,
        "removed_on": LATER,
        "note": "Plastic",
    }


def test_a_specimen_and_what_was_said_of_it():
    row = specimen(
        report_number="P-17",
        ki67_percent=Decimal("3.5"),
        mitoses_per_10hpf=Decimal(2),
        grade="G2",
        who_version="WHO2022",
        subtype="NET",
        size_mm=Decimal(24),
        differentiation="well",
        chromogranin_a=True,
        hormones=["insulin"],
        margin="R0",
        nodes_examined=12,
        nodes_positive=0,
        vascular_invasion=False,
    )

    values = read_back(TumorSpecimen(), row)
    for source in PATHOLOGY:
        values |= read_back(source, row)
    for column in (
        "taken_on", "kind", "site", "report_number", "ki67_percent", "mitoses_per_10hpf", "grade",
        "who_version", "subtype", "size_mm", "differentiation", "chromogranin_a", "hormones",
        "margin", "nodes_examined", "nodes_positive", "vascular_invasion",
    ):  # fmt: skip
        assert values.get(column) == getattr(row, column), column


def test_a_study_and_its_result():
    row = study(accession_number="A-9", study_uid="1.2.840.1", performing_site="North")
    values = read_back(PerformedStudy(), row)
    for column in ("modality", "procedure", "performed_on", "accession_number", "study_uid"):
        assert values[column] == getattr(row, column), column

    found = result("progression", study=row, summary="Growth.", new_lesions=True, krenning_grade=3)
    values = read_back(ImagingReport(), found)
    for source in OBSERVATIONS:
        values |= read_back(source, found)
    for column in ("outcome", "summary", "new_lesions", "krenning_grade"):
        assert values[column] == getattr(found, column), column


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("pathologist_grade", "G2"),
        ("metastases_known", False),
        ("primary_size_mm", 24.5),
        ("resection_date", "2025-11-01"),
        ("metastatic_sites", ["liver", "bone"]),
        ("recurrence_status", "none"),
        ("ki67_percent", "unknown"),
    ],
)
def test_an_answered_fact(fact, value):
    found = read({**AnsweredFact().project(fact_answer(fact, value)), "id": "1"})

    said = [reading.values for reading in found.readings]
    assert {each["fact"] for each in said} == {fact}
    got = [each["value"] for each in said]
    members = [member for each in got for member in (each if isinstance(each, list) else [each])]
    assert members == (value if isinstance(value, list) else [value])
