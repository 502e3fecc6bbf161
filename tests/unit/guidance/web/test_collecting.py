"""The statements of the library: nothing that the edition says is left out."""

from collections.abc import Iterator
from typing import Any

from guidance.engine.content import FILES
from guidance.engine.edition import load_edition
from guidance.web.sentences import code_of, explained, said_in
from guidance.web.statements import by_code, statements

EDITION = load_edition()
#: Templates that the engine fills in, and labels without a statement of their own.
WITHOUT_STATEMENT = ("grade", "top_answers", "pair")


def sourced(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "text" in value and "source" in value:
            yield value
        for part in value.values():
            yield from sourced(part)
    elif isinstance(value, list):
        for part in value:
            yield from sourced(part)


def test_every_text_with_a_source_is_a_statement():
    told = " ".join(f"{each.title} {each.text} {each.more}" for each in statements(EDITION))
    seen = 0
    for name in FILES:
        content = dict(EDITION.content[name])
        for key in WITHOUT_STATEMENT if name == "explanations" else ():
            content.pop(key)
        for said in sourced(content):
            seen += 1
            assert said["text"] in told, f"{name}: {said['text']}"
    assert seen > 400


def test_a_statement_has_a_title_a_source_and_a_place():
    for each in statements(EDITION):
        assert each.title
        assert each.path.endswith("/")
        assert each.source or each.kind == "Source"
        assert each.kind


def test_a_place_is_an_address_with_an_anchor():
    known = by_code(EDITION)

    assert known["W-CHEST"].place == "checks/#W-CHEST"
    assert known["SC-01"].place == "scenarios/SC-01/"
    assert known["SUB-07"].title == "SUB-07"
    assert known["MRI_AP_WWO"].place == "scenarios/SC-01/#MRI_AP_WWO"


def test_the_statements_of_an_edition_are_gathered_once():
    assert statements(EDITION) is statements(EDITION)


def test_a_part_without_a_code_has_that_of_the_entry_around_it():
    assert code_of({"id": "TX-LDT"}, "") == "TX-LDT"
    assert code_of({"code": "W-CHEST"}, "X") == "W-CHEST"
    assert code_of({"id": "syndrome"}, "TX-LDT") == "TX-LDT"
    assert code_of({}, "TX-LDT") == "TX-LDT"


def test_sentences_are_found_wherever_they_stand():
    content = {
        "entries": [
            {"id": "A-1", "name": "First", "text": "One.", "source": "INT", "when": "sex = male"},
            {"topic": "Second", "deep": {"text": "Two.", "source": "BS"}},
            "not a sentence",
        ]
    }
    first, second = said_in(content, EDITION)

    assert (first.code, first.name, first.text, str(first.words)) == (
        "A-1", "First", "One.", "Sex: male",
    )  # fmt: skip
    assert (second.code, second.name, second.words) == ("", "Second", None)


def test_a_topic_without_computation_explains_nothing():
    assert list(explained("performance", EDITION)) == []
