"""An edition that is broken in many places, and what its author is told."""

import copy
import json
import random
import re
from functools import cache
from pathlib import Path

import pytest

from guidance.engine import consistency, content
from guidance.engine.draft.vocabulary import FINDINGS
from guidance.engine.places import read_document

ENGINE = Path(content.__file__).parent
EDITION = {name: content.read(content.DEFAULT_VERSION, name) for name in content.FILES}
LAST_STEP = len(EDITION["scenarios"]["steps"]) - 1
LAST_ACTION = len(EDITION["actions"]["actions"])
#: File, place, what is put there, where it is told (the text that stands there), and the words.
FAULTS = [
    ("actions", ("actions", 0, "source"), "009 L1", '"009 L1"', "009 is no source of edition"),
    ("actions", ("actions", 1, "source"), "000 L93", '"000 L93"', "has the lines 1 to 92"),
    ("actions", ("actions", 2, "source"), "N-99", '"N-99"', "N-99 is no entry of disagreements"),
    ("actions", ("actions", 3, "source"), "A-99", '"A-99"', "A-99 is no entry of ambiguities"),
    (
        "actions",
        ("actions", LAST_ACTION),
        {"code": "ACT-REST", "text": "Rest.", "source": "INT"},
        '"ACT-REST"',
        "ACT-REST: nothing leads to it",
    ),
    ("scenarios", ("scenarios", 0, "ask", 0), "mood", '"mood"', "mood is no fact of facts.yaml"),
    ("scenarios", ("scenarios", 1, "hint"), "H-99", '"H-99"', "H-99 is no hint of scenarios"),
    ("scenarios", ("gates", 0, "result"), "WEATHER", '"WEATHER"', "WEATHER is no reason under"),
    ("scenarios", ("steps", LAST_STEP, "rules", 0, "to"), "next", '"next"', "there is no step"),
    ("checks", ("checks", 3, "when"), "mood = T", '"mood = T"', "mood is no fact of facts.yaml"),
    ("checks", ("checks", 4, "when"), "@mood = T", '"@mood', "@mood is nothing that the engine"),
    ("checks", ("checks", 5, "when"), "sex = tall", '"sex = tall"', "sex is never tall"),
    ("checks", ("checks", 6, "when"), "age_years > 130", '"age_y', "age_years is never 130"),
    (
        "checks",
        ("checks", 8, "when"),
        {"all": ["sex = male", "sex = female"]},
        "{",
        "when: can never be true",
    ),
    ("ratings", ("ratings", "SC-01", 0, "procedure"), "XRAY", '"XRAY"', "XRAY is no procedure"),
    ("protocols", ("protocols", 0, "scenario"), "SC-99", '"SC-99"', "SC-99 is no scenario of"),
    ("branches", ("branches", 0, "actions", 0, "code"), "ACT-X", '"ACT-X"', "ACT-X is no action"),
    ("branches", ("branches", 0, "intervals"), ["FU-77"], '"FU-77"', "FU-77 is no rule of inter"),
    ("branches", ("branches", 0, "escalation"), "E-99", '"E-99"', "E-99 is no escalation of"),
    ("branches", ("branches", 2, "outcomes", 0), "cured", '"cured"', "cured is no result that"),
    ("branches", ("branches", 4, "id"), "B-03-NEG", '"B-03-NEG"', "id: B-03-NEG stands twice"),
    (
        "branches",
        ("branches", 1, "outcomes"),
        ["positive"],
        '"positive"',
        "SC-01 has a branch for positive already",
    ),
    (
        "branches",
        ("without_branch", 0, "outcomes"),
        ["stable"],
        '"branches"',
        "SC-01 has no branch for progression",
    ),
    (
        "branches",
        ("branches", 3, "actions"),
        [{"code": "ACT-MDT", "when": "sex = male"}],
        '"actions"',
        "actions: a case can be left without any",
    ),
    ("branches", ("hold", "to"), "B-99-X", '"B-99-X"', "B-99-X is no branch of branches.yaml"),
    ("branches", ("hold", "checks", 0), "W-X", '"W-X"', "W-X is no check of checks.yaml"),
    (
        "intervals",
        ("intervals", 0, "rows", 1, "when"),
        EDITION["intervals"]["intervals"][0]["rows"][0]["when"],
        "{",
        "rows: is never reached",
    ),
    ("disagreements", ("disagreements", 0, "concerns", 0), "DP-99", '"DP-99"', "DP-99 is no rule"),
    ("facts", ("facts", 0, "low"), 200, "200", "low: is above high"),
]


def put(raw, path, value):
    parent = raw
    for part in path[:-1]:
        parent = parent[part]
    if isinstance(parent, list) and path[-1] == len(parent):
        parent.append(value)
    else:
        parent[path[-1]] = value


def as_text(raw):
    """YAML with every item of a list on a line of its own."""
    return json.dumps(raw, ensure_ascii=False, indent=1)


@cache
def broken_edition():
    """The texts of the edition with all faults, and everything that is told of it."""
    raw = copy.deepcopy(EDITION)
    for name, path, value, *_ in FAULTS:
        put(raw[name], path, value)
    texts = {name: as_text(raw[name]) for name in raw}
    documents = {name: read_document(f"{name}.yaml", text) for name, text in texts.items()}
    return texts, list(consistency.find_problems(documents))


def test_the_edition_of_this_software_is_sound():
    assert content.check(content.EDITIONS / content.DEFAULT_VERSION) == []


@pytest.mark.parametrize(
    ("name", "stands", "words"), [(name, stands, words) for name, _, _, stands, words in FAULTS]
)
def test_what_does_not_fit_is_told_where_it_stands(name, stands, words):
    texts, problems = broken_edition()
    (found, *_) = [each for each in problems if words in each.text and each.file == f"{name}.yaml"]
    line = texts[name].splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith(stands)


def test_every_finding_of_the_engine_can_be_read_by_conditions():
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(ENGINE.glob("*.py")))
    assert set(re.findall(r"reading\[\"(@[a-z_]+)\"\] = ", code)) <= FINDINGS.keys()
    assert FINDINGS.keys() <= set(re.findall(r"\"(@[a-z_]+)\"", code))


JUNK = (None, 3, "x", "", True, [], [None], {}, {"x": 1}, {"all": 3}, "sex = male", "SC-01")


def places(node, path=()):
    if path:
        yield path
    pairs = node.items() if isinstance(node, dict) else ()
    pairs = enumerate(node) if isinstance(node, list) else pairs
    for key, child in pairs:
        yield from places(child, (*path, key))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_breaks_is_told_and_nothing_crashes(seed, tmp_path):
    chance = random.Random(seed)
    raw = copy.deepcopy(EDITION)
    for name in raw:
        for path in chance.sample([path for path in places(raw[name]) if len(path) > 2], 2):
            try:
                put(raw[name], path, chance.choice(JUNK))
            except (TypeError, LookupError):
                # The first of the two has taken the place of the second.
                continue
        (tmp_path / f"{name}.yaml").write_text(as_text(raw[name]), encoding="utf-8")
    problems = content.check(tmp_path)
    assert len(problems) > 10
    assert problems == sorted(problems)
