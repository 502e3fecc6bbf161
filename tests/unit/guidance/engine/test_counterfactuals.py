"""What would change an answer: each statement is what `assess` says to the changed facts."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance.engine.assess import assess
from guidance.engine.changes.consequences import consequences_of
from guidance.engine.counterfactuals import MOST, changes
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.unit.guidance.cases import read_data
from tests.unit.guidance.properties.strategies import FACTS, VALUES

EDITION = load_edition()
BASES = read_data("micro_cases")["bases"]
VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}


def on_base(base, **facts):
    return parse_facts({**read_data("d0"), **BASES[base], **facts})


def vignette(name, **facts):
    return parse_facts({**read_data("d0"), **VIGNETTES[name], **facts})


def told(facts, *names):
    """What each answer to the facts would change: words of the answer to texts by kind."""
    found = changes(facts, EDITION, names or None)
    return {
        each["fact"]: {
            answer["words"]: [(c["kind"], c["text"]) for c in answer["consequences"]]
            for answer in each["answers"]
        }
        for each in found["facts"]
    }


def texts(facts, name, words):
    return [text for _, text in told(facts, name)[name][words]]


# --- The example of the issue --------------------------------------------------------------------


def test_the_dominant_site_leads_to_mri_or_out_of_the_rated_guidance():
    found = told(on_base("F", dominant_site="unknown"), "dominant_site")["dominant_site"]
    assert list(found) == ["Liver", "Outside the liver", "No dominant site"]
    assert found["Liver"] == [
        ("scenario", "Scenario: Follow-up of treated, liver-dominant disease"),
        ("study", "Study: MRI abdomen and pelvis without and with IV contrast"),
    ]
    assert found["Outside the liver"][0] == (
        "scenario",
        "Scenario: Follow-up of disease mainly outside the liver (named only, no study is rated)",
    )
    assert found["No dominant site"] == []


def test_answers_that_lead_to_the_same_stand_together_and_the_rest_last():
    [found] = changes(on_base("R", cga_trend="unknown"), EDITION, ["cga_trend"])["facts"]
    assert [(answer["words"], answer["is_rest"]) for answer in found["answers"]] == [
        ("Rising", False),
        ("Stable, Falling or Normal", False),
        ("Not measured", False),
    ]
    [found] = changes(on_base("S"), EDITION, ["functional_subtype"])["facts"]
    first, rest = found["answers"]
    assert (first["words"], first["values"], first["is_rest"]) == (
        "Insulinoma",
        ["insulinoma"],
        False,
    )
    assert rest["is_rest"]
    assert rest["consequences"] == []
    assert len(rest["values"]) == 7


def test_a_number_is_told_in_ranges():
    facts = on_base("R", study_outcome="negative")
    found = told(facts, "ki67_percent")["ki67_percent"]
    assert list(found) == [
        "below 2 %",
        "exactly 2 %",
        "between 2 and 3 %",
        # At 10 % an option changes, which is told too.
        "3 to 10 %",
        "above 10 up to 20 %",
        "above 20 %",
    ]
    option = ("options", "FDG PET/CT by a review of 2016: Indicated by this review")
    assert [each for each in found["above 10 up to 20 %"] if each != option] == found["3 to 10 %"]
    assert ("grade", "Grade: G2 (WHO 2010)") in found["3 to 10 %"]
    assert ("intervals", "Next study by FU-02: every 3 months, indefinitely") in found["3 to 10 %"]
    assert ("questions", "Then asked: Grade given by pathology") in found["between 2 and 3 %"]
    assert ("provisional", "The answer is provisional") in found["above 20 %"]


# --- Each kind of consequence --------------------------------------------------------------------


def test_an_unknown_review_of_symptoms_leads_to_one_of_two_scenarios():
    found = told(vignette("V17"), "new_symptoms")["new_symptoms"]
    none, several = found
    assert none == "none"
    assert ("scenario", "Scenario: Surveillance after complete resection") in found[none]
    assert several.startswith("Abdominal pain, Jaundice")
    assert found[several][0][1].startswith("Scenario: Suspected recurrence")


def test_v39_without_an_earlier_one_prrt_is_shown():
    found = told(vignette("V39"), "prior_prrt")["prior_prrt"]
    assert found["No"][0] == ("actions", "Shown: Evaluate for PRRT.")
    assert found["Yes"] != found["No"]


def test_a_study_that_becomes_impossible_and_what_takes_its_place():
    found = texts(on_base("S", mri_tolerated="unknown"), "mri_tolerated", "No")
    assert "Study: CT abdomen and pelvis with IV contrast" in found
    assert any(text.startswith("Not possible: MRI abdomen") for text in found)


def test_a_study_that_becomes_possible_again():
    before = assess(on_base("S", mri_contraindicated=True), EDITION)
    after = assess(on_base("S", mri_contraindicated=False), EDITION)
    options = {"options": {}}
    name = "mri_contraindicated"
    found = consequences_of({**before, **options}, {**after, **options}, name, EDITION)
    assert {"kind": "removed", "text": f"Possible again: {MRI}"} in found


MRI = "MRI abdomen and pelvis without and with IV contrast"


def test_a_contradiction_that_an_answer_would_make():
    facts = on_base("R", residual_disease_known="unknown")
    found = texts(facts, "residual_disease_known", "Yes")
    assert found[0].startswith("The record would contradict itself. The resection is recorded")
    assert "Study: none is recommended" in found


def test_what_would_take_the_case_out_of_the_guidance():
    found = texts(on_base("S", pregnancy_status="unknown"), "pregnancy_status", "Pregnant")
    assert found[0] == "Not covered. Pregnancy is not covered by the source documents."


def test_an_answer_after_which_still_not_enough_is_known():
    facts = on_base("F", resection_status="unknown", metastases_known="unknown")
    found = texts(facts, "resection_status", "No resection or Incomplete resection")
    assert found[0] == (
        "Scenario: not enough is known; it may be Follow-up of treated, liver-dominant disease "
        "or Follow-up of disease mainly outside the liver"
    )
    assert "Then asked: Metastases present" in found


def test_a_scenario_that_leaves_its_question_open():
    facts = on_base("S", clinical_question="unknown", differentiation="unknown", ki67_percent=1)
    found = told(facts, "differentiation")["differentiation"]
    assert found["Poorly differentiated"][0][0] == "scenario"


def test_checks_board_branch_and_what_is_confirmed():
    facts = on_base("S", study_outcome="unknown", study_modality="MRI")
    found = told(facts, "study_outcome")["study_outcome"]
    positive = found["Positive"]
    assert ("board", "Tumor board: yes") in positive
    assert ("board", "Reason for the board: Metastatic disease at staging.") in positive
    assert ("branch", "After the result: Positive for distant disease.") in positive
    assert any(kind == "options" for kind, _ in positive)
    ordered = told(on_base("S", ordered_procedure="unknown"), "ordered_procedure")
    confirm = [
        text
        for answer in ordered["ordered_procedure"].values()
        for kind, text in answer
        if kind == "confirm"
    ]
    assert (
        "To confirm before ordering: Multiphasic protocol ordered, Order covers the pelvis"
        in confirm
    )


def test_what_is_no_longer_said():
    facts = on_base("F", study_outcome="stable", treatments="unknown")
    found = told(facts, "treatments")["treatments"]
    some = next(answer for words, answer in found.items() if words != "none")
    assert any(text.startswith("No longer: The expected pattern") for _, text in some)


def test_a_branch_that_an_answer_ends():
    facts = on_base("S", study_outcome="positive", differentiation="unknown", ki67_percent=1)
    found = texts(facts, "differentiation", "Poorly differentiated")
    assert "After the result: the sources say nothing" in found
    assert "No longer shown: Evaluate for PRRT." in found
    assert any(text.startswith("No longer a reason for the board") for text in found)


# --- Which facts, and how many -------------------------------------------------------------------


def test_what_is_missing_comes_first_then_what_is_confirmed_then_the_rest():
    facts = vignette("V39", mri_tolerated="unknown")
    kinds = [found["kind"] for found in changes(facts, EDITION)["facts"]]
    assert kinds == sorted(kinds, key=["missing", "confirm", "criteria"].index)
    assert set(kinds) == {"missing", "confirm", "criteria"}


def test_what_is_asked_for_is_told_even_if_it_changes_nothing():
    facts = on_base("R", study_outcome="negative", ki67_percent=2.5)
    by_fact = {found["fact"]: found for found in changes(facts, EDITION)["facts"]}
    assert by_fact["months_since_resection"]["kind"] == "missing"
    assert [a["words"] for a in by_fact["months_since_resection"]["answers"]] == ["any value"]
    others = [f for f in by_fact.values() if f["kind"] == "criteria"]
    assert all(any(a["consequences"] for a in found["answers"]) for found in others)


def test_known_facts_and_those_without_answers_to_try_are_left_out():
    facts = on_base("S")
    found = changes(facts, EDITION, ["age_years", "diagnosis_date"])
    assert found == {"facts": [], "assessed": 1, "left_out": []}


def test_it_stops_before_too_many_assessments_and_says_what_it_left_out():
    facts = on_base("S", sex="unknown")
    names = ["bone_pain", "functional_subtype", "alp_elevated"]
    found = changes(facts, EDITION, names, most=4)
    assert [each["fact"] for each in found["facts"]] == ["bone_pain"]
    assert found["left_out"] == ["functional_subtype", "alp_elevated"]
    assert found["assessed"] == 3


@given(FACTS)
@settings(max_examples=25)
def test_it_is_bounded_and_says_the_same_every_time(raw):
    facts = parse_facts(raw)
    found = changes(facts, EDITION)
    assert found["assessed"] <= MOST
    assert json.dumps(found, allow_nan=False) == json.dumps(changes(facts, EDITION))


# --- What is stated is what is answered ----------------------------------------------------------


def expected(before, after, name):
    """What a reader would compare, read from two answers."""
    keys = ("scenario", "candidates", "conflicts", "top", "removed", "branch", "actions")
    return {
        "same": all(before[key] == after[key] for key in keys)
        and before["next_interval"] == after["next_interval"]
        and before["checks"] == after["checks"]
        and before["board"] == after["board"]
        and before["grade"] == after["grade"]
        and before["provisional"] == after["provisional"],
        "grade": after["grade"],
        "top": after["top"],
        "warnings": {check["text"] for check in after["checks"]},
        "actions": {a["text"] for a in (after["branch_detail"] or {"actions": []})["actions"]},
    }


@given(data=st.data())
@settings(max_examples=60)
def test_the_stated_consequence_is_what_assess_says_to_the_changed_facts(data):
    raw = data.draw(FACTS)
    facts = parse_facts(raw)
    present = assess(facts, EDITION)
    found = changes(facts, EDITION)["facts"]
    for each in found[:4]:
        name = each["fact"]
        for answer in each["answers"]:
            said = {c["text"] for c in answer["consequences"]}
            kinds = {c["kind"] for c in answer["consequences"]}
            for value in answer["values"]:
                changed = assess(parse_facts({**facts.as_json(), name: value}), EDITION)
                truth = expected(present, changed, name)
                if not answer["consequences"]:
                    assert truth["same"], (name, value)
                assert ("grade" in kinds) == (changed["grade"] != present["grade"])
                assert ("study" in kinds) == (changed["top"] != present["top"])
                raised = truth["warnings"] - {check["text"] for check in present["checks"]}
                assert all(any(text in line for line in said) for text in raised)
                now = {a["text"] for a in (present["branch_detail"] or {"actions": []})["actions"]}
                shown = {f"Shown: {text}" for text in truth["actions"] - now}
                assert shown <= said


NUMBERS = (
    "ki67_percent",
    "mitoses_per_10hpf",
    "months_since_resection",
    "months_since_last_imaging",
    "liver_burden_percent",
    "liver_met_count",
    "age_years",
    "krenning_grade",
)


@pytest.mark.parametrize("name", NUMBERS)
@given(data=st.data())
@settings(max_examples=30)
def test_any_number_leads_where_its_range_says(name, data):
    """No threshold is overlooked: within a range the answer is one and the same."""
    raw = data.draw(FACTS)
    raw.pop(name, None)
    for date in ("resection_date", "last_imaging_date", "studies"):
        raw.pop(date, None)
    facts = parse_facts(raw)
    value = data.draw(VALUES[name])
    found = changes(facts, EDITION, [name])["facts"]
    changed = comparable(assess(parse_facts({**facts.as_json(), name: value}), EDITION), name)
    same = [
        comparable(assess(parse_facts({**facts.as_json(), name: example}), EDITION), name)
        for each in found
        for answer in each["answers"]
        for example in answer["values"]
    ]
    if not found:
        same = [comparable(assess(facts, EDITION), name)]
    assert changed in same


def comparable(answer, name):
    keys = ("scenario", "candidates", "top", "removed", "warnings", "branch", "actions",
            "next_interval", "board", "grade", "provisional")  # fmt: skip
    return {key: answer[key] for key in keys} | {
        "missing": [asked for asked in answer["missing"] if asked != name]
    }
