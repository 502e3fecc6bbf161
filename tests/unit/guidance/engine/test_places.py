import pytest
import yaml

from guidance.engine import places
from guidance.engine.places import read_document
from guidance.engine.problems import ContentError
from tests.unit.guidance.drafts import told

TEXT = """\
# A comment moves what follows.
base: &base
  colour: red
  size: 3
list:
- {id: A, items: [one, two]}
- id: B
  items: *base
merged:
  <<: *base
  size: 4
"""


@pytest.fixture(params=[yaml.SafeLoader, yaml.CSafeLoader], ids=["python", "libyaml"])
def either_loader(request, monkeypatch):
    monkeypatch.setattr(places, "Loader", request.param)


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        ((), False, (2, 1)),
        (("list",), True, (5, 1)),
        (("list", 0), False, (6, 3)),
        (("list", 0, "items", 1), False, (6, 24)),
        (("list", 1, "id"), False, (7, 7)),
        (("list", 1, "items"), True, (8, 3)),
        # An alias and a merged key stand where they are written.
        (("list", 1, "items", "colour"), False, (3, 11)),
        (("merged", "colour"), False, (3, 11)),
        (("merged", "size"), False, (11, 9)),
    ],
)
def test_a_value_stands_where_it_is_written(either_loader, path, key, place):
    problem = read_document("a.yaml", TEXT).problem(path, "is wrong", key=key)
    assert (problem.line, problem.column) == place
    assert str(problem) == f"a.yaml:{place[0]}:{place[1]}: is wrong"


def test_a_document_holds_what_yaml_says(either_loader):
    text = f"{TEXT}truth: yes\nnothing: ~\nnumber: 1.5\ntext: '1'\n"
    assert read_document("a.yaml", text).value == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("pattern", "within", "found"),
    [
        ("", (), [()]),
        ("list/*/id", (), [("list", 0, "id"), ("list", 1, "id")]),
        ("base/~", (), [("base", "colour"), ("base", "size")]),
        ("base/*", (), [("base", "colour"), ("base", "size")]),
        ("items/*", ("list", 0), [("list", 0, "items", 0), ("list", 0, "items", 1)]),
        ("list/*/items/*/more", (), []),
        ("list/~", (), []),
        ("missing/*", (), []),
    ],
)
def test_a_pattern_selects_what_it_fits(pattern, within, found):
    document = read_document("a.yaml", TEXT)
    assert [path for path, _ in document.select(pattern, within)] == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: is empty"]),
        ("a: 1\nb: }", ["2:4: is not YAML: while parsing a block node"]),
        ("a: *b", ["1:4: is not YAML: found undefined alias"]),
        ("a: b: c", ["1:5: is not YAML: mapping values are not allowed"]),
        ("a: 1\n---\nb: 2", ["2:1: is not YAML: expected a single document in the stream"]),
        ("a: é\x0b", ["1:5: holds the character 0xb, which is no text"]),
        ("a: 1\nb: 2\na: 3", ["3:1: the key 'a' stands twice"]),
        ("1: a\n[b]: c", ["1:1: a key must be text", "2:1: a key must be text"]),
        ("a: 2026-11-21", ["1:4: '2026-11-21' is read as timestamp: put text in quotes"]),
        ("a: !!int x", ["1:4: 'x' does not fit its tag"]),
        ("a: !!bool maybe", ["1:4: 'maybe' does not fit its tag"]),
        ("a: [.inf, .nan]", ["1:5: '.inf' is no number", "1:11: '.nan' is no number"]),
        ("a: &a [*a]", ["1:4: holds itself"]),
        ("a: &a [1]\nb: {<<: *a}", ["2:4: while constructing a mapping, expected a mapping"]),
        ("[" * 100_000, ["1:101: is nested more than 100 levels deep"]),
        ("- " * 100_000, ["1:201: is nested more than 100 levels deep"]),
    ],
)
def test_what_is_no_content_is_told_with_its_place(either_loader, text, expected):
    with pytest.raises(ContentError) as caught:
        read_document("a.yaml", text)
    problems = told(caught.value.problems)
    assert len(problems) == len(expected)
    for problem, start in zip(problems, expected, strict=True):
        assert problem.startswith(f"a.yaml:{start}")


def test_aliases_cannot_stand_for_more_values_than_memory_holds():
    tens = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 7)]
    with pytest.raises(ContentError, match="stands for more than 1,000,000 values"):
        read_document("a.yaml", "\n".join(["a0: &a0 1", *tens]))


@pytest.mark.parametrize(
    "number",
    [
        "9" * 5000,
        f"0x{'f' * 900_000}",
        f"0b{'1' * 900_000}",
        ":".join(["59"] * 300_000),
        ":".join(["59"] * 300_000) + ".5",
        f"0x{'f' * 76}",
        f"0b{'1' * 301}",
        f"-0b{'1' * 301}",
        f"1{':00' * 55}",
        # Short enough, and 60 to the power of 180 is no floating-point number.
        f"1{':0' * 180}.5",
    ],
    ids=lambda number: number[:5] + str(len(number)),
)
def test_a_number_beyond_all_measure_is_told_in_short(either_loader, number):
    with pytest.raises(ContentError) as caught:
        read_document("a.yaml", f"a: !!{'float' if '.' in number else 'int'} '{number}'")
    (problem,) = told(caught.value.problems)
    assert problem.startswith("a.yaml:1:4: ")
    assert problem.endswith("is no number that content may hold")
    assert number[:40] in problem
    assert len(problem) < 150


def test_large_numbers_are_content():
    text = f"a: 0b{'1' * 300}\nb: 1.5e+300\nc: {'9' * 90}\nd: 1:30\ne: !!null {'x' * 500}"
    value = read_document("a.yaml", text).value
    assert value == {"a": 2**300 - 1, "b": 1.5e300, "c": 10**90 - 1, "d": 90, "e": None}


def test_messages_quote_only_the_beginning(either_loader):
    long = "x" * 1000
    texts = (f"{long}: 1\n{long}: 2", f"a: !!binary {long}", f"a: !!bool {long}")
    for text in texts:
        with pytest.raises(ContentError) as caught:
            read_document("a.yaml", text)
        (problem,) = told(caught.value.problems)
        assert "x" * 60 in problem
        assert "…" in problem
        assert len(problem) < 150


def merging(levels, times):
    """Mappings of which each merges the one before it many times over."""
    aliases = [
        f"- &b{level} {{<<: [{', '.join([f'*b{level - 1}'] * times)}]}}"
        for level in range(1, levels + 1)
    ]
    return "\n".join(["- &b0 {x: 1}", *aliases])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # Refused where the first million is passed, before anything of it is merged.
        (merging(15, 9), 8),
        (merging(2000, 2), 20),
        ("a: &a {x: 1, <<: *a}", 1),
        ("a: &a\n  x: 1\n  <<:\n    y: 2\n    <<: [*a, *a]", 1),
    ],
    ids=["bomb", "long", "itself", "itself-within"],
)
def test_merged_keys_cannot_be_more_than_memory_holds(either_loader, text, line):
    with pytest.raises(ContentError) as caught:
        read_document("a.yaml", text)
    (problem,) = told(caught.value.problems)
    assert problem.startswith(f"a.yaml:{line}:")
    assert problem.endswith("merges more than 1,000,000 values, or itself")


def test_merged_keys_within_the_limit_are_content(either_loader):
    text = f"{merging(5, 9)}\n- <<: [*b1, {{y: 2}}]\n  <<: {{z: 3}}"
    assert read_document("a.yaml", text).value[-1] == {"x": 1, "y": 2, "z": 3}


def test_what_is_of_no_use_is_left_out_and_the_rest_keeps_its_place():
    document = read_document("a.yaml", "a: {b: [1, 2], c: 3}\nd: 4")
    left = document.without([("a", "b", 0), ("d",)])
    assert left.value == {"a": {"b": [None, 2], "c": 3}, "d": None}
    assert str(left.problem(("a", "b", 1), "x")) == "a.yaml:1:12: x"
    assert document.value == {"a": {"b": [1, 2], "c": 3}, "d": 4}
    assert document.without([("a",), ("a", "b", 0)]).value == {"a": None, "d": 4}
    assert document.without([()]).value is None
    assert document.without([]) is document
