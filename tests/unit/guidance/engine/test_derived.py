"""Facts that follow from dates and lists, and figures outside the range of a fact."""

import dataclasses
import json

import pytest

from guidance.engine.assess import assess
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import load_edition
from guidance.engine.facts import parse_facts

TODAY = {"evaluated_on": "2026-05-30"}


def again(facts):
    return parse_facts(json.loads(json.dumps(facts.as_json())))


class TestDerived:
    def test_months_follow_from_dates_and_replace_what_was_typed(self):
        facts = parse_facts(
            {
                "evaluated_on": "2026-05-30",
                "resection_date": "2025-05-30",
                "months_since_resection": 99,
                "studies": [
                    {"modality": "CT", "date": "2025-11-30"},
                    {"modality": "MRI", "date": "2026-02-28"},
                    {"modality": "EUS"},
                ],
            }
        )
        assert facts.get("months_since_resection") == 12
        assert facts.get("months_since_last_imaging") == pytest.approx(3.07)
        assert facts.get("prior_followup_modalities") == ("CT", "MRI")

    def test_what_lies_in_the_future_gives_no_duration(self):
        facts = parse_facts({"evaluated_on": "2026-05-30", "resection_date": "2026-06-01"})
        assert facts.get("months_since_resection") is None

    def test_durations_need_a_date_of_assessment(self):
        facts = parse_facts({"last_imaging_date": "2026-06-01", "months_since_last_imaging": 2})
        assert facts.get("months_since_last_imaging") == 2

    def test_sites_are_counted(self):
        facts = parse_facts({"metastatic_sites": ["liver", "bone"], "metastatic_site_count": 9})
        assert facts.get("metastatic_site_count") == 2

    def test_given_follow_up_modalities_are_the_better_ones(self):
        raw = {"studies": [{"modality": "CT"}], "prior_followup_modalities": ["MRI"]}
        assert parse_facts(raw).get("prior_followup_modalities") == ("MRI",)


@pytest.mark.parametrize(
    ("fact", "date"),
    [
        ("months_since_resection", "resection_date"),
        ("months_since_last_imaging", "last_imaging_date"),
    ],
)
class TestBeyondTheRange:
    def test_fifty_years_are_the_most(self, fact, date):
        assert parse_facts({**TODAY, date: "1976-05-30"}).get(fact) == 600

    def test_more_is_unknown_and_can_be_stored_and_read_again(self, fact, date):
        facts = parse_facts({**TODAY, date: "1976-05-29"})
        assert facts.get(fact) is None
        assert again(facts) == facts
        edition = load_edition()
        assert assess(again(facts), edition) == assess(facts, edition)

    def test_what_was_typed_does_not_stand_in_for_it(self, fact, date):
        facts = parse_facts({**TODAY, date: "1926-05-30", fact: 24})
        assert not facts.is_known(fact)

    def test_the_range_is_that_of_the_dictionary_at_hand(self, fact, date):
        narrow = {**DICTIONARY, fact: _with_high(DICTIONARY[fact], 10)}
        raw = {**TODAY, date: "2025-05-30"}
        assert parse_facts(raw).get(fact) == 12
        assert parse_facts(raw, narrow).get(fact) is None


def _with_high(definition, high):
    return dataclasses.replace(definition, high=high)


def test_a_dictionary_without_a_derived_fact_has_none():
    derived = {
        "months_since_resection",
        "metastatic_site_count",
        "prior_followup_modalities",
    }
    older = {name: fact for name, fact in DICTIONARY.items() if name not in derived}
    raw = {
        **TODAY,
        "resection_date": "2025-05-30",
        "metastatic_sites": ["liver"],
        "studies": [{"modality": "CT"}],
    }
    assert derived <= parse_facts(raw).values.keys()
    assert not derived & parse_facts(raw, older).values.keys()


def test_modalities_come_in_one_order():
    studies = [{"modality": name} for name in ("US", "PET_SSTR", "MRI", "EUS", "CT", "MRI")]
    facts = parse_facts({"studies": studies})
    assert facts.get("prior_followup_modalities") == ("CT", "MRI", "PET_SSTR", "US")
