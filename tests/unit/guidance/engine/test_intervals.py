import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.edition import load_edition
from guidance.engine.intervals import (
    compare_policies,
    compare_windows,
    disagree,
    load_intervals,
)
from tests.unit.guidance.cases import read_data, read_on_base

EDITION = load_edition()
KI67 = {"G1": 1, "G2": 10, "G3": 30, None: "unknown"}
COMPARED = ("FU-01", "FU-02", "FU-03")
NUMERIC = (*COMPARED, "FU-02b")
LONGER = "longer"


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([(12, 12), (6, 6)], True),
        ([(6, 12), (12, "longer")], False),
        ([(12, "longer"), (3, 3)], True),
        ([(12, 12), None, "unspecified"], False),
        ([], False),
    ],
)
def test_windows_disagree_when_a_pair_has_no_month_in_common(windows, expected):
    assert disagree(windows) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((12, 12), (12, 12), ("agree", (12, 12))),
        # An open end names no month of its own.
        ((12, 12), (12, LONGER), ("agree", (12, 12))),
        ((12, LONGER), (12, LONGER), ("agree", (12, LONGER))),
        ((6, 12), (6, 6), ("overlap", (6, 6))),
        ((6, 12), (12, LONGER), ("overlap", (12, 12))),
        ((6, LONGER), (12, LONGER), ("overlap", (12, LONGER))),
        ((6, 12), (3, 3), ("disagree", None)),
        ((3, 3), None, ("unknown", None)),
        ("unspecified", (3, 3), ("unknown", None)),
    ],
)
def test_two_windows_are_compared(one, other, expected):
    assert compare_windows(one, other) == expected
    assert compare_windows(other, one) == expected


windows = (
    st.none()
    | st.just("unspecified")
    | st.tuples(st.integers(1, 36), st.integers(0, 36) | st.just(LONGER)).map(
        lambda found: (found[0], LONGER if found[1] == LONGER else found[0] + found[1])
    )
)


@given(windows, windows)
def test_the_comparison_and_the_check_say_the_same(one, other):
    agreement, common = compare_windows(one, other)
    assert (agreement == "disagree") == disagree([one, other])
    assert (common is not None) == (agreement in {"agree", "overlap"})


def compare(base, facts):
    reading, answer = read_on_base(base, facts)
    found = compare_policies(reading, answer["scenario"], EDITION)
    json.dumps(found)
    return found


def surveillance(grade="G1", stage="early", months=24, on_therapy=False, **facts):
    return compare(
        "R",
        {
            "ki67_percent": KI67[grade],
            "stage_class": stage,
            "months_since_resection": months,
            "on_chemo_or_biologic": on_therapy,
            "study_outcome": "negative",
            **facts,
        },
    )


def by_rule(found):
    return {policy["rule"]: policy for policy in found["policies"]}


@pytest.mark.parametrize("case", read_data("micro_cases")["intervals"], ids=str)
def test_every_policy_stands_beside_the_others(case):
    found = by_rule(surveillance(case["grade"], case["stage"], case["months"], case["on_therapy"]))
    assert list(found) == ["FU-01", "FU-02", "FU-02b", "FU-03", "FU-04"]
    assert {rule: found[rule]["window"] for rule in COMPARED} == {
        rule: case[rule] for rule in COMPARED
    }
    for policy in found.values():
        assert (policy["missing"] != []) == (policy["window"] is None)


# Specification 7.3.
@pytest.mark.parametrize(
    ("grade", "stage", "months", "on_therapy", "windows", "agreement", "common"),
    [
        *[
            ("G1", "early", months, False, [[12, 12], [6, 6], [6, 6]], "disagree", None)
            for months in (0, 6, 11, 11.9)
        ],
        *[
            ("G1", "early", months, False, [[12, 12], [12, LONGER], [12, 12]], "agree", [12, 12])
            for months in (12, 48)
        ],
        *[
            ("G1", "higher", months, False, [[6, 12], [6, 6], [6, 6]], "overlap", [6, 6])
            for months in (0, 11)
        ],
        *[
            ("G1", "higher", months, False, [[6, 12], [12, LONGER], [12, 12]], "overlap", [12, 12])
            for months in (12, 60)
        ],
        *[
            (grade, stage, months, False, [[6, 12], [3, 3], [3, 3]], "disagree", None)
            for grade in ("G2", "G3")
            for stage in ("early", "higher", "unknown")
            for months in (6, 24)
        ],
        ("G1", "early", 6, True, [[12, 12], [6, 6], [3, 3]], "disagree", None),
        ("G1", "early", 24, True, [[12, 12], [12, LONGER], [3, 3]], "disagree", None),
        ("G1", "higher", 24, True, [[6, 12], [12, LONGER], [3, 3]], "disagree", None),
        ("G2", "higher", 24, True, [[6, 12], [3, 3], [3, 3]], "disagree", None),
    ],
)
def test_the_matrix_of_resected_disease(
    grade, stage, months, on_therapy, windows, agreement, common
):
    found = surveillance(grade, stage, months, on_therapy)
    assert [by_rule(found)[rule]["window"] for rule in COMPARED] == windows
    assert (found["agreement"], found["common"]) == (agreement, common)
    assert [pair["rules"] for pair in found["pairs"]] == [
        ["FU-01", "FU-02"],
        ["FU-01", "FU-03"],
        ["FU-02", "FU-03"],
    ]


def test_each_pair_says_how_it_stands():
    pairs = surveillance("G2", "early", 6)["pairs"]
    assert [pair["agreement"] for pair in pairs] == ["disagree", "disagree", "agree"]
    assert [pair["common"] for pair in pairs] == [None, None, [3, 3]]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"stage": "unknown"}, {"FU-01": ["stage_class"]}),
        (
            {"months": "unknown"},
            {"FU-02": ["months_since_resection"], "FU-03": ["months_since_resection"]},
        ),
        (
            {"grade": None, "months_since_resection": "unknown"},
            {
                "FU-01": ["ki67_percent"],
                "FU-02": ["ki67_percent", "months_since_resection"],
                "FU-02b": ["ki67_percent", "months_since_resection"],
                "FU-03": ["ki67_percent", "months_since_resection"],
            },
        ),
        (
            {"ki67_percent": 2.5},
            {rule: ["pathologist_grade"] for rule in NUMERIC},
        ),
        (
            {"who_version": "unknown"},
            {rule: ["who_version"] for rule in NUMERIC},
        ),
        # Chemotherapy would give 3 months whatever else is unknown.
        (
            {"months": "unknown", "on_therapy": "unknown"},
            {
                "FU-02": ["months_since_resection"],
                "FU-03": ["on_chemo_or_biologic", "months_since_resection"],
            },
        ),
    ],
)
def test_a_window_that_is_not_known_says_which_fact_is_missing(facts, missing):
    found = surveillance(**facts)
    rules = by_rule(found)
    assert {rule: policy["missing"] for rule, policy in rules.items() if policy["missing"]} == (
        missing
    )
    assert {rules[rule]["words"] for rule in missing} == {"cannot be determined yet"}
    assert found["agreement"] == "unknown"


@pytest.mark.parametrize(
    ("grade", "months", "window"),
    [
        ("G1", 0, [24, 24]),
        ("G1", 60, [24, 24]),
        ("G2", 2, [3, 3]),
        ("G2", 3, [12, 12]),
        ("G3", 24, [12, 12]),
        ("G2", "unknown", None),
    ],
)
def test_receptor_imaging_is_optional_contested_and_never_compared(grade, months, window):
    found = surveillance(grade, "early", months)
    policy = by_rule(found)["FU-02b"]
    assert (policy["window"], policy["optional"], policy["disagreement"]) == (window, True, "N-37")
    assert not any("FU-02b" in pair["rules"] for pair in found["pairs"])


@pytest.mark.parametrize("policy", ["FU-01", "FU-02", "FU-03"])
def test_the_chosen_policy_is_marked_and_the_suggested_one_apart(policy):
    found = surveillance(followup_policy=policy)
    rules = by_rule(found)
    assert [rule for rule in rules if rules[rule]["chosen"]] == [policy] == [found["chosen"]]
    assert [rule for rule in rules if rules[rule]["suggested"]] == ["FU-01"]
    assert found["suggested"]["source"] == "001 L64; INT"


def test_nothing_is_chosen_that_a_person_did_not_choose():
    found = surveillance()
    assert found["chosen"] is None
    # Chosen for treated disease, this one says nothing of surveillance.
    assert surveillance(followup_policy="FU-05")["chosen"] is None
    assert "averaged" in found["choice"]["text"]
    assert found["markers"]["source"] == "003 L763-L766"
    assert "NCCN" in found["guidelines"]["text"]


TREATED = {"study_outcome": "stable", "ki67_percent": 5}


@pytest.mark.parametrize(
    ("base", "facts", "expected"),
    [
        ("R", {}, ["FU-01", "FU-02", "FU-02b", "FU-03", "FU-04"]),
        ("R", {"study_outcome": "stable"}, ["FU-01", "FU-02", "FU-02b", "FU-03", "FU-04"]),
        ("R", {"study_outcome": "indeterminate"}, ["FU-07"]),
        ("R", {"study_outcome": "positive"}, []),
        ("F", {}, ["FU-05"]),
        ("F", TREATED, ["FU-05"]),
        ("F", TREATED | {"on_chemo_or_biologic": True}, ["FU-03", "FU-05"]),
        ("F", {"study_outcome": "indeterminate"}, ["FU-06"]),
        ("F", {"study_outcome": "progression"}, []),
        ("F", {"study_outcome": "complication"}, []),
        ("S", {}, []),
        ("S", {"study_outcome": "indeterminate"}, ["FU-08"]),
        ("S", {"clinical_question": "unknown"}, []),
    ],
)
def test_a_rule_speaks_only_where_its_source_does(base, facts, expected):
    found = compare(base, facts)
    assert list(by_rule(found)) == expected
    if len(expected) < 2:
        assert (found["pairs"], found["agreement"], found["common"]) == ([], None, None)


def test_under_chemotherapy_the_shorter_window_stands_beside_that_of_treated_disease():
    found = compare("F", TREATED | {"on_chemo_or_biologic": True, "followup_policy": "FU-05"})
    assert [policy["window"] for policy in found["policies"]] == [[3, 3], [3, 12]]
    assert (found["agreement"], found["common"]) == ("overlap", [3, 3])
    assert (found["chosen"], found["suggested"]["rule"]) == ("FU-05", "FU-05")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"clinical_question": "local_staging"}, "none given for local staging"),
        ({"clinical_question": "prrt_selection"}, "none given for selection for PRRT"),
        ({"diagnosis_basis": "suspected"}, "none given for the search for a primary"),
    ],
)
def test_a_situation_without_an_interval_says_so(facts, words):
    found = compare("S", facts)
    assert [policy["rule"] for policy in found["policies"]] == ["FU-09"]
    policy = found["policies"][0]
    assert (policy["window"], policy["words"], policy["missing"]) == ("unspecified", words, [])
    assert found["suggested"] is None


def test_the_answer_books_nothing_that_is_optional_or_without_a_number_of_its_own():
    beside = {"FU-02b", "FU-04", "FU-09"}
    for branch in EDITION.branches.branches.values():
        assert beside.isdisjoint(branch.intervals)
    for vignette in read_data("vignettes"):
        assert beside.isdisjoint(vignette["expect"]["next_interval"] or {})


def test_content_from_before_the_comparison_is_still_read():
    table = load_intervals(
        {
            "intervals": [
                {
                    "id": "FU-05",
                    "text": "x",
                    "source": "INT",
                    "rows": [{"window": [3, 12], "words": "x"}],
                }
            ],
            "unknown_words": {"text": "unknown", "source": "INT"},
        }
    )
    rule = table.rules["FU-05"]
    assert (rule.rows[0].window, rule.applications, rule.optional) == ((3, 12), (), False)
    assert (table.beside, table.suggested) == ({}, {})
