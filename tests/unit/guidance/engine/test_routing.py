"""The way to a scenario: the steps of the content, walked in order."""

import pytest
from hypothesis import given

from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.reading import read_case
from guidance.engine.routing import find_rule, route_case
from guidance.engine.scenario import load_catalogue
from tests.unit.guidance.cases import read_data
from tests.unit.guidance.properties.strategies import FACTS

EDITION = load_edition()
RULES = {rule.id: rule for step in EDITION.catalogue.steps for rule in step.rules}


def route(base, **facts):
    raw = {**read_data("d0"), **read_data("micro_cases")["bases"][base], **facts}
    reading, _ = read_case(parse_facts(raw))
    return route_case(reading, EDITION.catalogue, EDITION.contradictions)


@pytest.mark.parametrize(
    ("rule", "base", "facts"),
    [
        ("R-07.0", "S", {"clinical_question": "unknown"}),
        ("R-07.1", "S", {"clinical_question": "local_staging"}),
        ("R-07.2", "S", {"clinical_question": "primary_detection"}),
        ("R-07.3", "S", {"clinical_question": "preoperative_planning"}),
        ("R-07.4", "S", {"clinical_question": "prrt_selection"}),
        ("R-07.5", "S", {"clinical_question": "hereditary_screening"}),
        ("R-08.1", "S", {"definitive_treatment_done": "unknown"}),
        ("R-08.2", "S", {"diagnosis_basis": "unknown"}),
        ("R-08.3", "S", {"diagnosis_basis": "suspected"}),
        ("R-08.4", "S", {}),
        ("R-09.1", "R", {"recurrence_status": "confirmed"}),
        (
            "R-09.2",
            "R",
            {"recurrence_status": "confirmed", "treated_for_current_disease": False},
        ),
        ("R-09.4", "R", {"cga_trend": "rising"}),
        ("R-09.5", "R", {"new_symptoms": "unknown", "recurrence_status": "unknown"}),
        ("R-09.6", "R", {"new_symptoms": "unknown"}),
        ("R-09.7", "R", {"recurrence_status": "unknown"}),
        ("R-09.8", "R", {"metastases_resected_completely": False}),
        ("R-09.9", "R", {}),
        ("R-10.1", "F", {"resection_status": "unknown", "metastases_known": "unknown"}),
        ("R-10.2", "F", {"treated_for_current_disease": "unknown"}),
        (
            "R-10.3",
            "F",
            {"treated_for_current_disease": "unknown", "dominant_site": "extrahepatic"},
        ),
        (
            "R-10.4",
            "F",
            {"treated_for_current_disease": "unknown", "dominant_site": "unknown"},
        ),
        (
            "R-10.5",
            "F",
            {"treated_for_current_disease": False, "residual_disease_known": True},
        ),
        ("R-10.6", "F", {"treated_for_current_disease": False}),
        ("R-10.7", "F", {"metastases_known": "unknown"}),
        ("R-10.8", "F", {"metastases_known": False, "dominant_site": "extrahepatic"}),
        (
            "R-10.9",
            "F",
            {"metastases_known": False, "dominant_site": "none", "residual_disease_known": True},
        ),
        ("R-10.10", "F", {"metastases_known": False, "dominant_site": "unknown"}),
        ("R-10.11", "F", {"metastases_known": False, "dominant_site": "none"}),
        ("R-11.1", "F", {"dominant_site": "extrahepatic"}),
        ("R-11.2", "F", {}),
        ("R-11.3", "F", {"diagnosis_basis": "highly_suspected"}),
        ("R-11.4", "F", {"dominant_site": "none"}),
    ],
)
def test_every_rule_decides_where_it_should(rule, base, facts):
    found = route(base, **facts)
    assert found.rule is RULES[rule]
    assert found.scenario == RULES[rule].leads_to


def test_all_rules_but_the_way_on_are_tried_above():
    marks = test_every_rule_decides_where_it_should.pytestmark
    tried = {case[0] for mark in marks for case in mark.args[1]}
    assert {id_ for id_, rule in RULES.items() if rule.leads_to} == tried
    assert [id_ for id_, rule in RULES.items() if not rule.leads_to] == ["R-09.3"]


def test_a_recurrence_that_was_treated_goes_on_to_where_most_of_it_lies():
    found = route(
        "R",
        recurrence_status="confirmed",
        treated_for_current_disease=True,
        metastases_known=True,
        dominant_site="liver",
    )
    assert found.rule is RULES["R-11.2"]


def test_what_is_reserved_keeps_an_answer_from_being_final():
    found = route("R", residual_disease_known="unknown", cga_trend="not_measured")
    assert [entry.id for entry in found.reservations] == ["RES-RESIDUAL", "RES-CGA"]
    assert found.provisional
    assert found.missing == ("residual_disease_known", "cga_trend")


def test_a_carcinoma_has_no_reservation_of_a_tumor():
    found = route("S", differentiation="unknown", histology_subtype="MANEC", age_years="unknown")
    assert (found.scenario, found.missing) == ("SC-08", ("age_years",))
    assert found.gate is EDITION.catalogue.carcinoma_gate


@given(FACTS)
def test_some_rule_decides_every_case(raw):
    reading, _ = read_case(parse_facts(raw))
    rule = find_rule(reading, EDITION.catalogue.steps)
    assert rule.condition.test(reading) is True
    assert rule.leads_to is not None


def test_where_no_rule_holds_the_last_one_decides():
    content = dict(EDITION.content["scenarios"])
    said = {"text": "Said.", "source": "INT"}
    on = {"id": "R-07.1", "when": "sex = male", "to": "next", **said}
    end = {"id": "R-08.1", "when": "sex = female", "to": "SC-01", **said}
    content["steps"] = [
        {"number": 7, **said, "rules": [on]},
        {"number": 8, **said, "rules": [end]},
    ]
    steps = load_catalogue(content).steps
    assert find_rule({"sex": "male"}, steps).id == "R-08.1"
    assert find_rule({}, steps).id == "R-08.1"
