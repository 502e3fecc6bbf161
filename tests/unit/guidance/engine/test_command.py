import io
import json

import pytest

from guidance.engine.command import main
from tests.unit.guidance.cases import DATA

STAGING = {"clinical_question": "distant_staging", "definitive_treatment_done": False}


@pytest.fixture
def run(tmp_path):
    def call(content, *arguments):
        path = tmp_path / "input.yaml"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text, encoding="utf-8")
        stdout, stderr = io.StringIO(), io.StringIO()
        status = main([str(path), *arguments], stdout, stderr)
        return status, stdout.getvalue(), stderr.getvalue()

    return call


def test_a_vignettes_file_is_read_as_it_is(run):
    defaults = str(DATA / "d0.yaml")
    text = (DATA / "vignettes.yaml").read_text(encoding="utf-8")
    status, first, messages = run(text, "--defaults", defaults)
    assert (status, messages) == (0, "")
    answers = json.loads(first)
    assert [answer["id"] for answer in answers][:2] == ["V01", "V02"]
    assert answers[0]["scenario"] == "SC-01"
    assert run(text, "--defaults", defaults)[1] == first


def test_one_mapping_gives_one_object(run):
    answer = json.loads(run(STAGING)[1])
    assert (answer["id"], answer["scenario"]) == (None, "UNDETERMINED")
    answer = json.loads(run({"id": 7, "facts": STAGING})[1])
    assert answer["id"] == 7


def test_an_entry_that_is_not_acceptable_keeps_no_other_from_its_answer(run):
    entries = [
        {"id": "A", "facts": {"age_years": 300, "shoe_size": 1}},
        {"id": "B", "facts": STAGING, "title": "ignored"},
        {"facts": {"sex": "x"}},
    ]
    status, output, messages = run(entries)
    assert status == 2
    assert [answer["id"] for answer in json.loads(output)] == ["B"]
    lines = messages.splitlines()
    assert lines[0] == "entry A: fact age_years: must be at most 120 years, not 300"
    assert lines[1] == "entry A: fact shoe_size: is not a fact of the dictionary"
    assert lines[2].startswith("item 3: fact sex: must be one of")


def test_a_single_mapping_that_is_not_acceptable_prints_nothing(run):
    status, output, messages = run({"age_years": 300})
    assert (status, output) == (2, "")
    assert messages.startswith("the entry: fact age_years")


def test_an_empty_list_is_answered(run):
    assert run("[]") == (0, "[]\n", "")


def test_the_date_sets_the_clock(run):
    facts = {**STAGING, "diagnosis_date": "2026-06-01"}
    assert json.loads(run(facts, "--date", "2026-05-30")[1])["scenario"] == "CONFLICT"
    assert json.loads(run(facts, "--date", "2026-06-30")[1])["scenario"] != "CONFLICT"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{a: [", "is not readable YAML or JSON"),
        ("{sex: male, sex: female}", "'sex' stands twice"),
        ("resection_date: 2026-13-45", "is not readable YAML or JSON"),
        ("just words", "must hold a mapping of facts or a list"),
        ("", "must hold a mapping of facts or a list"),
        ("[1, 2]", "item 1 of the list is not a mapping with id and facts"),
        ("[{id: A, facts: [1]}]", "item 1 of the list is not a mapping with id and facts"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
    ],
)
def test_a_file_that_is_not_acceptable_is_named(run, content, message):
    status, output, messages = run(content)
    assert (status, output) == (2, "")
    assert message in messages


def test_a_file_that_is_not_there(tmp_path):
    stdout, stderr = io.StringIO(), io.StringIO()
    assert main([str(tmp_path / "none.yaml")], stdout, stderr) == 2
    assert "cannot be read" in stderr.getvalue()


@pytest.mark.parametrize("text", ["[1]", "words"])
def test_defaults_are_one_mapping(run, tmp_path, text):
    path = tmp_path / "defaults.yaml"
    path.write_text(text, encoding="utf-8")
    status, _, messages = run(STAGING, "--defaults", str(path))
    assert status == 2
    assert "defaults must be one mapping of facts" in messages


def test_a_date_that_is_none(run):
    status, _, messages = run(STAGING, "--date", "tomorrow")
    assert status == 2
    assert "--date must be like 2026-11-21" in messages


@pytest.mark.parametrize(
    "value",
    [
        *("!!bool x", "!!int ''", "!!float ''", "!!timestamp x", "!!map x", "!!binary x"),
        *(f"0x{'f' * 5000}", f"1{':59' * 3000}", f"1{':59' * 3000}.5", f"[0x{'f' * 5000}]"),
    ],
    ids=lambda value: value[:12],
)
def test_a_value_that_python_cannot_make_is_refused_in_words(run, value):
    status, output, messages = run(f"ki67_percent: {value}\n")
    assert (status, output) == (2, "")
    assert messages


@pytest.mark.parametrize(
    "name",
    [
        *("2026-01-01", "!!binary aGk=", "!!set {a}", '"\\ud800"', ".nan", "&x [*x]"),
        *("{2026-01-01: 1}", f"0x{'f' * 5000}"),
    ],
    ids=lambda name: name[:12],
)
def test_an_id_that_json_cannot_hold_is_refused_in_words(run, name):
    status, output, messages = run(f"- id: {name}\n  facts: {{}}\n")
    assert (status, output) == (2, "")
    assert messages == "item 1: the id must be text or a number\n"


def test_aliases_do_not_make_a_message_larger_than_memory(run):
    lines = [
        "a0: &a0 [x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)),
    ]
    status, _, messages = run("\n".join([*lines, "metastatic_sites: *a11", ""]))
    assert status == 2
    assert len(messages) < 5000
