"""The content of the edition on disk: how it is read, and what it holds itself to."""

import hashlib
import re
import shutil

import pytest
import yaml

from guidance.engine import content
from guidance.engine.content import FILES
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import content_hash, load_edition
from tests.shared import SHARED

SOURCES = SHARED / "sources"
EDITION = load_edition()
SPOKEN = {"text", "help", "why", "question", "choice", "topic"}


def mappings(node, place=""):
    if isinstance(node, dict):
        yield place, node
        for key, child in node.items():
            yield from mappings(child, f"{place}/{key}")
    if isinstance(node, list):
        for number, child in enumerate(node):
            yield from mappings(child, f"{place}/{number}")


ALL = [found for name in FILES for found in mappings(EDITION.content[name], name)]


def test_every_statement_has_a_source():
    # A variant of a check's text stands under the source of its check.
    bare = [
        place
        for place, node in ALL
        if SPOKEN & {key for key, value in node.items() if isinstance(value, str)}
        and "source" not in node
        and not re.search(r"/texts/\d+$", place)
    ]
    assert bare == []


def test_the_dictionary_is_complete():
    assert [fact.number for fact in DICTIONARY.values()] == list(range(1, 153))
    assert {fact.group for fact in DICTIONARY.values()} == set("ABCDEFGHIJKL")
    assert all(fact.group_label for fact in DICTIONARY.values())


def test_an_edition_is_loaded_once_and_known_by_its_content():
    assert load_edition("2026.1") is load_edition()
    assert re.fullmatch(r"[0-9a-f]{64}", EDITION.hash)
    assert content_hash({"b": 1, "a": [2]}) == content_hash({"a": [2], "b": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


def test_an_edition_is_read_as_plain_yaml_says():
    for name in FILES:
        text = (content.EDITIONS / "2026.1" / f"{name}.yaml").read_text(encoding="utf-8")
        assert content.read("2026.1", name) == yaml.safe_load(text)


@pytest.fixture
def draft(tmp_path, monkeypatch):
    """A copy of the edition that a test may break, as the only one on disk."""
    folder = tmp_path / "2026.9"
    shutil.copytree(content.EDITIONS / "2026.1", folder)
    monkeypatch.setattr(content, "EDITIONS", tmp_path)
    return folder


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_an_edition_that_is_sound_is_read_whole(draft):
    assert content.check(draft) == []
    assert content.versions() == ("2026.9",)
    assert content.read_edition("2026.9") == EDITION.content


def test_an_unknown_edition_is_refused():
    with pytest.raises(content.ContentError, match=r"There is no edition '1999\.1'") as caught:
        load_edition("1999.1")
    assert caught.value.problems == ()


def test_everything_that_is_wrong_is_told_at_once_in_order_of_its_place(draft):
    lines = len((draft / "actions.yaml").read_text(encoding="utf-8").splitlines())
    append(
        draft / "actions.yaml",
        "- {code: ACT-REST, text: Rest., source: 007 L1}\n- {code: REST, text: 3, source: INT}\n",
    )
    append(draft / "checklists.yaml", "more: true\n")
    (draft / "ratings.yaml").write_text("ratings: [", encoding="utf-8")
    (draft / "protocols.yaml").unlink()
    (draft / "reports.yaml").write_bytes(b"tables: \xff")
    (draft / "notes.yaml").write_text("a: b", encoding="utf-8")
    with pytest.raises(content.ContentError) as caught:
        load_edition("2026.9")
    told = [str(problem) for problem in caught.value.problems]
    starts = [
        f"actions.yaml:{lines + 1}:10: ACT-REST: nothing leads to it",
        f"actions.yaml:{lines + 1}:41: source: 007 is no source of edition.yaml",
        f'actions.yaml:{lines + 2}:10: code: "REST" does not fit: An action',
        f"actions.yaml:{lines + 2}:22: text: must be text, not 3",
        "checklists.yaml:",
        "notes.yaml:1:1: is no file of an edition",
        "protocols.yaml:1:1: cannot be read: No such file or directory",
        "ratings.yaml:",
        "reports.yaml:1:1: is not text in UTF-8: invalid start byte",
    ]
    assert len(told) == len(starts)
    assert all(text.startswith(start) for text, start in zip(told, starts, strict=True))
    assert str(caught.value).splitlines() == ["The edition 2026.9 cannot be loaded:", *told]
    assert content.check(draft) == list(caught.value.problems)


def test_one_file_is_read_without_the_others(draft):
    append(draft / "actions.yaml", "- {code: ACT-REST, text: Rest., source: 007 L1}\n")
    # Nothing but the whole can say that nothing leads to an action.
    assert content.read("2026.9", "actions")["actions"][-1]["code"] == "ACT-REST"
    append(draft / "checklists.yaml", "more: true\n")
    with pytest.raises(content.ContentError, match=r"checklists\.yaml:\d+:1: more: is no field"):
        content.read("2026.9", "checklists")
    (draft / "checks.yaml").unlink()
    with pytest.raises(content.ContentError, match="cannot be read"):
        content.read("2026.9", "checks")


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(yaml.YAMLError, match="'a' stands twice"):
        content.parse_yaml("{a: 1, b: 2, a: 3}")


def test_merged_keys_are_no_repetition():
    text = "base: &base {a: 1}\nother: {<<: *base, a: 2}"
    assert content.parse_yaml(text)["other"] == {"a": 2}


def test_a_key_that_is_a_list_is_refused():
    with pytest.raises(yaml.YAMLError):
        content.parse_yaml("{[1]: 2}")


@pytest.mark.shared
@pytest.mark.skipif(
    not SOURCES.exists(), reason=f"no source documents at {SOURCES}; set TUMORBOARD_SHARED"
)
class TestSources:
    def test_the_documents_are_the_ones_that_were_read(self):
        for source in EDITION.sources:
            raw = (SOURCES / source["file"]).read_bytes()
            assert hashlib.sha256(raw).hexdigest() == source["sha256"]

    def test_every_cited_line_says_something(self):
        lines = {
            source["tag"]: (SOURCES / source["file"]).read_text(encoding="utf-8").splitlines()
            for source in EDITION.sources
        }
        assert {tag: len(found) for tag, found in lines.items()} == {
            source["tag"]: source["lines"] for source in EDITION.sources
        }
        cited = set()
        for _, node in ALL:
            for part in str(node.get("source", "")).split("; "):
                tag, _, ranges = part.partition(" ")
                cited |= {(tag, found) for found in ranges.split(", ") if found}
        assert len(cited) > 300
        for tag, found in sorted(cited):
            first, _, last = found.replace("L", "").partition("-")
            text = lines[tag][int(first) - 1 : int(last or first)]
            assert any(line.strip() for line in text), (tag, found)
