"""Eligibility rules of the specification's section 11 and its micro-cases 14.8."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.eligibility import judge, relevant
from tests.unit.guidance import cases
from tests.unit.guidance.cases import read_data

EDITION = load_edition()
D0 = read_data("d0")
BASES = read_data("micro_cases")["bases"]
G2, G3 = {"ki67_percent": 10}, {"ki67_percent": 30}
ABLATION = {
    "liver_met_count": 4,
    "liver_met_sum_diam_mm": 79,
    "liver_met_largest_mm": 49,
    "extrahepatic_disease_significant": False,
}
UPTAKE = {"krenning_grade": 4, "sstr_uptake_homogeneous": True}
PROGRESSION = {"study_outcome": "progression", "new_lesions": True}


def read(*layers):
    return cases.read(D0, *layers)


def stand(rule, *layers):
    reading, _ = read(*layers)
    (found,) = judge(reading, EDITION, [rule])
    return found


def shown(*layers):
    reading, answer = read(*layers)
    return relevant(reading, answer["actions"], EDITION)


MEETS, NOT, OPEN = "meets", "does_not_meet", "insufficient_data"


@pytest.mark.parametrize(
    ("number", "rule", "facts", "status", "missing"),
    [
        ("E01", "TX-ABL", ABLATION, MEETS, []),
        ("E02", "TX-ABL", ABLATION | {"liver_met_count": 5}, NOT, []),
        ("E03", "TX-ABL", ABLATION | {"liver_met_sum_diam_mm": 80}, NOT, []),
        ("E04", "TX-ABL", ABLATION | {"liver_met_largest_mm": 50}, NOT, []),
        (
            "E05",
            "TX-ABL",
            ABLATION | {"liver_met_sum_diam_mm": "unknown", "liver_met_largest_mm": 30},
            OPEN,
            ["liver_met_sum_diam_mm"],
        ),
        ("E06", "TX-ABL", {"liver_met_count": 6}, NOT, []),
        (
            "E07",
            "TX-ABL",
            {
                "liver_met_count": 2,
                "liver_met_sum_diam_mm": 40,
                "liver_met_largest_mm": 25,
                "extrahepatic_disease_significant": False,
                "liver_met_near_hilum_or_bile_duct": True,
            },
            MEETS,
            [],
        ),
        (
            "E08",
            "TX-PRRT",
            UPTAKE | {"krenning_grade": 3, "medical_therapy_failed": True, "prior_prrt": False},
            MEETS,
            [],
        ),
        ("E09", "TX-PRRT", UPTAKE | {"sstr_uptake_homogeneous": False}, NOT, []),
        ("E10", "TX-PRRT", UPTAKE | {"krenning_grade": 2}, NOT, []),
        (
            "E11",
            "TX-PRRT",
            UPTAKE | {"sstr_uptake_homogeneous": "unknown"},
            OPEN,
            ["sstr_uptake_homogeneous"],
        ),
        ("E13", "TX-SSA", {"ki67_percent": 10}, MEETS, []),
        ("E14", "TX-SSA", {"ki67_percent": 10.1}, NOT, []),
        ("E15", "TX-SSA", {}, OPEN, ["ki67_percent"]),
        ("E16", "TX-TARGETED", {"progression_documented": False}, NOT, []),
        ("E17", "TX-PLAT", G3, NOT, []),
        ("E18", "TX-PLAT", G3 | {"differentiation": "poor"}, MEETS, []),
        (
            "E19",
            "TX-LDT",
            G3 | {"progression_documented": True, "dominant_site": "liver"},
            NOT,
            [],
        ),
        (
            "E20",
            "TX-LDT",
            G2 | {"progression_documented": False, "syndrome_refractory_to_ssa": True},
            MEETS,
            [],
        ),
        (
            "E21",
            "TX-LDT",
            G2 | {"progression_documented": False, "syndrome_refractory_to_ssa": False},
            NOT,
            [],
        ),
        (
            "E22",
            "TX-DEBULK",
            {"functional_status": "functioning", "dominant_site": "liver"},
            MEETS,
            [],
        ),
        (
            "E23",
            "TX-DEBULK",
            {"functional_status": "non_functioning", "dominant_site": "liver"},
            NOT,
            [],
        ),
        (
            "E24",
            "TX-OLT",
            {
                "liver_mets_resectable": False,
                "functional_status": "functioning",
                "syndrome_refractory_to_ssa": True,
            },
            MEETS,
            [],
        ),
        ("E25", "FDG-1", {"ki67_percent": 10}, NOT, []),
        ("E26", "FDG-1", {"ki67_percent": 10.1}, MEETS, []),
    ],
)
def test_micro_case(number, rule, facts, status, missing):
    found = stand(rule, facts)
    assert (found["status"], found["missing"], found["hidden"]) == (status, missing, False)


class TestAblation:
    def test_a_site_near_the_hilum_is_a_caution(self):
        near = ABLATION | {"liver_met_near_hilum_or_bile_duct": True}
        assert any("hilum" in caution["text"] for caution in stand("TX-ABL", near)["cautions"])
        assert stand("TX-ABL", ABLATION)["cautions"] == []

    def test_outside_the_limits_is_outside_the_best_indication_and_no_bar(self):
        vignette = next(v for v in read_data("vignettes") if v["id"] == "V39")
        found = stand("TX-ABL", vignette["facts"])
        assert found["status"] == NOT
        assert found["words"] == "Outside the best indication, which is no bar"

    def test_burden_of_exactly_30_percent_stages_no_embolization(self):
        assert stand("TX-TACE", {"liver_burden_percent": 30})["cautions"] == []
        assert stand("TX-TACE", {"liver_burden_percent": 30.1})["cautions"]


class TestReceptorTherapy:
    def test_homogeneous_uptake_after_failed_therapy_makes_a_candidate(self):
        vignette = next(v for v in read_data("vignettes") if v["id"] == "V26")
        found = stand("TX-PRRT", vignette["facts"])
        assert (found["status"], found["words"], found["hidden"]) == (MEETS, "Candidate", False)
        assert found["cautions"] == []

    def test_earlier_treatment_hides_the_option_at_progression(self):
        # E12 (A-24): hidden, and not called a contraindication.
        found = stand("TX-PRRT", BASES["F"], PROGRESSION, UPTAKE, {"prior_prrt": True})
        assert found["hidden"]
        recorded = {"prior_prrt": False, "treatments": ["SSA", "PRRT"]}
        assert stand("TX-PRRT", BASES["F"], PROGRESSION, UPTAKE, recorded)["hidden"]
        assert found["status"] == MEETS
        assert found["reason"]["source"] == "000 L51; A-24"

    def test_earlier_treatment_hides_nothing_elsewhere(self):
        assert not stand("TX-PRRT", BASES["F"], UPTAKE, {"prior_prrt": True})["hidden"]

    def test_unknown_earlier_treatment_is_asked_for_and_not_offered(self):
        asked = {"prior_prrt": "unknown"}
        found = stand("TX-PRRT", BASES["F"], PROGRESSION, UPTAKE, asked)
        assert (found["status"], found["missing"]) == (OPEN, ["prior_prrt"])
        elsewhere = stand("TX-PRRT", BASES["F"], UPTAKE, asked)
        assert elsewhere["status"] == MEETS

    @pytest.mark.parametrize(
        "facts",
        [
            {"differentiation": "poor"},
            {"differentiation": "unknown", "histology_subtype": "MANEC"},
            {"sstr_result": "negative"},
        ],
    )
    def test_carcinoma_and_a_negative_study_make_no_candidate(self, facts):
        assert stand("TX-PRRT", UPTAKE, facts)["status"] == NOT

    def test_unknown_differentiation_leaves_it_open(self):
        unknown = {"differentiation": "unknown", "histology_subtype": "unknown"}
        assert stand("TX-PRRT", UPTAKE, unknown)["missing"] == ["differentiation"]

    def test_the_sources_are_shown_with_their_dates(self):
        (note, *_) = stand("TX-PRRT")["notes"]
        assert "2016" in note["text"]
        assert "N-27" in note["source"]

    def test_another_tracer_than_that_of_the_scale_is_named(self):
        cautions = stand("TX-PRRT", UPTAKE, {"sstr_tracer": "DOTATATE"})["cautions"]
        assert [c["source"][-4:] for c in cautions] == ["N-28"]
        assert stand("TX-PRRT", UPTAKE, {"sstr_tracer": "In111_pentetreotide"})["cautions"] == []

    def test_therapy_that_did_not_fail_is_a_caution(self):
        found = stand("TX-PRRT", UPTAKE, {"medical_therapy_failed": False})
        assert (found["status"], len(found["cautions"])) == (MEETS, 1)


class TestLiverDirectedTherapy:
    REFRACTORY = {"syndrome_refractory_to_ssa": True}
    GROWING = {"dominant_site": "liver", "progression_documented": True}

    def test_the_route_is_named(self):
        assert stand("TX-LDT", G2, self.REFRACTORY)["route"]["id"] == "syndrome"
        assert stand("TX-LDT", G2, self.GROWING)["route"]["id"] == "growth"
        both = stand("TX-LDT", G2, self.GROWING, self.REFRACTORY)
        assert both["route"]["id"] == "growth"

    def test_what_the_other_review_says_stands_beside(self):
        found = stand("TX-LDT", G2, {"progression_documented": False})
        assert any(n["source"] == "003 L626-L633; N-25" for n in found["notes"])

    def test_a_result_of_progression_documents_it(self):
        found = stand("TX-LDT", BASES["F"], G2, PROGRESSION)
        assert (found["status"], found["route"]["id"]) == (MEETS, "growth")
        assert stand("TX-TARGETED", BASES["F"], PROGRESSION)["status"] == MEETS

    def test_progression_held_for_a_second_reading_documents_nothing(self):
        held = {
            "treatments": ["everolimus"],
            "study_outcome": "progression",
            "size_change": "increase",
            "attenuation_or_enhancement_change": "decrease",
            "new_lesions": False,
            "new_enhancement_in_treated_lesion": False,
        }
        found = stand("TX-TARGETED", BASES["F"], held)
        assert (found["status"], found["missing"]) == (OPEN, ["progression_documented"])

    def test_an_unknown_grade_asks_for_all_that_could_give_one(self):
        found = stand("TX-LDT", self.GROWING)
        assert found["missing"] == ["ki67_percent", "mitoses_per_10hpf", "pathologist_grade"]

    def test_a_grade_in_the_gap_asks_for_what_is_left(self):
        gap = {"ki67_percent": 2.5, "mitoses_per_10hpf": 1}
        assert stand("TX-LDT", gap, self.GROWING)["missing"] == ["pathologist_grade"]

    def test_only_facts_that_can_still_change_it_are_missing(self):
        found = stand("TX-LDT", G2, {"progression_documented": False})
        assert found["missing"] == ["syndrome_refractory_to_ssa"]

    def test_a_later_edition_of_g3_is_told_apart(self):
        later = stand("TX-LDT", G3, self.GROWING, {"who_version": "WHO2022"})
        assert (later["status"], [c["source"][-4:] for c in later["cautions"]]) == (NOT, ["A-44"])

    def test_a_biliary_device_bars_embolization_and_is_weighed_for_radioembolization(self):
        device = {"bilioenteric_anastomosis_or_biliary_device": True}
        assert stand("TX-TACE", G2, self.GROWING)["status"] == MEETS
        assert stand("TX-TACE", G2, self.GROWING, device)["status"] == NOT
        weighed = stand("TX-TARE", G2, self.GROWING, device)
        assert (weighed["status"], len(weighed["cautions"])) == (MEETS, 1)


class TestSurgery:
    def test_resectable_metastases(self):
        assert stand("TX-SURG", BASES["F"], {"liver_mets_resectable": True})["status"] == MEETS
        assert stand("TX-SURG", BASES["F"], {"liver_mets_resectable": False})["status"] == NOT
        assert stand("TX-SURG", BASES["F"])["missing"] == ["liver_mets_resectable"]
        assert stand("TX-SURG")["missing"] == ["metastases_known", "liver_mets_resectable"]

    def test_localized_disease_has_no_criteria(self):
        found = stand("TX-SURG", {"metastases_known": False})
        assert (found["status"], found["missing"]) == ("not_covered", [])
        assert found["reason"]["source"] == "002 L54; INT"

    def test_a_negative_staging_study_asks_nothing_about_liver_metastases(self):
        found = stand("TX-SURG", BASES["S"], {"study_outcome": "negative"})
        assert (found["status"], found["missing"]) == ("not_covered", [])
        known = {"study_outcome": "negative", "metastases_known": True}
        assert stand("TX-SURG", BASES["S"], known)["missing"] == ["liver_mets_resectable"]

    def test_spread_and_an_unassessed_remnant_are_cautions(self):
        facts = {
            "liver_mets_resectable": True,
            "liver_mets_bilobar_or_multifocal": True,
            "future_liver_remnant_assessed": False,
        }
        assert len(stand("TX-SURG", facts)["cautions"]) == 2


class TestDrugs:
    @pytest.mark.parametrize("rule", ["TX-CHEMO", "TX-EXTRA", "TX-SEQ"])
    def test_no_criteria_is_not_covered(self, rule):
        found = stand(rule)
        assert (found["status"], found["words"]) == ("not_covered", "Not covered by the sources")
        assert found["missing"] == []

    def test_an_analog_outside_the_pancreas_is_out_of_scope(self):
        found = stand("TX-SSA", {"primary_site": "small_bowel", "ki67_percent": 5})
        assert found["status"] == "not_covered"

    def test_an_unknown_primary_site_leaves_an_analog_open(self):
        found = stand("TX-SSA", {"primary_site": "unknown", "ki67_percent": 5})
        assert found["missing"] == ["primary_site"]

    def test_an_analog_controls_the_syndrome_whatever_ki67_is(self):
        notes = stand("TX-SSA", G3, {"functional_status": "functioning"})["notes"]
        assert any("syndrome" in note["text"] for note in notes)
        assert not any("syndrome" in note["text"] for note in stand("TX-SSA", G3)["notes"])

    def test_interferon_for_a_refractory_syndrome(self):
        functioning = {"functional_status": "functioning"}
        assert stand("TX-IFN", functioning)["missing"] == ["syndrome_refractory_to_ssa"]
        refractory = functioning | {"syndrome_refractory_to_ssa": True}
        assert stand("TX-IFN", refractory)["status"] == MEETS

    @pytest.mark.parametrize(
        ("refractory", "status", "route"),
        [(False, MEETS, "first_line"), (True, MEETS, "second_line"), ("unknown", OPEN, None)],
    )
    def test_lines_of_syndrome_control(self, refractory, status, route):
        facts = {"functional_status": "functioning", "syndrome_refractory_to_ssa": refractory}
        found = stand("TX-SYND", facts)
        assert found["status"] == status
        assert (found["route"] or {}).get("id") == route

    def test_platinum_for_g3_carcinoma_of_unknown_differentiation(self):
        carcinoma = {"differentiation": "unknown", "histology_subtype": "NEC_small_cell"}
        assert stand("TX-PLAT", G3, carcinoma)["status"] == MEETS
        assert stand("TX-PLAT", G2, carcinoma)["status"] == NOT
        unknown = {"differentiation": "unknown", "histology_subtype": "unknown"}
        assert stand("TX-PLAT", G3, unknown)["missing"] == ["differentiation", "histology_subtype"]


class TestFdg:
    def test_a_huge_burden_is_left_to_the_clinician(self):
        scan = {"sstr_result": "negative", "sstr_tracer": "In111_pentetreotide"}
        found = stand("FDG-1", {"ki67_percent": 5}, scan)
        assert (found["status"], found["reason"]["source"]) == (
            "not_covered",
            "004 L15-L17; A-27",
        )
        assert stand("FDG-1", {"ki67_percent": 11}, scan)["status"] == MEETS
        assert stand("FDG-1", scan)["missing"] == ["ki67_percent"]

    @pytest.mark.parametrize(
        ("tracer", "status"), [("unknown", "not_covered"), ("DOTATATE", NOT), ("other", NOT)]
    )
    def test_a_negative_study_may_have_been_scintigraphy(self, tracer, status):
        negative = {"sstr_result": "negative", "sstr_tracer": tracer}
        assert stand("FDG-1", {"ki67_percent": 5}, negative)["status"] == status

    @pytest.mark.parametrize(
        ("base", "words"), [("S", "May be"), ("R", "Usually not"), ("F", "no")]
    )
    def test_the_rating_of_the_scenario_stands_beside(self, base, words):
        (note,) = stand("FDG-1", BASES[base])["notes"]
        assert words in note["text"]
        assert "N-07" in note["source"]

    def test_rapid_growth_of_low_grade(self):
        assert stand("FDG-2", G2, {"rapid_growth": True})["status"] == MEETS
        assert stand("FDG-2", G3, {"rapid_growth": True})["status"] == NOT
        assert stand("FDG-2", G2)["missing"] == ["rapid_growth"]


class TestRelevant:
    def test_progression_shows_the_guards_of_its_options(self):
        assert shown(BASES["F"], PROGRESSION) == [
            "TX-SSA",
            "TX-IFN",
            "TX-TARGETED",
            "TX-CHEMO",
            "TX-PLAT",
            "TX-PRRT",
            "TX-LDT",
            "TX-ABL",
            "TX-TACE",
            "TX-TARE",
            "TX-SEQ",
        ]

    def test_nothing_is_shown_without_an_option(self):
        assert shown(BASES["F"]) == []
        assert shown(BASES["R"]) == []

    @pytest.mark.parametrize(
        ("treatment", "ids"),
        [
            ("TAE", ["TX-LDT", "TX-TACE"]),
            ("TARE", ["TX-LDT", "TX-TARE"]),
            ("ablation", ["TX-LDT", "TX-ABL"]),
            ("transplant", ["TX-OLT"]),
            ("debulking", ["TX-DEBULK"]),
            ("liver_surgery", ["TX-SURG"]),
            ("SSA", ["TX-SSA", "TX-SYND"]),
            ("IFN", ["TX-IFN", "TX-SYND"]),
            ("sunitinib", ["TX-TARGETED"]),
            ("platinum_chemo", ["TX-PLAT"]),
            ("chemo", ["TX-CHEMO"]),
            ("PRRT", ["TX-PRRT"]),
            ("none", []),
        ],
    )
    def test_the_proposed_treatment_shows_its_rules(self, treatment, ids):
        assert shown(BASES["F"], {"proposed_treatment": treatment}) == ids

    def test_every_proposed_treatment_has_a_rule(self):
        guarded = set().union(*(rule.treatments for rule in EDITION.eligibility))
        assert guarded == set(DICTIONARY["proposed_treatment"].allowed) - {"none"}

    @pytest.mark.parametrize(
        ("facts", "ids"),
        [
            ((BASES["F"], {"clinical_question": "prrt_selection"}), ["TX-PRRT"]),
            ((BASES["S"], {"histology_subtype": "MANEC"}), ["TX-PLAT", "FDG-1"]),
            ((BASES["S"],), ["FDG-1"]),
            ((BASES["R"], {"ordered_procedure": "PET_FDG"}), ["FDG-1", "FDG-2"]),
            ((BASES["R"], {"ki67_percent": 10.1}), ["FDG-1"]),
            ((BASES["F"], {"rapid_growth": True}), ["FDG-2"]),
            ((BASES["F"], {"liver_surgery_planned": True}), ["TX-SURG"]),
            ((BASES["S"], {"study_outcome": "negative"}), ["TX-SURG", "FDG-1"]),
        ],
    )
    def test_scenario_and_facts_show_rules(self, facts, ids):
        assert shown(*facts) == ids

    def test_a_syndrome_and_disease_elsewhere_show_their_own(self):
        facts = {"functional_status": "functioning", "extrahepatic_disease_significant": True}
        ids = shown(BASES["F"], PROGRESSION, facts)
        assert {"TX-SYND", "TX-EXTRA"} <= set(ids)


def test_rules_ask_for_nothing_in_the_assessment():
    _, answer = read(BASES["F"], {"proposed_treatment": "ablation"})
    assert answer["missing"] == []


COUNTS = ("ki67_percent", "mitoses_per_10hpf", "pathologist_grade")
# What follows from another fact is not asked for: a negative study from the uptake, a
# histology of carcinoma from the differentiation.
INFERRED = {"sstr_result", "histology_subtype"}


def criteria(rule):
    yield rule.condition
    yield from (way.condition for way in rule.routes)
    yield rule.hidden and rule.hidden.condition


READ = {
    name
    for rule in EDITION.eligibility
    for condition in criteria(rule)
    for name in (condition.facts if condition else ())
}
NAMES = sorted((READ | {*COUNTS}) - INFERRED)


def some_value(name):
    fact = DICTIONARY[name]
    if fact.kind in ("integer", "decimal"):
        return st.sampled_from([0, 1, 3, 5, 25, 60, 90]).filter(lambda v: v <= fact.high)
    return st.sampled_from(fact.allowed)


def told(found):
    # What lies outside the scope of a source does not meet its rule either.
    return NOT if found["status"] == "not_covered" else found["status"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_missing_names_the_facts_that_can_change_the_standing(data):
    """What is not missing changes nothing, however it turns out."""
    base = data.draw(st.sampled_from([*BASES.values(), {}]))
    known = data.draw(
        st.fixed_dictionaries(
            {}, optional={name: some_value(name) | st.just("unknown") for name in NAMES}
        )
    )
    name = data.draw(st.sampled_from(NAMES))
    before, _ = read(base, known)
    assume(before.get(name) is None)
    after, _ = read(base, known, {name: data.draw(some_value(name))})
    assume(before["@branch"] == after["@branch"])
    for old, new in zip(judge(before, EDITION), judge(after, EDITION), strict=True):
        json.dumps(old, allow_nan=False)
        assert (old["status"] == OPEN) == bool(old["missing"])
        # A grade that is known already may be raised by a further count (CLS-05).
        is_raised = name in COUNTS and before["@grade"] is not None
        if name not in old["missing"] and not is_raised:
            assert told(new) == told(old), (old["id"], name)
