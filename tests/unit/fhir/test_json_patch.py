"""JSON Patch: the examples of RFC 6902, appendix A, and what is none."""

from decimal import Decimal

import pytest

from cases.fhir.json_patch import LARGEST, MOST, DoesNotFit, Malformed, patched


@pytest.mark.parametrize(
    ("document", "patch", "after"),
    [
        # A.1 to A.5, A.6 and A.7: add, remove, replace, move
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": 1}], {"foo": "bar", "baz": 1}),
        ({"foo": [1, 3]}, [{"op": "add", "path": "/foo/1", "value": 2}], {"foo": [1, 2, 3]}),
        ({"baz": 1, "foo": 2}, [{"op": "remove", "path": "/baz"}], {"foo": 2}),
        ({"foo": [1, 2, 3]}, [{"op": "remove", "path": "/foo/1"}], {"foo": [1, 3]}),
        ({"baz": 1}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        (
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
        ),
        (
            {"foo": ["all", "grass", "cows", "eat"]},
            [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
            {"foo": ["all", "cows", "eat", "grass"]},
        ),
        # A.8: tests that hold; A.10: a member with a member; A.11: more members than known
        (
            {"baz": "qux", "foo": ["a", 2, "c"]},
            [
                {"op": "test", "path": "/baz", "value": "qux"},
                {"op": "test", "path": "/foo/1", "value": 2, "more": True},
            ],
            {"baz": "qux", "foo": ["a", 2, "c"]},
        ),
        ({"foo": 1}, [{"op": "add", "path": "/c", "value": {"g": {}}}], {"foo": 1, "c": {"g": {}}}),
        # A.14: escapes; A.16: a list behind the end
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"/": 9}, [{"op": "remove", "path": "/~1"}], {}),
        ({"foo": [1]}, [{"op": "add", "path": "/foo/-", "value": [2]}], {"foo": [1, [2]]}),
        ({"a": 1}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": 1, "b": 1}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": [1]}], [1]),
        ({"a": 1}, [{"op": "add", "path": "", "value": {}}], {}),
        ({"a": Decimal("1.50")}, [{"op": "test", "path": "/a", "value": Decimal("1.5")}], None),
        ({"a": [{"b": 1}]}, [{"op": "test", "path": "/a", "value": [{"b": 1}]}], None),
    ],
)
def test_operations_are_done_in_their_order(document, patch, after):
    before = repr(document)
    assert patched(document, patch) == (document if after is None else after)
    assert repr(document) == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a", "value": "10"},
        {"op": "test", "path": "/a", "value": True},
        {"op": "test", "path": "/list", "value": [1, 2]},
        {"op": "test", "path": "/object", "value": {"c": 1}},
        {"op": "remove", "path": "/b"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/a/c", "value": 1},
        {"op": "add", "path": "/list/3", "value": 1},
        {"op": "add", "path": "/list/01", "value": 1},
        {"op": "remove", "path": "/list/-"},
        {"op": "remove", "path": "/list/x"},
        {"op": "copy", "from": "/b", "path": "/c"},
        {"op": "move", "from": "/b", "path": "/b"},
    ],
)
def test_what_does_not_fit_says_which_operation(operation):
    fine = {"op": "add", "path": "/new", "value": 1}
    with pytest.raises(DoesNotFit) as refused:
        patched({"a": 1, "list": [1], "object": {"b": 1}}, [fine, operation])
    assert refused.value.place == "[1]"


@pytest.mark.parametrize(
    "patch",
    [
        {},
        [],
        None,
        [1],
        [{"op": "melt", "path": "/a"}],
        [{"op": ["add"], "path": "/a", "value": 1}],
        [{"path": "/a"}],
        [{"op": "add", "path": "/a"}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "path": 1, "value": 1}],
        [{"op": "add", "path": "/a~2", "value": 1}],
        [{"op": "copy", "path": "/a", "from": "/b~"}],
        [{"op": "remove"}],
        [{"op": "copy", "path": "/a"}],
        [{"op": "move", "path": "/a/b", "from": "/a"}],
        [{"op": "move", "path": "/a", "from": "b"}],
        [{"op": "remove", "path": "/a"}] * (MOST + 1),
    ],
)
def test_what_is_no_patch_is_told_so(patch):
    with pytest.raises(Malformed):
        patched({"a": {"b": 1}}, patch)


def test_nobody_makes_a_document_grow_without_end():
    double = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 40
    with pytest.raises(DoesNotFit):
        patched({"a": [1] * (LARGEST // 4)}, double)


def test_many_copies_of_much_are_too_much_though_none_of_them_stays():
    there_and_back = [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "remove", "path": "/b"}]
    document = {"a": [1] * (LARGEST // 10)}
    assert patched(document, there_and_back * 9) == document
    with pytest.raises(DoesNotFit) as caught:
        patched(document, there_and_back * 10)
    assert caught.value.place == "[18]"
