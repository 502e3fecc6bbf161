"""Assessments as GuidanceResponses."""

from cases.fhir.resources.guidance_response import AssessmentResponse
from cases.fhir.vocabulary import address_of
from tests.unit.fhir.resources.board_rows import CASE, assessment
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = AssessmentResponse()


def made(**values):
    return assert_valid(SOURCE.project(assessment(**values)))


def answered(response):
    (answer,) = response["contained"]
    return [(each["name"], each["valueString"]) for each in answer["parameter"]]


def test_an_assessment_names_its_plan_and_edition_and_what_it_comes_down_to():
    response = made()

    assert response["moduleCanonical"].endswith("/guidance/fhir/PlanDefinition/SC-05|2025.1")
    assert response["reasonReference"] == [{"reference": f"Condition/{CASE.pk}"}]
    assert response["outputParameters"] == {"reference": "#answer"}
    assert answered(response) == [
        ("edition", "2025.1"),
        ("edition-hash", "0" * 64),
        ("scenario", "SC-05"),
        ("branch", "B-05-POS"),
        ("board-level", "yes"),
        ("top-study", "PET_DOTATATE"),
        ("action", "OPT-PRRT"),
    ]


def test_missing_facts_are_data_that_would_make_the_answer_better():
    response = made()

    assert response["status"] == "data-requested"
    (wanted,) = response["dataRequirement"]
    assert wanted["type"] == "Observation"
    codes = {each["system"]: each["code"] for each in wanted["codeFilter"][0]["code"]}
    assert codes[address_of("fact")] == "ki67_percent"
    assert "http://loinc.org" in codes or "http://snomed.info/sct" in codes


def test_where_nothing_is_missing_it_succeeded():
    response = made(answer={"missing": [], "warnings": ["W-NEC"]})

    assert response["status"] == "success"
    assert "dataRequirement" not in response
    assert ("check", "W-NEC") in answered(response)


def test_without_a_scenario_the_edition_was_asked_and_data_are_required():
    response = made(scenario="undetermined", branch="")

    assert response["moduleUri"].endswith("/guidance/2025.1/fhir.json")
    assert response["status"] == "data-required"
