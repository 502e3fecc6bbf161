"""What is read is what the services take: columns, choices and lengths of the models."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from cases.models import Case, LabResult, Patient, Procedure, Result, Specimen, Study, Treatment
from cases.models.patient import Sex
from cases.models.specimen import SpecimenKind
from cases.models.study import Modality
from cases.models.treatment import SURGICAL, Margin, StopReason, TreatmentType
from cases.readings import specimens
from cases.readings.fhir import (
    conditions,
    courses,
    imaging,
    medications,
    patients,
    procedures,
    reports,
    texts,
)
from cases.readings.fhir import read_all as read_resources
from cases.readings.findings import columns, laboratory, specimen_columns
from cases.readings.hl7v2 import examinations, people, read, results
from cases.readings.profile_codes import FIXED
from cases.readings.proposals import proposal_of
from cases.readings.reading import Kind
from cases.readings.studies import modalities
from cases.selectors.facts import RECORD_ONLY, RESULT_FACTS
from guidance.engine.dictionary import DICTIONARY
from tests.unit.readings.fhir.resources import LOCAL, SCT, TABLES, UCUM, concept, resource
from tests.unit.readings.fhir.test_reading import RESOURCES
from tests.unit.readings.hl7v2.messages import LOCAL as LOCAL_V2
from tests.unit.readings.hl7v2.messages import PID, message

MODELS = {
    Kind.PATIENT: Patient,
    Kind.LAB_RESULT: LabResult,
    Kind.STUDY: Study,
    Kind.RESULT: Result,
    Kind.SPECIMEN: Specimen,
    Kind.PROCEDURE: Procedure,
    Kind.TREATMENT: Treatment,
}
#: What a result's reading says of the study.
OF_STUDY = {"report", "reported_on"}
OWN = "https://board.test/fhir"
OBR = "OBR|1|P1|H-1|{}|||20260303|||||||||||A-17||||20260304||{}|F"


def own(kind, code, words=""):
    """One of our own codes."""
    return concept(f"{OWN}/CodeSystem/{kind}", code, words)


def everything():
    """Readings with as many columns as can be read of each kind."""
    course = resource(
        "Procedure",
        status="stopped",
        code={**own("treatment", "TARE", "TARE"), "text": "TARE: resin"},
        performedPeriod={"start": "2026-01-01", "end": "2026-02-01"},
        statusReason=own("stop-reason", "toxicity"),
        bodySite=[{"text": "right lobe"}],
        note=[{"text": "x"}],
        extension=[
            {"url": f"{OWN}/StructureDefinition/treatment-line", "valuePositiveInt": 2},
            {"url": f"{OWN}/StructureDefinition/treatment-cycles", "valuePositiveInt": 2},
            {
                "url": f"{OWN}/StructureDefinition/treatment-activity",
                "valueQuantity": {"value": 3, "unit": "GBq", "system": UCUM, "code": "GBq"},
            },
            {"url": courses.INTENT, "valueCodeableConcept": concept(SCT, "373808002")},
        ],
    )
    resection = resource(
        "Procedure",
        code=own("treatment", "surgery_primary"),
        outcome=own("margin", "R1"),
    )
    stent = resource(
        "Procedure",
        code=own("procedure-kind", "biliary_stent"),
        performedDateTime="2026-01-01",
        note=[{"text": "x"}],
        extension=[
            {"url": f"{OWN}/StructureDefinition/removed-on", "valueDate": "2026-02-01"},
        ],
    )
    panel = resource(
        "Observation",
        status="final",
        code=own("record", "pathology-findings"),
        specimen={"reference": "Specimen/s"},
        component=[
            {"code": own("record", name), "valueBoolean": True} for name in specimen_columns.RECORD
        ]
        + [{"code": own("fact", fact), "valueBoolean": True} for fact in columns.SPECIMEN],
    )
    patient = resource(
        "Patient",
        identifier=[{"type": concept(f"{TABLES}/v2-0203", "MR"), "value": "1"}],
        name=[{"family": "A", "given": ["B"]}],
        birthDate="1961-04-05",
        gender="other",
    )
    whole = read_resources([*RESOURCES, course, resection, stent, panel, patient], local=LOCAL)
    imaging_report = message(
        "ORU^R01",
        PID,
        OBR.format("CTAP^^99LAB", "RAD"),
        "ZDS|1.2.3",
        "OBX|1|TX|X&IMP^^99X||Stable||||||F",
        "OBX|2|CWE|OUT^^99LAB||359746009^^SCT||||||F",
        OBR.format("X^^99X", "SP"),
        "SPM|1|^S-9|||||BIO^^HL70488|LI^^99LAB|||||||||20260302",
        "OBX|1|NM|9811-1^^LN||5|ng/mL|1-9||||F|||20260303|||||||||Central",
        "NTE|1||x",
        "OBX|2|NM|29593-1^^LN||5|%|||||F",
        "OBX|3|TX|X^^99X||NET||||||F",
    )
    order = message("ORM^O01", PID, "ORC|NW|||||||||20260301", "OBR|1|||CTAP^^99LAB")
    for one in (imaging_report, order):
        whole += read(one, local=LOCAL_V2)
    return whole.readings


READINGS = everything()


@pytest.mark.parametrize("kind", MODELS)
def test_every_column_is_one_of_the_model(kind):
    found = [one.values for one in READINGS if one.kind is kind]

    assert found
    for name in {name for values in found for name in values}:
        if kind is Kind.RESULT and name in OF_STUDY:
            Study._meta.get_field(name)
            continue
        try:
            MODELS[kind]._meta.get_field(name)
        except FieldDoesNotExist:
            assert hasattr(MODELS[kind], name), name


def test_facts_are_of_the_dictionary_and_may_be_answered():
    found = [one.values for one in READINGS if one.kind is Kind.FACT]

    assert found
    assert all(set(values) == {"fact", "value"} for values in found)
    assert {values["fact"] for values in found} <= set(DICTIONARY) - RECORD_ONLY


def test_a_diagnosis_is_a_title_and_facts():
    found = [one.values for one in READINGS if one.kind is Kind.DIAGNOSIS]

    assert found
    for values in found:
        assert set(values) == {"title", "facts"}
        assert values["title"]
        assert set(values["facts"]) <= set(DICTIONARY) - RECORD_ONLY


def test_facts_with_columns_are_those_of_the_record():
    of_rows = {"sex", "who_version", *columns.RESULT, *columns.RECORD_ONLY}

    assert set(columns.RESULT) == {"study_outcome", *RESULT_FACTS}
    assert of_rows == set(RECORD_ONLY)
    for column in columns.SPECIMEN.values():
        Specimen._meta.get_field(column)
    for column in (*columns.RESULT.values(), *columns.RESULT_OR_FACT):
        Result._meta.get_field(column)
    for column in specimen_columns.RECORD.values():
        Specimen._meta.get_field(column)


def test_choices_are_those_of_the_models():
    assert set(modalities().values()) <= set(Modality.values)
    assert set(specimens.KINDS.values()) <= set(SpecimenKind.values)
    assert set(specimen_columns.MARGINS) == set(Margin.values)
    assert {*patients.SEXES.values(), *people.SEXES.values()} - {""} == set(Sex.values)
    assert set(SURGICAL) == courses.SURGICAL
    stops = {concept.partition("/")[2] for concept in FIXED.values() if "stop-reason" in concept}
    assert stops <= set(StopReason.values)
    proposed = set(DICTIONARY["proposed_treatment"].allowed)
    unproposable = {TreatmentType.SURGERY_PRIMARY, TreatmentType.OTHER}
    assert {proposal_of(one) for one in set(TreatmentType) - unproposable} <= proposed


@pytest.mark.parametrize(
    ("model", "column", "letters"),
    [
        (Case, "title", conditions.TITLE_LETTERS),
        (LabResult, "laboratory", laboratory.LONGEST_NAME),
        (LabResult, "note", laboratory.LONGEST_NOTE),
        (Procedure, "note", procedures.NOTE_LETTERS),
        (Treatment, "agent", courses.AGENT_LETTERS),
        (Treatment, "target", courses.TARGET_LETTERS),
        (Treatment, "note", medications.NOTE_LETTERS),
        (Study, "study_uid", imaging.UID_LETTERS),
        (Study, "accession_number", imaging.ACCESSION_LETTERS),
        (Study, "performing_site", imaging.SITE_LETTERS),
        (Study, "report", texts.REPORT_LETTERS),
        (Study, "study_uid", examinations.UID_LETTERS),
        (Study, "accession_number", examinations.NUMBER_LETTERS),
        (Result, "summary", reports.SUMMARY_LETTERS),
        (Result, "summary", results.SUMMARY_LETTERS),
        (Specimen, "laboratory", reports.LABORATORY_LETTERS),
        (Specimen, "report_number", specimens.NUMBER_LETTERS),
        (Specimen, "report", results.REPORT_LETTERS),
    ],
)
def test_nothing_is_longer_than_its_column(model, column, letters):
    assert model._meta.get_field(column).max_length == letters


@pytest.mark.parametrize(
    ("model", "column", "places"),
    [
        *(
            (Specimen, column, columns.PLACES[column])
            for column in ("ki67_percent", "mitoses_per_10hpf", "size_mm")
        ),
        (Result, "sstr_suvmax", columns.PLACES["sstr_suvmax"]),
        (LabResult, "value", laboratory.PLACES),
        (LabResult, "upper_limit", laboratory.PLACES),
        (Treatment, "activity_gbq", 2),
    ],
)
def test_no_number_has_more_places_than_its_column(model, column, places):
    assert model._meta.get_field(column).decimal_places == places
