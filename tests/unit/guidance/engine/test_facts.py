import json
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guidance.engine.dictionary import DICTIONARY
from guidance.engine.facts import FactError, FactErrors, as_json, parse_fact, parse_facts


def test_absent_null_and_unknown_are_the_same():
    facts = parse_facts({"age_years": "unknown", "sex": None, "new_symptoms": "unknown"})
    assert facts.values == {}
    assert facts.get("age_years") is None
    assert not facts.is_known("new_symptoms")


def test_an_empty_list_is_known():
    facts = parse_facts({"new_symptoms": []})
    assert facts.is_known("new_symptoms")
    assert facts.get("new_symptoms") == ()


def test_values_come_in_their_types():
    facts = parse_facts(
        {
            "ki67_percent": 2.5,
            "resection_date": "2025-05-30",
            "diagnosis_date": date(2025, 1, 2),
            "treatments": ["SSA", {"type": "TACE", "start": "2025-02-01", "ongoing": False}],
            "ordered_phases": ["delayed", "delayed"],
            "studies": [{"modality": "MRI", "phases": ["arterial"], "region": "unknown"}],
            "fact_provenance": {"age_years": {"user": "a"}},
            "ruleset_version": "2026.1",
        }
    )
    assert facts.get("resection_date") == date(2025, 5, 30)
    assert facts.get("treatments")[0] == {"type": "SSA"}
    assert facts.get("treatments")[1]["start"] == date(2025, 2, 1)
    assert facts.get("ordered_phases") == ("delayed",)
    assert facts.get("studies")[0] == {"modality": "MRI", "phases": ("arterial",)}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("shoe_size", 42, "is not a fact of the dictionary"),
        ("age_years", 130, "must be at most 120 years, not 130"),
        ("age_years", -1, "must be at least 0 years, not -1"),
        ("age_years", 58.5, "must be a whole number, not 58.5"),
        ("age_years", True, "must be a whole number, not True"),
        ("ki67_percent", "high", "must be a number, not 'high'"),
        ("ki67_percent", False, "must be a number, not False"),
        ("ki67_percent", float("nan"), "must be a number, not nan"),
        ("ki67_percent", 100.01, "must be at most 100 % positive nuclei, not 100.01"),
        ("recist_sum_mm_t0", 0, "must be above 0 mm, not 0"),
        ("mri_available", "yes", "must be true, false or unknown, not 'yes'"),
        ("sex", "Male", "must be one of female, male, unspecified or unknown, not 'Male'"),
        ("sex", ["male"], "must be one of female, male, unspecified or unknown, not ['male']"),
        ("new_symptoms", "flushing", "must be a list or unknown, not 'flushing'"),
        ("resection_date", "30.05.2025", "must be a date like 2026-11-21, not '30.05.2025'"),
        ("resection_date", 2025, "must be a date like 2026-11-21, not 2025"),
        ("ruleset_version", " ", "must be text that is not empty, not ' '"),
        ("treatments", [3], "must hold records, not 3"),
        ("treatments", [{"start": "2025-01-01"}], "needs the field type in every record"),
        (
            "treatments",
            [{"type": "SSA", "dose": 30}],
            "has no field 'dose'; it has type, start, end, ongoing, target",
        ),
        ("studies", ["MRI"], "must hold records, not 'MRI'"),
        (
            "target_lesions",
            [{"organ": "liver", "longest_diameter_mm": -1}],
            "field longest_diameter_mm must be at least 0, not -1",
        ),
        ("fact_provenance", ["a"], "must be a mapping by fact name, not ['a']"),
        ("fact_provenance", {"shoe_size": 1}, "names 'shoe_size', which is not a fact"),
    ],
)
def test_what_is_not_acceptable_is_named(name, value, reason):
    with pytest.raises(FactError) as caught:
        parse_fact(name, value)
    assert (caught.value.fact, caught.value.reason) == (name, reason)


def test_long_values_are_cut_in_messages():
    with pytest.raises(FactError) as caught:
        parse_fact("sex", "x" * 500)
    assert len(caught.value.reason) < 150


def test_all_errors_of_a_mapping_come_together():
    with pytest.raises(FactErrors) as caught:
        parse_facts({"age_years": 300, "sex": "female", "shoe_size": 42})
    assert [error.fact for error in caught.value.errors] == ["age_years", "shoe_size"]
    assert "shoe_size: is not a fact" in str(caught.value)


@given(st.sampled_from(sorted(DICTIONARY)), st.none() | st.text() | st.integers() | st.floats())
def test_any_value_is_parsed_or_refused(name, value):
    parsed = None
    with suppress(FactError):
        parsed = parse_fact(name, value)
    assert parse_fact(name, as_json(parsed)) == parsed


def test_facts_survive_json():
    raw = yaml.safe_load("{treatments: [{type: SSA, start: 2025-01-01}], new_symptoms: []}")
    facts = parse_facts(raw)
    assert parse_facts(facts.as_json()) == facts


def test_facts_come_in_the_order_of_the_dictionary():
    raw = {"ki67_percent": 5, "age_years": 58, "fact_provenance": {"sex": "b", "age_years": "a"}}
    backwards = {
        "fact_provenance": {"age_years": "a", "sex": "b"},
        **dict(reversed(list(raw.items())[:2])),
    }
    first, second = (json.dumps(parse_facts(each).as_json()) for each in (raw, backwards))
    assert first == second
    assert list(parse_facts(raw).values) == ["age_years", "ki67_percent", "fact_provenance"]


class TestAnOlderDictionary:
    """Facts of an older edition are read by its own dictionary alone."""

    TREATMENTS = replace(DICTIONARY["treatments"], fields=DICTIONARY["treatments"].fields[:1])
    OLDER = {
        name: fact for name, fact in DICTIONARY.items() if name not in ("sex", "considered_young")
    } | {"treatments": TREATMENTS}

    def test_a_fact_that_it_lacks_is_refused(self):
        with pytest.raises(FactErrors, match="sex: is not a fact"):
            parse_facts({"sex": "female"}, self.OLDER)

    def test_records_have_its_fields(self):
        with pytest.raises(FactError, match="has no field 'start'; it has type"):
            parse_fact("treatments", [{"type": "SSA", "start": "2026-01-01"}], self.OLDER)

    def test_provenance_names_its_facts(self):
        with pytest.raises(FactError, match="names 'sex'"):
            parse_fact("fact_provenance", {"sex": "form"}, self.OLDER)
        assert parse_fact("fact_provenance", {"sex": "form"}) == {"sex": "form"}
