"""Markers and entries of the registers that a source names, in words."""

from guidance.engine.edition import compile_edition, load_edition
from guidance.engine.marks import marks_of

EDITION = load_edition()


def test_markers_and_entries_are_told_and_documents_are_not():
    marks = marks_of("001 L54, L72; A-22; INT; BS; N-17; INT", EDITION)
    assert [mark["code"] for mark in marks] == ["A-22", "INT", "BS", "N-17"]
    words = {mark["code"]: mark["text"] for mark in marks}
    assert words["INT"] == EDITION.content["edition"]["markers"]["INT"]
    [entry] = [a for a in EDITION.content["ambiguities"]["ambiguities"] if a["id"] == "A-22"]
    assert words["A-22"] == f"{entry['point']} {entry['choice']}"
    assert words["N-17"]


def test_nothing_is_told_of_documents_alone():
    assert marks_of("000 L9; 001 L9", EDITION) == []
    assert marks_of("", EDITION) == []


def test_an_edition_without_registers_leaves_the_codes_without_words():
    kept = {n: c for n, c in EDITION.content.items() if n not in ("ambiguities", "disagreements")}
    older = compile_edition(kept)
    assert marks_of("A-22; N-17", older) == [
        {"code": "A-22", "text": ""},
        {"code": "N-17", "text": ""},
    ]


def test_every_code_of_the_content_has_words():
    sources = []

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("source"), str):
                sources.append(node["source"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(dict(EDITION.content))
    marks = [mark for source in sources for mark in marks_of(source, EDITION)]
    assert {mark["code"] for mark in marks if not mark["text"]} == set()
