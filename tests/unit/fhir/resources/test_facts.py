"""Answered facts as Observations."""

from decimal import Decimal

import pytest

from cases.fhir.resources.fact import AnsweredFact
from cases.fhir.vocabulary import address_of
from guidance.engine.dictionary import DICTIONARY
from tests.unit.fhir.resources.clinical_rows import codes, fact_answer
from tests.unit.fhir.resources.valid import assert_valid

FACT = AnsweredFact()


def said(fact, value, **columns):
    return assert_valid(FACT.project(fact_answer(fact, value, **columns)))


def test_a_choice_has_codes_of_question_and_answer():
    found = said("pathologist_grade", "G2", source="Report of 3 Feb")

    assert codes(found["code"])[address_of("fact")] == "pathologist_grade"
    assert codes(found["valueCodeableConcept"]) == {
        "http://snomed.info/sct": "1663004",
        address_of("fact"): "pathologist_grade/G2",
    }
    assert found["note"] == [{"text": "Report of 3 Feb"}]
    assert found["issued"] == "2026-11-20T14:30:00+00:00"
    assert "effectiveDateTime" not in found, "when it held, nobody says"


def test_yes_and_no_are_booleans():
    assert said("metastases_known", False)["valueBoolean"] is False


def test_a_number_has_its_unit():
    assert said("primary_size_mm", 24.5)["valueQuantity"] == {
        "value": Decimal("24.5"),
        "unit": "mm",
        "system": "http://unitsofmeasure.org",
        "code": "mm",
    }
    assert said("gastrin_value", 80)["valueQuantity"] == {"value": 80}
    assert said("gastrin_value", 80, unit="pg/mL")["valueQuantity"]["code"] == "pg/mL"


def test_a_day_is_a_day():
    assert said("resection_date", "2025-11-01")["valueDateTime"] == "2025-11-01"


def test_each_member_of_a_list_is_a_component():
    found = said("metastatic_sites", ["liver", "bone"])

    values = [codes(each["valueCodeableConcept"]) for each in found["component"]]
    assert [each["http://snomed.info/sct"] for each in values] == ["94381002", "94222008"]
    assert said("metastatic_sites", [])["valueCodeableConcept"] == {"text": "None"}


def test_asked_and_not_known_is_an_answer():
    found = said("ki67_percent", "unknown")

    assert list(codes(found["dataAbsentReason"]).values()) == ["asked-unknown"]
    assert "valueQuantity" not in found


def test_records_stand_in_words():
    found = said("treatments", [{"type": "SSA", "start": "2024-02-01", "end": None}])

    assert found["valueString"] == "type: SSA, start: 2024-02-01"
    assert said("treatments", [])["valueString"] == "None"


def test_a_fact_that_the_dictionary_has_no_more_is_told():
    found = said("given_up", "once")

    assert (found["code"]["text"], found["valueString"]) == ("given_up", "once")


@pytest.mark.parametrize("name", DICTIONARY)
def test_every_fact_of_the_dictionary_can_be_said(name):
    fact = DICTIONARY[name]
    value = {
        "bool3": True,
        "integer": 3,
        "decimal": 2.5,
        "date": "2026-01-01",
        "string": "words",
        "records": [{"type": "x"}],
        "map": {"a": "b"},
    }.get(fact.kind) or (list(fact.allowed[:2]) if fact.kind == "list" else fact.allowed[0])

    assert set(said(name, value)) & {
        "valueBoolean",
        "valueQuantity",
        "valueDateTime",
        "valueString",
        "valueCodeableConcept",
        "component",
    }
