"""What differs between two contents, value by value and without words.

Items of a list are matched by what names them (an id, a code, a fact); where nothing does, by
their place among the items that stayed the same. A condition is one value, and so is a list of
codes. Where the hashes of two contents differ there is at least one change.
"""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: Keys whose value is a condition; `unless` of an action is one as well.
CONDITIONS = frozenset({"when", "unless", "done_when"})
#: What names an item of a list, the first of these that tells all items of both lists apart.
NAMES: tuple[tuple[str, ...], ...] = (
    ("id",),
    ("code",),
    ("name",),
    ("tag",),
    ("key",),
    ("number",),
    ("procedure",),
    ("scenario",),
    ("scenario", "procedure"),
    ("id", "trait"),
)
#: Named, but not alone: the further ones of a name are counted.
COUNTED = ("id", "code", "name")


class Kind(StrEnum):
    """What happened to a value."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    #: The items of a list stand in another order; the values are their names.
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs.

    `path` leads to it from the file: keys of mappings, and names of list items, each of which
    `items` has the item beside it where there is one, the newer one if both have it.
    """

    kind: Kind
    path: tuple[str, ...]
    items: tuple[Mapping[str, Any] | None, ...]
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """The key of the value in its mapping; empty for an item of a list."""
        return self.path[-1] if self.items[-1] is None else ""


@dataclass(frozen=True, slots=True)
class _Place:
    path: tuple[str, ...] = ()
    items: tuple[Mapping[str, Any] | None, ...] = ()

    def at(self, part: str, item: Any = None) -> "_Place":
        found = item if isinstance(item, Mapping) else None
        return _Place((*self.path, part), (*self.items, found))

    def change(self, kind: Kind, before: Any, after: Any) -> Change:
        return Change(kind, self.path, self.items, before, after)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return everything that differs between two contents by file name."""
    return list(_mappings(before, after, _Place()))


def is_same(before: Any, after: Any) -> bool:
    """Return whether two values are one to the hash of an edition: 1, 1.0 and true are three."""
    return _canonical(before) == _canonical(after)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _values(before: Any, after: Any, place: _Place, key: str = "") -> Iterator[Change]:
    if is_same(before, after):
        return
    both = (before, after)
    if key not in CONDITIONS and all(isinstance(value, Mapping) for value in both):
        yield from _mappings(before, after, place)
    elif key not in CONDITIONS and _are_lists_of_items(both):
        yield from _lists(before, after, place)
    else:
        yield place.change(Kind.CHANGED, before, after)


def _are_lists_of_items(both: tuple[Any, Any]) -> bool:
    """Whether both are lists of mappings; a list of codes or numbers is one value."""
    if not all(isinstance(value, list) for value in both):
        return False
    return all(isinstance(item, Mapping) for value in both for item in value)


def _mappings(
    before: Mapping[str, Any], after: Mapping[str, Any], place: _Place
) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        inner = place.at(key)
        if key in before and key in after:
            yield from _values(before[key], after[key], inner, key)
        elif key in before:
            yield from _one_side(before[key], inner, key, Kind.REMOVED)
        else:
            yield from _one_side(after[key], inner, key, Kind.ADDED)


def _one_side(value: Any, place: _Place, key: str, kind: Kind) -> Iterator[Change]:
    """Of what is new or gone, every item and every inner value by itself."""
    is_gone = kind is Kind.REMOVED
    if value and key not in CONDITIONS and isinstance(value, Mapping):
        yield from _mappings(value if is_gone else {}, {} if is_gone else value, place)
    elif value and _are_lists_of_items((value, [])):
        yield from _lists(value if is_gone else [], [] if is_gone else value, place)
    else:
        yield place.change(kind, value if is_gone else None, None if is_gone else value)


def _lists(before: Sequence[Any], after: Sequence[Any], place: _Place) -> Iterator[Change]:
    named = _named(before, after)
    if named is None:
        yield from _by_place(before, after, place)
        return
    old, new = named
    for name, item in old.items():
        if name not in new:
            yield place.at(name, item).change(Kind.REMOVED, item, None)
        else:
            yield from _values(item, new[name], place.at(name, new[name]))
    for name, item in new.items():
        if name not in old:
            yield place.at(name, item).change(Kind.ADDED, None, item)
    stayed = [[n for n in names if n in old and n in new] for names in (old, new)]
    if stayed[0] != stayed[1]:
        yield place.change(Kind.REORDERED, list(old), list(new))


def _named(
    before: Sequence[Any], after: Sequence[Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the items of both lists by their names, None where nothing names them."""
    items = [*before, *after]
    for keys in NAMES:
        if all(key in item for item in items for key in keys):
            old, new = ({_name(item, keys): item for item in each} for each in (before, after))
            if len(old) == len(before) and len(new) == len(after):
                return old, new
    for key in COUNTED:
        if all(key in item for item in items):
            return _counted(before, key), _counted(after, key)
    return None


def _name(item: Mapping[str, Any], keys: Sequence[str]) -> str:
    return " ".join(str(item[key]) for key in keys)


def _counted(items: Sequence[Mapping[str, Any]], key: str) -> dict[str, Any]:
    """Return items whose names repeat by name, the second and further ones with a number."""
    found: dict[str, Any] = {}
    for item in items:
        name = str(item[key])
        times = sum(1 for other in found.values() if str(other[key]) == name)
        found[f"{name} ({times + 1})" if times else name] = item
    return found


def _by_place(before: Sequence[Any], after: Sequence[Any], place: _Place) -> Iterator[Change]:
    """Match what stayed the same, and pair what stands between by its place there."""
    old_keys, new_keys = ([_canonical(item) for item in items] for items in (before, after))
    matcher = difflib.SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        old, new = list(before[start:end]), list(after[new_start:new_end])
        for offset in range(max(len(old), len(new))):
            number = str((new_start if offset < len(new) else start) + offset + 1)
            if offset >= len(new):
                gone = old[offset]
                yield place.at(number, gone).change(Kind.REMOVED, gone, None)
            elif offset >= len(old):
                added = new[offset]
                yield place.at(number, added).change(Kind.ADDED, None, added)
            else:
                yield from _values(old[offset], new[offset], place.at(number, new[offset]))
