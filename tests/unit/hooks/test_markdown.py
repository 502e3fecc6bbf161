"""Words of the guidance on cards."""

from cases.hooks.markdown import listed, plain, sourced, summary


def test_markdown_and_html_stay_as_they_are_written():
    assert plain("a*b <i> [x](y) `c`") == r"a\*b \<i\> \[x\](y) \`c\`"


def test_a_statement_has_its_source():
    assert sourced("First.", "001 L5") == "First. (001 L5)"
    assert sourced("First.", None) == "First."


def test_a_summary_is_short():
    assert summary("a" * 139) == "a" * 139
    assert summary("a" * 140, "b") == "b"
    cut = summary("word " * 40)
    assert len(cut) < 140
    assert cut.endswith("word…")


def test_an_empty_list_has_no_title():
    assert listed("Checks", []) == []
    assert listed("Checks", ["a"]) == ["**Checks**\n\n- a"]
