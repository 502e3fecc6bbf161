"""The edition as FHIR R4: it parses, its codes are bound, its references resolve."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle

from guidance.engine.edition import load_edition
from guidance.engine.logic import parse_condition
from guidance.fhir.bundle import as_bytes, bundle, find, resources
from guidance.fhir.expressions import LANGUAGE
from guidance.fhir.publication import Publication, base_at

EDITION = load_edition()
BASE = base_at("https://board.example/")

#: Required bindings of R4 that `fhir.resources` does not check.
PUBLICATION_STATUS = {"draft", "active", "retired", "unknown"}
REQUIRED = {
    "groupingBehavior": {"visual-group", "logical-group", "sentence-group"},
    "selectionBehavior": {
        "any", "all", "all-or-none", "exactly-one", "at-most-one", "one-or-more",
    },
    "requiredBehavior": {"must", "could", "must-unless-documented"},
    "precheckBehavior": {"yes", "no"},
    "cardinalityBehavior": {"single", "multiple"},
    "priority": {"routine", "urgent", "asap", "stat"},
}  # fmt: skip
ARTIFACT_TYPES = {
    "documentation", "justification", "citation", "predecessor", "successor", "derived-from",
    "depends-on", "composed-of",
}  # fmt: skip
PARTICIPANT_TYPES = {"patient", "practitioner", "related-person", "device"}
REQUEST_TYPES = {"ServiceRequest", "Appointment", "Task", "CommunicationRequest"}
INTENTS = {"proposal", "plan", "directive", "order", "option"}


@cache
def made() -> tuple[dict[str, Any], ...]:
    return tuple(resources(EDITION, BASE))


def of_type(kind: str) -> list[dict[str, Any]]:
    return [resource for resource in made() if resource["resourceType"] == kind]


def plan(code: str) -> dict[str, Any]:
    found = find(EDITION, BASE, "PlanDefinition", code)
    assert found is not None
    return found


def actions_in(value: Any) -> Iterator[dict[str, Any]]:
    for action in value.get("action", ()):
        yield action
        yield from actions_in(action)


def all_actions() -> list[dict[str, Any]]:
    return [action for each in of_type("PlanDefinition") for action in actions_in(each)]


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def named(code: str, scenario: str) -> dict[str, Any]:
    return next(a for a in actions_in(plan(scenario)) if a["id"] == code)


@pytest.mark.parametrize(
    "resource", made(), ids=lambda each: f"{each['resourceType']}-{each['id']}"
)
def test_a_resource_parses_and_says_what_it_is(resource):
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)

    assert resource["status"] in PUBLICATION_STATUS
    assert (resource["status"], resource["experimental"]) == ("active", False)
    assert resource["url"] == f"{BASE}/{resource['resourceType']}/{resource['id']}"
    assert resource["version"] == EDITION.version
    assert resource["date"] == EDITION.date
    assert "copyright" not in resource


def test_the_bundle_parses_and_holds_every_resource_once():
    whole = bundle(EDITION, BASE)
    Bundle.model_validate(whole)

    urls = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(set(urls)) == len(urls) == len(made())
    assert whole["type"] == "collection"
    assert whole["identifier"]["value"] == EDITION.hash


def test_the_same_edition_gives_the_same_bytes():
    first, second = (as_bytes(bundle(EDITION, BASE)) for _ in range(2))

    assert first == second
    assert json.loads(first)["resourceType"] == "Bundle"
    assert "☢".encode() in first


def test_every_scenario_is_a_plan_and_every_rated_study_and_action_an_activity():
    assert [each["id"] for each in of_type("PlanDefinition")] == list(EDITION.catalogue.scenarios)
    activities = {each["id"] for each in of_type("ActivityDefinition")}
    for scenario, ratings in EDITION.ratings.by_scenario.items():
        for rating in ratings:
            identity = f"{scenario}.{rating.procedure.code.replace('_', '-')}"
            assert (identity in activities) == (rating.code != "NR" or bool(rating.role))
    codes = {entry["code"] for entry in EDITION.content["actions"]["actions"]}
    assert codes <= activities


def test_required_codes_are_those_of_the_standard():
    for each in of_type("PlanDefinition"):
        assert each["type"]["coding"][0]["code"] == "clinical-protocol"
    for each in of_type("ActivityDefinition"):
        assert each["kind"] in REQUEST_TYPES
        assert each["intent"] in INTENTS
    for action in all_actions():
        for name, codes in REQUIRED.items():
            assert action.get(name) in {None, *codes}
        for participant in action.get("participant", ()):
            assert participant["type"] in PARTICIPANT_TYPES
        for condition in action.get("condition", ()):
            assert condition["kind"] in {"applicability", "start", "stop"}
    for part in walk(list(made())):
        for name in ("relatedArtifact", "documentation"):
            for artifact in part.get(name, ()):
                assert artifact["type"] in ARTIFACT_TYPES


def test_every_reference_resolves():
    versions = {f"{each['url']}|{each['version']}" for each in made()}
    codes = {
        each["url"]: {concept["code"] for concept in each["concept"]}
        for each in of_type("CodeSystem")
    }
    seen = 0
    for part in walk(list(made())):
        for name in ("definitionCanonical", "resource"):
            if isinstance(part.get(name), str):
                seen += 1
                assert part[name] in versions
        if str(part.get("system", "")).startswith(BASE) and "code" in part:
            assert part["code"] in codes[part["system"]]
            assert part["version"] == EDITION.version
    assert seen > 50
    for each in of_type("PlanDefinition"):
        goals = {goal["id"] for goal in each["goal"]}
        assert {goal for a in actions_in(each) for goal in a.get("goalId", ())} <= goals


def test_every_action_has_an_id_of_its_own():
    for each in of_type("PlanDefinition"):
        ids = [action["id"] for action in actions_in(each)]
        assert len(set(ids)) == len(ids)
        assert not any(" " in identity for identity in ids)


def test_conditions_are_exact_and_readable():
    expressions = [
        condition["expression"]
        for action in all_actions()
        for condition in action.get("condition", ())
    ]
    assert expressions
    for expression in expressions:
        assert expression["language"] == LANGUAGE
        assert parse_condition(json.loads(expression["expression"]))
        assert "@" not in expression["description"]


def test_studies_stand_in_rank_order_with_rating_reason_and_sources():
    studies = named("SC-01.studies", "SC-01")["action"]

    assert [s["title"] for s in studies][:2] == [
        "MRI abdomen and pelvis without and with IV contrast",
        "CT abdomen and pelvis with IV contrast",
    ]
    first = studies[0]
    assert first["precheckBehavior"] == "yes"
    assert [s["precheckBehavior"] for s in studies[1:]] == ["no"] * (len(studies) - 1)
    labels = [artifact["label"] for artifact in first["documentation"]]
    assert labels == [
        "Usually Appropriate",
        "Relative radiation level",
        "002 L7, L35-L37, L45, L76",
    ]
    assert first["reason"][0]["coding"][0]["code"] == "UA"
    assert "MRI is contraindicated" in first["condition"][0]["expression"]["description"]
    assert json.loads(first["condition"][0]["expression"]["expression"])["unless"]
    assert not any("ultrasound" in s["title"].lower() for s in studies)


def test_a_study_that_is_not_appropriate_is_told_against_and_never_asked_for():
    resource = find(EDITION, BASE, "ActivityDefinition", "SC-01.EUS")
    assert resource is not None
    assert resource["doNotPerform"] is True
    told = [a for a in plan("SC-01")["relatedArtifact"] if "Endoscopic ultrasound" in a["display"]]
    assert told[0]["label"] == "Usually not appropriate"
    assert told[0]["resource"] == f"{BASE}/ActivityDefinition/SC-01.EUS|{EDITION.version}"
    asked = {action.get("definitionCanonical", "") for action in all_actions()}
    for each in of_type("ActivityDefinition"):
        if each.get("doNotPerform"):
            assert f"{each['url']}|{each['version']}" not in asked


def test_what_is_only_mentioned_is_no_activity():
    assert find(EDITION, BASE, "ActivityDefinition", "SC-05.PET-FDG") is None
    told = [a for a in plan("SC-05")["relatedArtifact"] if a["display"].startswith("FDG PET/CT")]
    assert "resource" not in told[0]


def test_the_order_text_is_that_of_the_protocol():
    resource = find(EDITION, BASE, "ActivityDefinition", "SC-05.MRI-AP-WWO")
    assert resource is not None
    order = resource["dynamicValue"][0]
    assert order["path"] == "orderDetail.text"
    assert order["expression"]["language"] == "text/fhirpath"
    assert order["expression"]["expression"].startswith("'Multiphasic liver protocol with DWI")
    assert "With diffusion-weighted imaging." in order["expression"]["expression"]
    unscripted = find(EDITION, BASE, "ActivityDefinition", "SC-03.PET-DOTATATE")
    assert unscripted is not None
    assert "dynamicValue" not in unscripted


def test_the_fallback_waits_until_nothing_else_is_possible():
    fallback = named("SC-03.MRI_AP_WO", "SC-03")

    assert "prefix" not in fallback
    assert json.loads(fallback["condition"][0]["expression"]["expression"]) == (
        "@combined_contraindication = T"
    )


def test_branches_exclude_each_other_and_carry_the_board_and_its_strength():
    results = named("SC-01.results", "SC-01")
    assert results["selectionBehavior"] == "at-most-one"
    positive = results["action"][0]
    assert positive["title"] == "Positive for distant disease."
    assert "typically" in positive["reason"][0]["text"]
    assert positive["reason"][0]["coding"][0]["code"] == "E-01"
    roles = [participant["role"]["text"] for participant in positive["participant"]]
    assert roles == [
        "medical oncology", "surgery", "interventional radiology", "nuclear medicine",
    ]  # fmt: skip
    assert "reason" not in named("SC-01.B-01-NEG", "SC-01")


def test_alternatives_are_either_or_and_options_are_weighed():
    either = named("SC-01.B-01-IND.clarify", "SC-01")
    assert either["selectionBehavior"] == "exactly-one"
    assert len(either["action"]) == 2
    options = named("SC-05.B-05-PROG.treatment", "SC-05")
    assert options["selectionBehavior"] == "any"
    assert {each["requiredBehavior"] for each in options["action"]} == {"could"}
    prrt = named("SC-05.B-05-PROG.OPT-PRRT", "SC-05")
    assert "Earlier PRRT: no" in prrt["condition"][0]["expression"]["description"]
    receptor = named("SC-01.B-01-POS.ACT-SSTR-PET", "SC-01")
    assert "unless" in json.loads(receptor["condition"][0]["expression"]["expression"])


def test_progression_that_may_be_mimicked_is_held():
    progression = named("SC-05.B-05-PROG", "SC-05")["condition"]
    review = named("SC-05.B-05-REVIEW", "SC-05")["condition"]
    held = json.loads(review[0]["expression"]["expression"])
    assert json.loads(progression[-1]["expression"]["expression"]) == {"unless": held}
    assert "study_outcome in {progression}" in held["all"]


def test_intervals_are_ranges_of_months_and_policies_are_chosen_from():
    policies = named("SC-03.B-03-NEG.intervals", "SC-03")
    assert policies["selectionBehavior"] == "exactly-one"
    assert [each["code"][0]["coding"][0]["code"] for each in policies["action"]] == [
        "FU-01", "FU-02", "FU-03", "FU-04",
    ]  # fmt: skip
    yearly = named("SC-03.B-03-NEG.FU-02.3", "SC-03")
    assert yearly["timingRange"] == {
        "low": {"value": 12, "unit": "months", "system": "http://unitsofmeasure.org", "code": "mo"}
    }
    short = named("SC-05.B-05-IND.FU-06.1", "SC-05")["timingRange"]
    assert (short["low"]["value"], short["high"]["value"]) == (2, 3)
    assert "timingRange" not in named("SC-01.B-01-IND.FU-08.1", "SC-01")
    receptor = named("SC-03.B-03-NEG.FU-02b", "SC-03")
    assert receptor["requiredBehavior"] == "could"
    on_therapy = named("SC-05.B-05-STAB.FU-03", "SC-05")
    assert "chemotherapy" in on_therapy["condition"][0]["expression"]["description"]


def test_a_named_scenario_has_hints_and_never_a_study():
    named_only = plan("SC-06")
    assert "rate no study" in named_only["description"]
    assert not [a for a in actions_in(named_only) if a["id"].endswith(".studies")]
    labels = [artifact["label"] for artifact in named_only["relatedArtifact"]]
    assert "Usually Appropriate" in labels
    assert not [a for a in actions_in(plan("SC-09")) if ".hints" in a["id"]]
    hints = named("SC-08.hints", "SC-08")["action"]
    assert hints[0]["textEquivalent"]


def test_checks_of_the_scenario_come_along():
    checks = named("SC-01.checks", "SC-01")["action"]
    chest = next(each for each in checks if each["title"] == "W-CHEST")
    assert chest["textEquivalent"].startswith("CAUTION: The lungs are not covered")
    always = named("SC-06.checks", "SC-06")["action"][0]
    assert always["id"] == "SC-06.checks.1"


def test_gates_and_exclusions_keep_others_out():
    belongs = [each["expression"]["description"] for each in named("SC-03", "SC-03")["condition"]]
    assert belongs[0].startswith("GATE-1, not: The patient is pregnant.")
    assert any(
        "SC-03.X2, not: Residual disease is known. That leads to SC-09." in b for b in belongs
    )
    assert any(words.startswith("SC-03.I2: ") for words in belongs)


def test_text_is_escaped_where_it_is_markup():
    head = Publication(EDITION, BASE).head("CodeSystem", "x", "A < B & C > D", "none")
    assert "A &lt; B &amp; C &gt; D" in head["text"]["div"]


def test_a_resource_that_there_is_not_is_not_found():
    assert find(EDITION, BASE, "PlanDefinition", "SC-99") is None
    assert find(EDITION, BASE, "Patient", "SC-01") is None
