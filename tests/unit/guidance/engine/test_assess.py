import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidance.engine.assess import assess
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts
from tests.unit.guidance.cases import answer, on_base, read_data

VIGNETTES = read_data("vignettes")
MICRO = read_data("micro_cases")


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda entry: entry["id"])
def test_vignette(vignette):
    got = answer(read_data("d0"), vignette["facts"])
    expected = dict(vignette["expect"])
    assert set(got["warnings"]) == set(expected.pop("warnings"))
    assert {key: got[key] for key in expected} == expected
    assert got["confirm_before_order"] == []


@pytest.mark.parametrize("case", MICRO["routes"], ids=lambda entry: entry["id"])
def test_scenario_micro_case(case):
    got = on_base(case["base"], case["facts"])
    keys = case.keys() - {"id", "base", "facts"}
    assert {key: got[key] for key in keys} == {key: case[key] for key in keys}


@pytest.mark.parametrize("case", MICRO["orders"], ids=lambda entry: entry["id"])
def test_order_micro_case(case):
    got = on_base(case["base"], case["facts"])
    assert set(got["warnings"]) == set(case["warnings"])
    keys = case.keys() - {"id", "base", "facts", "warnings"}
    assert {key: got[key] for key in keys} == {key: case[key] for key in keys}


@pytest.mark.parametrize("case", MICRO["intervals"], ids=str)
def test_interval_micro_case(case):
    ki67 = {"G1": 1, "G2": 10, "G3": 30, None: "unknown"}[case["grade"]]
    got = on_base(
        "R",
        {
            "ki67_percent": ki67,
            "stage_class": case["stage"],
            "months_since_resection": case["months"],
            "on_chemo_or_biologic": case["on_therapy"],
            "study_outcome": "negative",
        },
    )
    assert got["grade"] == case["grade"]
    assert got["next_interval"] == {rule: case[rule] for rule in ("FU-01", "FU-02", "FU-03")}


def values(name):
    """Strategy of raw values that the dictionary accepts for one fact."""
    fact = DICTIONARY[name]
    low = 0 if fact.low is None else fact.low
    high = 10_000 if fact.high is None else fact.high
    return {
        "bool3": st.booleans(),
        "enum": st.sampled_from(fact.allowed or ("-",)),
        "list": st.lists(st.sampled_from(fact.allowed or ("-",)), max_size=3),
        "integer": st.integers(int(low), int(high)),
        "decimal": st.floats(low, high, exclude_min=fact.low_exclusive, allow_nan=False),
        "date": st.dates().map(lambda day: day.isoformat()),
        "string": st.text(min_size=1).filter(str.strip),
        "records": records(fact),
        "map": st.just({"age_years": {"user": "x"}}),
    }[fact.kind]


def records(fact):
    kinds = {
        "enum": lambda field: st.sampled_from(field.allowed),
        "bool3": lambda field: st.booleans(),
        "date": lambda field: st.dates(),
        "string": lambda field: st.just("text"),
        "strings": lambda field: st.lists(st.just("arterial"), max_size=2),
        "decimal": lambda field: st.floats(0, 100),
    }
    required = {f.name: kinds[f.kind](f) for f in fact.fields if f.required}
    optional = {f.name: kinds[f.kind](f) for f in fact.fields if not f.required}
    return st.lists(st.fixed_dictionaries(required, optional=optional), max_size=2)


def any_facts():
    return st.fixed_dictionaries({}, optional={name: values(name) for name in DICTIONARY})


def often_full():
    """Facts near the worked cases, where far more of the pathway is reached."""
    bases = st.sampled_from([{**read_data("d0"), **base} for base in MICRO["bases"].values()])
    changes = st.lists(
        st.sampled_from(sorted(DICTIONARY)).flatmap(
            lambda name: st.tuples(st.just(name), st.just("unknown") | values(name))
        ),
        max_size=6,
    )
    return st.builds(lambda base, found: {**base, **dict(found)}, bases, changes)


@settings(max_examples=300, deadline=None)
@given(any_facts() | often_full())
def test_any_valid_facts_are_answered_within_the_promises(raw):
    facts = parse_facts(raw)
    got = assess(facts, load_edition())
    json.dumps(got, allow_nan=False)
    if got["scenario_status"] != "FULL":
        assert (got["top"], got["alternatives"], got["removed"]) == (None, [], [])
        assert got["studies"] == []
    ratings = [rating for _, rating in got["alternatives"]]
    assert set(ratings) <= {"UA", "MBA", "MBA-D"}
    assert got["top"] not in [code for code, _ in got["alternatives"] + got["removed"]]
    assert (got["scenario"] == "CONFLICT") == bool(got["conflicts"])
    if got["scenario_status"] in {"CONFLICT", "UNDETERMINED"}:
        assert got["board"] == {"level": "no", "reasons": []}
    if got["scenario_status"] in {"CONFLICT", "NOT_COVERED", "UNDETERMINED"}:
        assert (got["branch"], got["next_interval"]) == (None, None)
    if got["scenario"] == "UNDETERMINED":
        assert got["missing"]
    assert [question["fact"] for question in got["questions"]] == (
        got["missing"] + got["confirm_before_order"]
    )
    assert not set(got["missing"]) & set(got["confirm_before_order"])
    assert [check["code"] for check in got["checks"]] == got["warnings"]


@settings(max_examples=50, deadline=None)
@given(often_full())
def test_the_same_facts_give_the_same_bytes_also_after_storage(raw):
    facts = parse_facts(raw)
    again = parse_facts(json.loads(json.dumps(facts.as_json())))
    first, second = (json.dumps(assess(each, load_edition())) for each in (facts, again))
    assert first == second


def test_an_answer_can_be_changed_without_touching_the_edition():
    got = on_base("F", {"clinical_question": "prrt_selection"})
    before = json.dumps(got)
    got["hint"]["points"][0]["text"] = "changed"
    got["criteria"].clear()
    assert json.dumps(on_base("F", {"clinical_question": "prrt_selection"})) == before


def statements(node):
    if isinstance(node, dict):
        if node.get("text"):
            yield node
        for child in node.values():
            yield from statements(child)
    if isinstance(node, list):
        for child in node:
            yield from statements(child)


@settings(max_examples=100, deadline=None)
@given(often_full())
def test_every_shown_statement_carries_its_source(raw):
    got = assess(parse_facts(raw), load_edition())
    assert all(statement["source"] for statement in statements(got))


class TestReservations:
    def test_open_gadolinium_in_renal_impairment_is_provisional_and_asked(self):
        got = on_base("S", {"renal_impairment_significant": True, "gbca_permitted": "unknown"})
        assert got["top"] == "MRI_AP_WWO"
        assert got["provisional"]
        assert got["missing"] == ["gbca_permitted"]
        assert got["confirm_before_order"] == []

    def test_gadolinium_does_not_matter_once_mri_is_impossible(self):
        got = on_base(
            "S",
            {
                "renal_impairment_significant": True,
                "gbca_permitted": "unknown",
                "mri_contraindicated": True,
            },
        )
        assert not got["provisional"]
        assert got["missing"] == []

    def test_unknown_feasibility_keeps_the_study_and_is_confirmed(self):
        facts = {"mri_contraindicated": "unknown", "sstr_pet_available": "unknown"}
        got = on_base("F", facts)
        assert got["top"] == "MRI_AP_WWO"
        assert got["confirm_before_order"] == ["mri_contraindicated", "sstr_pet_available"]
        assert got["studies"][0]["confirm"] == ["mri_contraindicated"]
        assert [question["kind"] for question in got["questions"]] == ["confirm", "confirm"]

    def test_the_order_form_is_confirmed_for_a_contrast_study(self):
        got = on_base("S", {"ordered_procedure": "MRI_AP_WWO"})
        assert got["confirm_before_order"] == ["ordered_multiphasic", "ordered_covers_pelvis"]

    def test_without_a_who_edition_nothing_is_graded_and_it_is_asked(self):
        got = on_base("S", {"who_version": "unknown", "ki67_percent": 30})
        assert got["grade"] is None
        assert got["missing"] == ["who_version"]
        assert got["grade_detail"]["text"] == "No grade without a chosen WHO edition."

    def test_unmeasured_marker_is_asked(self):
        got = on_base("R", {"cga_trend": "not_measured"})
        assert (got["scenario"], got["provisional"]) == ("SC-03", True)
        assert got["missing"] == ["cga_trend"]
        assert got["warnings"] == ["W-MARKER-MISSING"]


class TestRoutes:
    @pytest.mark.parametrize(
        ("question", "scenario"),
        [
            ("local_staging", "SC-02"),
            ("primary_detection", "SC-12"),
            ("preoperative_planning", "SC-13"),
        ],
    )
    def test_question_redirects(self, question, scenario):
        got = on_base("S", {"clinical_question": question})
        assert got["scenario"] == scenario
        assert got["hint"]["points"]

    @pytest.mark.parametrize(
        ("facts", "candidates", "missing"),
        [
            ({"dominant_site": "unknown"}, ["SC-05", "SC-07"], ["dominant_site"]),
            (
                {"dominant_site": "extrahepatic", "treated_for_current_disease": "unknown"},
                ["SC-06", "SC-07"],
                ["treated_for_current_disease"],
            ),
            (
                {"dominant_site": "unknown", "treated_for_current_disease": "unknown"},
                ["SC-05", "SC-06", "SC-07"],
                ["treated_for_current_disease"],
            ),
        ],
    )
    def test_undetermined_disease(self, facts, candidates, missing):
        got = on_base("F", facts)
        assert (got["candidates"], got["missing"]) == (candidates, missing)

    def test_treated_residual_disease_without_metastases(self):
        facts = {
            "metastases_known": False,
            "dominant_site": "none",
            "residual_disease_known": True,
        }
        got = on_base("F", facts)
        assert got["scenario"] == "SC-09"
        assert got["hint"] is None

    def test_no_match_asks_what_could_still_match(self):
        got = on_base("F", {"metastases_known": False, "dominant_site": "unknown"})
        assert got["scenario"] == "NOT_COVERED:NO_MATCH"
        assert got["missing"] == ["dominant_site"]
        assert got["not_covered"]["text"]

    def test_high_grade_of_unknown_differentiation_keeps_carcinoma_among_candidates(self):
        facts = {
            "differentiation": "unknown",
            "histology_subtype": "unknown",
            "ki67_percent": 60,
            "dominant_site": "unknown",
        }
        got = on_base("F", facts)
        assert got["candidates"] == ["SC-05", "SC-07", "SC-08"]
        assert got["missing"] == ["differentiation", "dominant_site"]

    def test_extrahepatic_follow_up_has_one_headline_and_no_ranking(self):
        got = on_base("F", {"dominant_site": "extrahepatic"})
        assert got["headline"]["rating_label"] == "Usually Appropriate"
        assert (got["top"], got["alternatives"]) == (None, [])

    def test_unfinished_carcinoma_work_up_asks_for_the_brain(self):
        facts = {
            "differentiation": "poor",
            "histology_subtype": "unknown",
            "brain_imaging_done": "unknown",
        }
        got = on_base("S", facts)
        assert got["missing"] == ["brain_imaging_done"]
        assert got["criteria"][0]["kind"] == "gate"


class TestBranches:
    HELD = {
        "treatments": ["everolimus"],
        "study_outcome": "progression",
        "size_change": "increase",
        "attenuation_or_enhancement_change": "decrease",
        "new_lesions": False,
        "new_enhancement_in_treated_lesion": False,
    }

    def test_pseudoprogression_waits_for_a_second_reading(self):
        got = on_base("F", self.HELD)
        assert got["branch"] == "B-05-REVIEW"
        assert got["actions"] == ["ACT-RADIOLOGY-REREAD", "ACT-MDT"]
        assert got["board"] == {"level": "yes", "reasons": ["E-04"]}
        assert got["warnings"] == ["W-PSEUDOPROGRESSION"]

    def test_progression_stands_while_new_enhancement_is_unknown(self):
        got = on_base("F", {**self.HELD, "new_enhancement_in_treated_lesion": "unknown"})
        assert got["branch"] == "B-05-PROG"
        assert got["missing"] == ["new_enhancement_in_treated_lesion"]
        assert "W-PSEUDOPROGRESSION" in got["warnings"]

    def test_new_enhancement_is_progression(self):
        got = on_base("F", {**self.HELD, "new_enhancement_in_treated_lesion": True})
        assert got["branch"] == "B-05-PROG"
        assert got["missing"] == []

    def test_hemorrhage_holds_progression_too(self):
        facts = {**self.HELD, "size_change": "stable", "intratumoral_haemorrhage": True}
        got = on_base("F", facts)
        assert (got["branch"], got["warnings"]) == ("B-05-REVIEW", ["W-HAEMORRHAGE"])

    @pytest.mark.parametrize(
        "facts",
        [
            {"krenning_grade": 2},
            {"sstr_uptake_homogeneous": False},
            {"sstr_imaging_done": True, "sstr_result": "negative"},
            {"prior_prrt": True},
            {"treatments": ["SSA", "PRRT"]},
        ],
    )
    def test_prrt_is_not_offered_to_a_known_non_candidate(self, facts):
        got = on_base("F", {"study_outcome": "progression", "new_lesions": True, **facts})
        assert "OPT-PRRT" not in got["actions"]

    def test_positive_staging_with_receptor_study_done_and_negative(self):
        got = on_base("S", {"study_outcome": "positive", "sstr_result": "negative"})
        assert "ACT-SSTR-PET" not in got["actions"]
        assert "OPT-PRRT" not in got["actions"]
        assert got["branch_detail"]["invitees"][0] == "medical oncology"
        assert got["branch_detail"]["strength"] == "typically"
        assert got["top_answers"] == "question before the result"

    def test_positive_study_in_suspected_recurrence_never_lowers_the_escalation(self):
        got = on_base("R", {"cga_trend": "rising", "study_outcome": "positive"})
        assert (got["scenario"], got["branch"]) == ("SC-04", "B-03-POS")
        assert got["board"] == {"level": "yes", "reasons": ["E-02", "E-06", "E-10"]}

    def test_complication(self):
        got = on_base("F", {"study_outcome": "complication"})
        assert got["branch"] == "B-05-COMP"
        assert got["board"]["reasons"] == ["E-08"]

    def test_discordant_result_goes_to_the_board(self):
        facts = {"study_outcome": "response", "imaging_clinical_discordant": True}
        got = on_base("F", facts)
        assert got["board"] == {"level": "yes", "reasons": ["E-04"]}

    def test_chemotherapy_shows_the_shorter_interval_beside_the_window(self):
        got = on_base("F", {"study_outcome": "stable", "on_chemo_or_biologic": True})
        assert got["next_interval"] == {"FU-05": [3, 12]}
        shown = [(row["rule"], row["low"], row["high"]) for row in got["branch_detail"]["interval"]]
        assert shown == [("FU-05", 3, 12), ("FU-03", 3, 3)]

    def test_alternatives_of_an_indeterminate_result_share_a_group(self):
        facts = {"study_outcome": "indeterminate", "result_hinges_on_sstr_status": True}
        got = on_base("F", facts)
        groups = [(row["code"], row["group"]) for row in got["branch_detail"]["actions"]]
        assert groups == [
            ("ACT-SSTR-PET", "clarify"),
            ("ACT-SHORT-MRI", "clarify"),
            ("ACT-BIOPSY-RARE", None),
        ]

    def test_a_result_asks_what_its_reading_needs(self):
        names = ("response_basis", "extrahepatic_sites_reviewed", "report_complex_or_subtle")
        facts = {"study_outcome": "stable", **dict.fromkeys(names, "unknown")}
        assert on_base("F", facts)["missing"] == [
            "report_complex_or_subtle",
            "response_basis",
            "extrahepatic_sites_reviewed",
        ]

    def test_surveillance_of_low_grade_asks_for_stage_and_time(self):
        got = on_base("R", {"study_outcome": "negative", "mitoses_per_10hpf": 1})
        assert got["missing"] == ["ki67_percent", "stage_class", "months_since_resection"]


class TestExplanations:
    def test_removed_study_says_why_and_the_substitute_keeps_its_rating(self):
        got = on_base("R", {"iodinated_contrast_severe_allergy": True})
        rows = {row["procedure"]: row for row in got["studies"]}
        assert rows["CT_AP_W"]["standing"] == "removed"
        assert rows["CT_AP_W"]["reason"] == "SUB-03: Severe allergy to iodinated contrast."
        assert rows["MRI_AP_WWO"]["standing"] == "top"
        assert rows["MRI_AP_WWO"]["rating_label"] == "May be appropriate (Disagreement)"
        assert "substitute" in rows["MRI_AP_WWO"]["reason"]
        assert got["order_text"] is None

    def test_named_fallback_leads_without_a_rating(self):
        facts = {"renal_impairment_significant": True, "gbca_permitted": False}
        got = on_base("R", facts)
        top = next(row for row in got["studies"] if row["standing"] == "top")
        assert (top["procedure"], top["rating"]) == ("MRI_AP_WO", "NR")
        assert "less sensitive" in top["reason"]

    @pytest.mark.parametrize(("base", "words"), [("S", "do not address"), ("F", "resolution")])
    def test_remaining_option_says_that_the_sources_are_silent(self, base, words):
        facts = {"mri_contraindicated": True, "renal_impairment_significant": True}
        got = on_base(base, facts)
        top = next(row for row in got["studies"] if row["standing"] == "top")
        assert words in top["reason"]
        assert got["pair"] is None

    def test_order_text_names_the_protocol(self):
        got = on_base("F")
        assert got["order_text"]["protocol"] == "PR-03"
        assert got["order_text"]["dwi"]
        assert got["top_answers"] == "next study"

    @pytest.mark.parametrize(
        ("facts", "complete", "lacking"),
        [
            ({"ordered_multiphasic": True, "ordered_dwi": True}, True, []),
            ({"ordered_multiphasic": True}, None, []),
            ({"ordered_multiphasic": False, "ordered_dwi": True}, False, []),
            ({"ordered_dwi": False}, False, ["dwi"]),
            (
                {"ordered_phases": ["pancreatic", "portal_venous"], "ordered_dwi": True},
                False,
                ["unenhanced", "delayed"],
            ),
            (
                {
                    "ordered_phases": ["unenhanced", "pancreatic", "portal_venous", "delayed"],
                    "ordered_dwi": True,
                },
                True,
                [],
            ),
        ],
    )
    def test_the_order_is_held_against_its_protocol(self, facts, complete, lacking):
        check = on_base("F", {"ordered_procedure": "MRI_AP_WWO", **facts})["order_check"]
        assert (check["complete"], check["lacking"]) == (complete, lacking)

    def test_an_order_without_phases_is_complete_as_it_is(self):
        check = on_base("S", {"ordered_procedure": "PET_DOTATATE"})["order_check"]
        assert (check["protocol"], check["complete"]) == ("PR-11", True)

    @pytest.mark.parametrize(
        ("base", "facts", "ids"),
        [
            ("R", {}, ["X-04"]),
            ("F", {}, []),
            ("F", {"treatments": ["TARE"]}, ["X-05"]),
            ("S", {"treatments": "unknown"}, []),
        ],
    )
    def test_reading_checklists(self, base, facts, ids):
        assert [entry["id"] for entry in on_base(base, facts)["checklists"]] == ids

    def test_staging_shows_the_pair_and_what_is_done(self):
        got = on_base("S")
        assert got["pair"]["procedures"] == ["MRI_AP_WWO", "PET_DOTATATE"]
        assert got["pair"]["done"] == ["PET_DOTATATE"]
        standings = {row["procedure"]: row["standing"] for row in got["studies"]}
        assert standings["CT_CHEST_WO"] == "add-on"
        assert standings["EUS"] == "not for this question"
        assert next(r for r in got["studies"] if r["procedure"] == "PET_DOTATATE")["already_done"]

    def test_there_is_no_pair_without_receptor_pet(self):
        assert on_base("S", {"sstr_pet_available": False})["pair"] is None

    def test_nothing_possible_leaves_no_order(self):
        facts = {
            "mri_contraindicated": True,
            "iodinated_contrast_severe_allergy": True,
            "sstr_pet_available": False,
            "fdg_pet_available": False,
        }
        got = on_base("S", facts)
        assert (got["top"], got["order_text"], got["pair"]) == (None, None, None)

    def test_contradictions_show_the_facts_to_correct(self):
        got = on_base("R", {"residual_disease_known": True})
        assert got["contradictions"][0]["facts"] == {
            "resection_status": "complete",
            "residual_disease_known": True,
        }

    def test_criteria_of_a_redirect_name_what_led_there(self):
        got = on_base("R", {"new_symptoms": ["flushing"]})
        met = [(row["id"], row["state"]) for row in got["criteria"]]
        assert ("SC-03.X5", "met") in met
        assert ("SC-04.I2", "met") in met

    def test_undetermined_shows_the_criteria_of_each_candidate(self):
        got = on_base("R", {"new_symptoms": "unknown"})
        found = {row["scenario"] for row in got["criteria"] if row["kind"] == "inclusion"}
        assert found == {"SC-03", "SC-04"}
        unknown = next(row for row in got["criteria"] if row["id"] == "SC-03.I3")
        assert (unknown["state"], unknown["facts"]) == ("unknown", {"new_symptoms": "unknown"})

    @pytest.mark.parametrize(
        ("facts", "text"),
        [
            (
                {"ki67_percent": 8, "mitoses_per_10hpf": 4},
                "G2 by WHO 2010: Ki-67 8 % gives G2; 4 mitoses per 10 HPF give G2.",
            ),
            ({"ki67_percent": 2.5}, "No grade by WHO 2010: Ki-67 2.5 % lies in no class."),
            (
                {"ki67_percent": 2.5, "pathologist_grade": "G2"},
                "G2 by WHO 2010: Ki-67 2.5 % lies in no class; the pathologist gave G2.",
            ),
            (
                {"ki67_percent": 8, "pathologist_grade": "G1"},
                "G2 by WHO 2010: Ki-67 8 % gives G2; the pathologist gave G1.",
            ),
            (
                {"ki67_percent": 8, "pathologist_grade": "G2"},
                "G2 by WHO 2010: Ki-67 8 % gives G2.",
            ),
            ({}, "No grade by WHO 2010: neither Ki-67 nor mitoses are known."),
        ],
    )
    def test_grade_is_told_with_its_reasons(self, facts, text):
        assert on_base("S", facts)["grade_detail"]["text"] == text

    def test_mitoses_name_the_unit_of_the_edition(self):
        got = on_base("S", {"who_version": "WHO2022", "mitoses_per_10hpf": 4})
        assert "per 2 mm2" in got["grade_detail"]["text"]


@pytest.mark.parametrize(
    ("base", "outcome", "is_without"),
    [
        ("S", "response", True),
        ("S", "positive", False),
        ("R", "progression", True),
        ("F", "positive", True),
    ],
)
def test_a_result_from_which_the_source_goes_no_further_says_so(base, outcome, is_without):
    found = on_base(base, {"study_outcome": outcome})
    assert (found["branch"] is None) is is_without
    assert (found["no_path"] is not None) is is_without
