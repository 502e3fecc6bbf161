"""The shipped codes against everything of ours that they stand for."""

import copy
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from cases.models.study import Modality
from cases.selectors.analytes import catalogue
from cases.selectors.concepts import KINDS, concept_named, concepts, label_of
from cases.terminology import checking, ucum
from cases.terminology.reading import FILES, raw, units
from guidance.engine.dictionary import DICTIONARY


def test_the_shipped_codes_are_in_order():
    assert checking.problems(concepts()) == []


def test_every_concept_has_words_of_its_own():
    assert {key.split("/", 1)[0] for key in concepts()} == set(KINDS)
    words = Counter(concept.label.casefold() for concept in concepts().values())
    assert [label for label, times in words.items() if times > 1] == []


def test_a_concept_is_found_by_path_and_by_words():
    grade = concepts()["fact/pathologist_grade/G2"]

    assert concept_named("fact/pathologist_grade/G2") == grade
    assert concept_named(f" {grade.label.upper()} ") == grade
    assert concept_named("fact/nothing") is None
    assert label_of("fact/nothing") == "fact/nothing"


def test_every_unit_of_the_laboratory_converts_as_in_its_catalogue():
    known = {unit.unit: unit for unit in units()}
    for analyte in catalogue().analytes.values():
        for unit in analyte.units.values():
            assert known[unit.code].quantity == unit.dimension, unit
            assert float(known[unit.code].factor) == pytest.approx(float(unit.factor)), unit


def test_every_unit_of_the_dictionary_has_a_code():
    given = {fact.unit for fact in DICTIONARY.values() if fact.unit}

    assert {unit for unit in given if ucum.code_of(unit) is None} == {"as reported"}


def test_every_modality_is_a_concept():
    assert {f"fact/study_modality/{code}" for code in Modality.values} <= set(concepts())


def broken(change):
    content = copy.deepcopy(raw("loinc"))
    change(content["codes"])
    return list(checking.file_problems("loinc", content, concepts()))


def test_what_is_wrong_is_said():
    assert broken(lambda codes: codes.append(codes[0])) == [
        "loinc: 46098-0 stands twice.",
        "loinc: fact/sex is sent as two codes.",
    ]
    assert broken(lambda codes: codes[0].update(code="46098-1")) == [
        "loinc: the check digit of 46098-1 is wrong."
    ]
    assert broken(lambda codes: codes[0].update(concepts=["fact/color"])) == [
        "loinc: 46098-0 stands for fact/color, which is no concept."
    ]
    assert broken(lambda codes: codes[0].update(verified="hearsay")) == [
        "loinc: 46098-0 was verified in hearsay, which is no source."
    ]
    assert "verified" in broken(lambda codes: codes[0].pop("verified"))[0]


def test_two_systems_of_one_name_and_a_gap_that_is_none_are_said(monkeypatch):
    files = {name: copy.deepcopy(raw(name)) for name in (*FILES, "missing")}
    files["icd_10"]["system"]["also"].append("I10C")
    files["missing"]["missing"][0]["concept"] = "fact/color"
    monkeypatch.setattr(checking, "raw", files.__getitem__)

    assert checking.problems(concepts()) == [
        "i10c names two code systems.",
        "missing: fact/color is no concept.",
    ]


def test_the_command_checks_and_says_so(capsys, monkeypatch):
    call_command("check_terminology")
    assert "in order" in capsys.readouterr().out

    monkeypatch.setattr(checking, "problems", lambda _concepts: ["loinc: 1 is wrong."])
    with pytest.raises(CommandError):
        call_command("check_terminology")
    assert "loinc: 1 is wrong." in capsys.readouterr().err
