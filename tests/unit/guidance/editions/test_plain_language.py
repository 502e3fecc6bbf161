import re

import pytest

from cases.models.conclusion import Intent, NoRecommendation, RecommendationKind
from cases.models.specialty import Specialty
from cases.selectors.recommended import codes_in
from guidance.editions import plain_language as content
from guidance.editions.plain_language import FILE, check, plain_language
from guidance.engine.content import versions
from guidance.engine.edition import load_edition
from guidance.engine.problems import ContentError
from tests.unit.guidance.content.citations import SOURCES, Statement, unfounded_lines

WORDS = plain_language()
THINGS = {**WORDS.kinds, **WORDS.procedures, **WORDS.options, **WORDS.actions}
EVERYTHING = {**THINGS, **WORDS.intents, **WORDS.no_recommendation, **WORDS.specialties}

#: Words that frighten, promise, or say how the disease may go on.
FORBIDDEN = re.compile(
    r"\b(cancer|metasta\w*|malignan\w*|progress\w*|prognos\w*|surviv\w*|chance\w*|risk\w*|die\w*|"
    r"death|fail\w*|incurable|terminal|recurr\w*|restag\w*|complicat\w*|urgent\w*|percent)\b|%|\d",
    re.IGNORECASE,
)
#: Reading grade by Flesch and Kincaid; grade 8 is what most adults read with ease [INT].
GRADE = 8.0


def syllables(word):
    """A count that is right for most English words."""
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(len(groups) - silent, 1)


def reading_grade(text):
    sentences = [part for part in re.split(r"[.!?]+", text) if part.strip()]
    words = re.findall(r"[A-Za-z]+", text)
    count = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * count / len(words) - 15.59


@pytest.fixture
def draft(tmp_path):
    """The file with one piece of text replaced by another."""

    def write(old, new):
        text = FILE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "draft.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("version", versions())
def test_every_study_and_every_option_of_every_edition_has_plain_words(version):
    codes = codes_in(load_edition(version))
    assert set(codes[RecommendationKind.IMAGING]) <= set(WORDS.procedures)
    assert set(codes[RecommendationKind.TREATMENT]) <= set(WORDS.options)


@pytest.mark.parametrize("version", versions())
def test_every_action_of_every_edition_has_plain_words(version):
    actions = load_edition(version).content["actions"]["actions"]
    codes = {action["code"] for action in actions} - set(WORDS.options)
    assert codes
    assert codes <= set(WORDS.actions)


def test_every_kind_intent_reason_and_specialty_has_plain_words():
    assert set(WORDS.kinds) == set(RecommendationKind.values)
    assert set(WORDS.intents) == set(Intent.values)
    assert set(WORDS.no_recommendation) == set(NoRecommendation.values)
    assert set(WORDS.specialties) == set(Specialty.values)


@pytest.mark.parametrize("code", EVERYTHING)
def test_nothing_frightens_or_promises(code):
    entry = EVERYTHING[code]
    assert not FORBIDDEN.search(f"{entry.name} {entry.what}")


@pytest.mark.parametrize("code", THINGS)
def test_it_reads_easily(code):
    assert reading_grade(THINGS[code].what) <= GRADE
    for sentence in THINGS[code].what.split(". "):
        assert len(sentence.split()) <= 20


@pytest.mark.shared
@pytest.mark.skipif(not SOURCES.exists(), reason=f"no source documents at {SOURCES}")
def test_every_cited_line_holds_text():
    found = [
        problem
        for code, entry in EVERYTHING.items()
        for problem in unfounded_lines(Statement(code, entry.source))
    ]
    assert found == []


def test_the_file_is_sound():
    assert check() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("source: INT", "source: hearsay", "does not fit"),
        ("code: treatment", "code: imaging", "imaging stands twice"),
        ("intents:", "aims:", "aims: is no field here"),
        ("kinds:", "kinds: [", "is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(draft, old, new, told):
    problems = check(draft(old, new))
    assert any(told in str(problem) for problem in problems)
    assert all(re.match(r"draft\.yaml:\d+:\d+: ", str(problem)) for problem in problems)


def test_a_broken_file_is_not_used(draft, monkeypatch):
    monkeypatch.setattr(content, "FILE", draft("source: INT", "source: hearsay"))
    plain_language.cache_clear()
    try:
        with pytest.raises(ContentError, match="The plain words cannot be read"):
            plain_language()
    finally:
        plain_language.cache_clear()
