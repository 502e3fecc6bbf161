"""Why an answer says what it says: every line with what decided it."""

import json

import pytest
from hypothesis import given

from guidance.engine.assess import assess
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from guidance.engine.why import explain_why, tell
from tests.factories.editions import item, revised
from tests.unit.guidance.cases import read_data
from tests.unit.guidance.properties.strategies import FACTS

EDITION = load_edition()
VIGNETTES = {entry["id"]: entry["facts"] for entry in read_data("vignettes")}


def why(*layers):
    raw = dict(read_data("d0"))
    for layer in layers:
        raw.update(layer)
    return {line["anchor"]: line for line in explain_why(parse_facts(raw), EDITION)}


def on_base(base, **facts):
    return why(read_data("micro_cases")["bases"][base], facts)


def states(line):
    return {ground["title"]: ground["tree"]["state"] for ground in line["trees"]}


def leaves(tree):
    below = [leaf for part in tree["parts"] for leaf in leaves(part)]
    return below or [(tree["text"], tree["state"])]


def numbers(line):
    return [(step["number"], step["state"]) for step in line["steps"]]


# --- Every line ----------------------------------------------------------------------------------


def expected_anchors(answer):
    """One line for everything that an answer says."""
    yield from ("scenario", "grade", "board")
    yield from (f"study-{study['procedure']}" for study in answer["studies"])
    yield from (f"check-{code}" for code in answer["warnings"])
    yield from (f"action-{code}" for code in answer["actions"])
    yield from (f"interval-{rule}" for rule in answer["next_interval"] or ())
    yield from (f"board-{code}" for code in answer["board"]["reasons"])
    yield from (f"missing-{name}" for name in answer["missing"])
    yield from (f"confirm-{name}" for name in answer["confirm_before_order"])
    if answer["scenario_name"]:
        yield from ("provisional", "branch")


@given(FACTS)
def test_every_line_of_an_answer_is_explained_once(raw):
    facts = parse_facts(raw)
    lines = explain_why(facts, EDITION)
    anchors = [line["anchor"] for line in lines]
    assert len(set(anchors)) == len(anchors)
    assert set(expected_anchors(assess(facts, EDITION))) <= set(anchors)
    json.dumps(lines, allow_nan=False)


@given(FACTS)
def test_what_is_open_is_unknown_and_among_the_facts_used(raw):
    facts = parse_facts(raw)
    for line in explain_why(facts, EDITION):
        assert set(line["open"]) <= set(line["facts"])
        assert not any(facts.is_known(name) for name in line["open"])


def test_the_told_case_gives_the_stored_answer():
    facts = parse_facts({**read_data("d0"), **VIGNETTES["V26"]})
    assert tell(facts, EDITION).answer == assess(facts, EDITION)


def test_an_edition_explains_itself_by_its_own_dictionary():
    def revise(content):
        facts = content["facts"]["facts"]
        facts.remove(item(facts, name="pathologist_grade"))

    facts = parse_facts({**read_data("d0"), **VIGNETTES["V26"]})
    lines = {line["anchor"]: line for line in explain_why(facts, revised(revise))}
    assert set(lines["grade"]["facts"]) == {"ki67_percent", "mitoses_per_10hpf", "who_version"}
    assert lines["grade"]["open"] == ["mitoses_per_10hpf"]


# --- The way to a scenario -----------------------------------------------------------------------


def test_the_way_names_every_step_up_to_the_one_that_decided():
    line = on_base("F")["scenario"]
    assert numbers(line) == [
        (1, "does not apply"),
        (2, "does not apply"),
        (3, "does not apply"),
        (3, "does not apply"),
        (3, "does not apply"),
        (4, "does not apply"),
        (5, "does not apply"),
        (6, "does not apply"),
        (7, "does not settle it"),
        (8, "does not apply"),
        (9, "does not apply"),
        (10, "does not settle it"),
        (11, "decided here"),
    ]
    decided = line["steps"][-1]["rules"][-1]
    assert (decided["id"], decided["state"]) == ("R-11.2", "decided here")
    assert decided["leads_to"] == "Follow-up of treated, liver-dominant disease"
    assert line["steps"][8]["facts"] == {"clinical_question": "treatment_followup"}


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({"pregnancy_status": "pregnant"}, (1, "decided here")),
        ({"age_years": 17}, (2, "decided here")),
        ({"primary_site": "lung"}, (3, "decided here")),
        ({"diagnosis_basis": "not_pnet"}, (3, "decided here")),
        ({"sstr_imaging_done": False, "sstr_result": "negative"}, (4, "decided here")),
        ({"differentiation": "poor", "histology_subtype": "NEC_large_cell"}, (5, "decided here")),
        ({"clinical_question": "local_staging"}, (7, "decided here")),
    ],
)
def test_what_stops_the_way_is_its_last_step(facts, last):
    assert numbers(on_base("S", **facts)["scenario"])[-1] == last


def test_a_gate_that_is_not_known_is_passed_and_said_to_be_unknown():
    line = on_base("S", age_years="unknown")["scenario"]
    assert (2, "not known, so it does not decide") in numbers(line)


def test_an_unknown_differentiation_with_g3_leaves_the_scenario_open():
    facts = {"differentiation": "unknown", "histology_subtype": "unknown", "ki67_percent": 45}
    line = on_base("S", **facts)["scenario"]
    assert (6, "leaves it open") in numbers(line)
    assert line["statement"].endswith(
        "Initial staging for distant disease or Poorly differentiated neuroendocrine carcinoma"
    )


def test_v17_is_undetermined_because_nobody_reviewed_the_symptoms():
    lines = why(VIGNETTES["V17"])
    line = lines["scenario"]
    assert line["state"] == "UNDETERMINED"
    assert line["statement"] == (
        "Not enough is known: it may be Surveillance after complete resection or "
        "Suspected recurrence after complete resection"
    )
    assert line["steps"][-1]["rules"][-1]["id"] == "R-09.6"
    assert states(line)["Surveillance after complete resection: No new symptom of concern."] == (
        "unknown"
    )
    assert "new_symptoms" in line["open"]
    assert lines["missing-new_symptoms"]["reasons"] == ["Symptoms have not been reviewed."]
    # There is no answer yet that could be final or provisional, and no branch.
    assert "provisional" not in lines
    assert "branch" not in lines
    assert lines["board"]["statement"] == "The data have to be completed first."


def test_v15_a_rising_marker_overrides_the_recorded_absence_of_recurrence():
    lines = why(VIGNETTES["V15"])
    line = lines["scenario"]
    assert line["state"] == "SC-04"
    rule = line["steps"][-1]["rules"][-1]
    assert rule["id"] == "R-09.4"
    assert ("Chromogranin A trend: rising", "met") in leaves(rule["tree"])
    assert [entry["fact"] for entry in line["overridden"]] == ["recurrence_status"]
    assert "A-22" in [mark["code"] for mark in line["marks"]]
    assert states(lines["check-W-MARKER-RISING"])["Worded so where"] == "met"


def test_a_symptom_overrides_it_too_and_a_suspicion_needs_no_override():
    assert on_base("R", new_symptoms=["flushing"])["scenario"]["overridden"]
    assert not on_base("R", recurrence_status="suspected")["scenario"]["overridden"]


def test_a_contradiction_shows_what_contradicts_what():
    line = on_base("R", residual_disease_known=True)["scenario"]
    assert line["statement"] == "The facts contradict each other"
    [(title, state)] = states(line).items()
    assert "residual disease is known" in title
    assert state == "met"
    assert line["steps"][-1]["trees"][0]["state"] == "met"


def test_what_is_not_covered_is_said_with_its_gate():
    line = on_base("S", pregnancy_status="pregnant")["scenario"]
    assert line["statement"] == "Pregnancy is not covered by the source documents."
    assert states(line) == {"The patient is pregnant.": "met"}
    assert line["source"] == "INT"


def test_what_sends_a_case_elsewhere_is_told_beside_its_criteria():
    line = on_base("F")["scenario"]
    titles = [title for title in states(line) if "is ruled out" in title]
    assert titles == [
        "Initial staging for distant disease is ruled out: Known metastases under treatment.",
        "Surveillance after complete resection is ruled out: Liver metastases under treatment.",
    ]


def test_where_no_step_decides_all_of_them_are_passed():
    def revise(content):
        content["scenarios"]["steps"] = [
            {**step, "when": "sex = male"} for step in content["scenarios"]["steps"]
        ]

    lines = explain_why(parse_facts(read_data("d0")), revised(revise))
    assert lines[0]["steps"][-1]["state"] == "does not apply"
    assert lines[0]["state"] == "UNDETERMINED"


# --- Provisional, grade --------------------------------------------------------------------------


def test_a_provisional_answer_names_what_keeps_it_from_being_final():
    line = on_base("R", residual_disease_known="unknown")["provisional"]
    assert line["state"] == "provisional"
    assert states(line) == {"It is not known whether disease was left behind.": "met"}
    assert line["open"] == ["residual_disease_known"]


def test_gadolinium_left_open_by_the_kidneys_is_such_a_thing():
    facts = {"renal_impairment_significant": True, "gbca_permitted": "unknown"}
    lines = on_base("S", **facts)
    assert lines["provisional"]["state"] == "provisional"
    assert lines["provisional"]["open"] == ["gbca_permitted"]
    [reason] = lines["missing-gbca_permitted"]["reasons"]
    assert "gadolinium" in reason


def test_a_final_answer_says_so():
    line = on_base("S")["provisional"]
    assert (line["state"], line["trees"]) == ("final", [])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"ki67_percent": 2}, {"Ki-67 gives G1": "Ki-67 index at most 2 % positive nuclei"}),
        (
            {"ki67_percent": 2.5, "who_version": "WHO2022"},
            {"Ki-67 gives G1": "Ki-67 index below 3 % positive nuclei"},
        ),
        ({"ki67_percent": 25}, {"Ki-67 gives G3": "Ki-67 index above 20 % positive nuclei"}),
        ({"mitoses_per_10hpf": 1}, {"Mitoses give G1": "Mitotic count below 2 mitoses / 10 HPF"}),
        ({"mitoses_per_10hpf": 21}, {"Mitoses give G3": "Mitotic count above 20 mitoses / 10 HPF"}),
        (
            {"pathologist_grade": "G2"},
            {
                "The counts give none, so the pathologist's grade is taken": (
                    "Grade given by pathology: G2"
                )
            },
        ),
        ({"ki67_percent": 25, "who_version": "unknown"}, {}),
    ],
)
def test_the_grade_shows_each_count_against_its_limit(facts, said):
    line = on_base("S", **facts)["grade"]
    assert {g["title"]: leaves(g["tree"])[0][0] for g in line["trees"]} == said
    assert set(states(line).values()) <= {"met"}


@pytest.mark.parametrize("version", ["WHO2010", "WHO2017", "WHO2019", "WHO2022"])
@pytest.mark.parametrize("ki67", [0, 2, 2.1, 2.9, 3, 20, 20.1, 100])
@pytest.mark.parametrize("mitoses", [0, 1.9, 2, 20, 20.5])
def test_the_limits_that_are_shown_are_those_that_were_computed(version, ki67, mitoses):
    facts = {"who_version": version, "ki67_percent": ki67, "mitoses_per_10hpf": mitoses}
    assert set(states(on_base("S", **facts)["grade"]).values()) == {"met"}


# --- Studies -------------------------------------------------------------------------------------


def test_a_study_that_is_taken_away_shows_the_rule_that_did_it():
    line = on_base("S", mri_contraindicated=True)["study-MRI_AP_WWO"]
    assert line["standing"] == "removed"
    assert states(line)["SUB-01 takes it away where"] == "met"
    assert states(line)["SUB-06 takes it away where"] == "not met"
    assert leaves(line["trees"][0]["tree"])[0] == ("MRI contraindicated: yes", "met")
    assert "SUB-01" in line["statement"]


def test_a_study_that_could_be_taken_away_says_what_is_open():
    line = on_base("S", mri_tolerated="unknown")["study-MRI_AP_WWO"]
    assert (line["standing"], line["open"]) == ("top", ["mri_tolerated"])


def test_the_fallback_shows_what_could_take_it_away():
    facts = {"iodinated_contrast_severe_allergy": True, "gbca_permitted": False}
    lines = on_base("R", **facts)
    assert lines["study-MRI_AP_WO"]["standing"] == "top"
    assert "SUB-01 takes it away where" in states(lines["study-MRI_AP_WO"])
    assert "SUB-03 takes it away where" not in states(lines["study-CT_AP_WO"])


def test_a_study_that_was_made_says_why_it_counts_as_made():
    facts = {"study_modality": "MRI", "study_outcome": "negative"}
    assert states(on_base("S", **facts)["study-MRI_AP_WWO"])["Already done where"] == "met"


# --- Checks --------------------------------------------------------------------------------------


def test_a_raised_check_shows_what_raised_it_and_how_severe_it_is():
    line = on_base("S", sstr_result="negative", ki67_percent=45)["check-W-NEG-SSTR"]
    assert (line["kind"], line["state"], line["severity"]) == ("check", "raised", "CRITICAL")
    assert states(line)["Raised where"] == "met"
    assert states(line)["Critical where"] == "met"


def test_a_check_is_told_that_only_one_unknown_keeps_away():
    line = on_base("S", chest_imaging_done="unknown")["check-W-CHEST"]
    assert (line["kind"], line["open"]) == ("open check", ["chest_imaging_done"])
    assert states(line) == {"Raised where": "unknown"}


def test_a_check_that_is_raised_or_cannot_be_is_not_told_as_open():
    assert on_base("S", chest_imaging_done=False)["check-W-CHEST"]["kind"] == "check"
    assert "check-W-CHEST" not in on_base("S", chest_imaging_done=True)


def test_a_check_without_a_condition_has_none_to_show():
    line = on_base("S", clinical_question="local_staging")["check-W-NAMED-ONLY"]
    assert (line["state"], line["trees"]) == ("raised", [])


# --- What follows a result -----------------------------------------------------------------------


def test_v26_prrt_is_shown_because_nothing_speaks_against_it():
    line = why(VIGNETTES["V26"])["action-OPT-PRRT"]
    assert line["state"] == "shown"
    assert leaves(line["trees"][0]["tree"]) == [
        ("Earlier PRRT: no", "met"),
        ("Treatments: not known to include PRRT", "met"),
        ("Krenning grade: not known to be below 3", "met"),
        ("Uptake homogeneous: not known to be no", "met"),
        ("SSTR imaging result: not known to be negative", "met"),
    ]
    assert line["facts"]["krenning_grade"] == 4


def test_v39_prrt_is_withheld_because_nobody_knows_of_an_earlier_one():
    lines = why(VIGNETTES["V39"])
    line = lines["action-OPT-PRRT"]
    assert (line["state"], line["open"]) == ("withheld", ["prior_prrt"])
    assert leaves(line["trees"][0]["tree"])[0] == ("Earlier PRRT: no", "unknown")
    assert lines["branch"]["withheld"] == [{"anchor": "action-OPT-PRRT", "text": line["statement"]}]
    assert lines["missing-prior_prrt"]["reasons"] == [
        "Wanted by what follows this result: Unequivocal progression."
    ]


def test_an_action_without_a_condition_belongs_to_its_branch():
    line = why(VIGNETTES["V26"])["action-ACT-MDT"]
    assert line["state"] == "shown, part of what follows this result in every case"
    assert line["trees"] == []


def test_a_branch_shows_scenario_and_result():
    line = why(VIGNETTES["V26"])["branch"]
    assert line["state"] == "B-05-PROG"
    assert [state for _, state in leaves(line["trees"][0]["tree"])] == ["met", "met"]
    assert line["trees"][0]["tree"]["parts"][0]["line"] == "scenario"


PSEUDO = {
    "treatments": ["everolimus"],
    "study_outcome": "progression",
    "study_modality": "CT",
    "size_change": "increase",
    "attenuation_or_enhancement_change": "decrease",
    "new_enhancement_in_treated_lesion": False,
}


def test_progression_that_is_held_back_says_why():
    line = on_base("F", **PSEUDO, new_lesions=False)["branch"]
    assert line["state"] == "B-05-REVIEW"
    assert states(line) == {
        "Follows where": "met",
        "May only seem to be progression": "met",
        "Held back for a second reading where": "met",
    }


def test_progression_that_could_be_held_back_says_what_is_unknown():
    lines = on_base("F", **PSEUDO, new_lesions="unknown")
    assert lines["branch"]["state"] == "B-05-PROG"
    assert states(lines["branch"])["Held back for a second reading where"] == "unknown"
    reasons = lines["missing-new_lesions"]["reasons"]
    assert any("second reading" in reason for reason in reasons)
    assert states(lines["missing-new_lesions"]) == {"May only seem to be progression": "met"}


@pytest.mark.parametrize(
    ("base", "facts", "statement"),
    [
        ("S", {}, "No result is entered, so nothing follows from one."),
        (
            "S",
            {"study_outcome": "stable"},
            "The staging article goes on from a positive, a negative and an indeterminate study "
            "only.",
        ),
        (
            "S",
            {"clinical_question": "local_staging"},
            "The sources say of no result what follows it here.",
        ),
    ],
)
def test_without_a_branch_the_line_says_why(base, facts, statement):
    line = on_base(base, **facts)["branch"]
    assert (line["statement"], line["state"]) == (statement, "no branch")


def test_an_interval_shows_each_row_of_its_rule():
    facts = {"study_outcome": "negative", "ki67_percent": 1, "stage_class": "early"}
    line = on_base("R", **facts)["interval-FU-01"]
    assert line["statement"] == "once a year"
    assert states(line) == {
        "every 6 to 12 months, above all in the first years": "not met",
        "once a year": "met",
    }
    assert line["trees"][1]["tree"]["parts"][0]["line"] == "grade"


def test_an_interval_that_waits_for_an_acceptance_says_so():
    facts = {
        "study_outcome": "stable",
        "study_modality": "MRI",
        "ordered_procedure": "MRI_AP_WWO",
        "ordered_multiphasic": False,
    }
    [reason] = on_base("F", **facts)["interval-FU-05"]["reasons"]
    assert reason == EDITION.explanations["acceptance"]["text"]
    facts["ordered_multiphasic"] = True
    assert on_base("F", **facts)["interval-FU-05"]["reasons"] == []


# --- Board, options, questions -------------------------------------------------------------------


def test_a_reason_for_the_board_keeps_how_firmly_the_source_puts_it():
    lines = why(VIGNETTES["V26"])
    assert lines["board"]["state"] == "yes"
    line = lines["board-E-03"]
    assert (line["kind"], line["strength"]) == ("board reason", "could involve")
    assert states(line) == {"A reason where": "met"}


def test_a_reason_that_one_unknown_keeps_away_is_told():
    facts = {**VIGNETTES["V26"], "imaging_clinical_discordant": "unknown"}
    line = why(facts)["board-E-04"]
    assert line["kind"] == "open board reason"
    assert "imaging_clinical_discordant" in line["open"]


def test_v39_ablation_is_outside_its_best_indication_by_the_number_of_lesions():
    line = why(VIGNETTES["V39"])["option-TX-ABL"]
    assert ("Number of liver metastases below 5 lesions", "not met") in leaves(
        line["trees"][0]["tree"]
    )
    assert line["open"] == []


def test_an_option_that_is_hidden_is_not_explained():
    facts = {**VIGNETTES["V26"], "prior_prrt": True}
    assert "option-TX-PRRT" in why(VIGNETTES["V26"])
    assert "option-TX-PRRT" not in why(facts)


def test_a_question_before_an_order_names_the_rules_that_need_it():
    line = on_base("S", mri_available="unknown")["confirm-mri_available"]
    assert line["reasons"] == ["MRI is contraindicated, unavailable or not tolerated."]
    assert states(line) == {"SUB-01 takes a study away where": "unknown"}


@pytest.mark.parametrize(
    ("base", "facts", "anchor", "reason"),
    [
        ("S", {"who_version": "unknown"}, "missing-who_version", "edition of WHO"),
        ("S", {"age_years": "unknown"}, "missing-age_years", "age is not known"),
        ("S", {"chest_imaging_done": "unknown"}, "missing-chest_imaging_done", "every case of"),
        (
            "S",
            {"ordered_procedure": "MRI_AP_WWO"},
            "confirm-ordered_multiphasic",
            "order form",
        ),
        (
            "R",
            {"study_outcome": "negative"},
            "missing-ki67_percent",
            "rules for the next study",
        ),
        (
            "R",
            {"study_outcome": "negative", "report_complex_or_subtle": "unknown"},
            "missing-report_complex_or_subtle",
            "every result in",
        ),
    ],
)
def test_every_question_says_who_asks(base, facts, anchor, reason):
    line = on_base(base, **facts)[anchor]
    assert any(reason in said for said in line["reasons"])


@given(FACTS)
def test_every_open_question_has_a_reason(raw):
    for line in explain_why(parse_facts(raw), EDITION):
        if line["kind"] in ("missing", "confirm"):
            assert line["reasons"], line["anchor"]


def test_a_known_fact_that_is_asked_again_says_so():
    line = on_base("F", diagnosis_basis="highly_suspected")["missing-diagnosis_basis"]
    assert line["state"] == "to be looked at again"
    assert states(line) == {"The scenario stays open where": "met"}
