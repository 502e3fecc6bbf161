"""Where in a YAML file a value stands.

Content is read node by node instead of by a YAML loader: only what JSON can hold is content,
and whatever is not is told with its place. An alias stands where its value is written.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from guidance.engine.problems import ContentError, ContentProblem

Path = tuple[str | int, ...]

TEXT = "tag:yaml.org,2002:str"
MERGE = "tag:yaml.org,2002:merge"
#: How a scalar is read; every other tag (a date, binary data) is not content.
SCALARS: Mapping[str, Callable[..., Any]] = {
    "tag:yaml.org,2002:int": yaml.constructor.SafeConstructor.construct_yaml_int,
    "tag:yaml.org,2002:float": yaml.constructor.SafeConstructor.construct_yaml_float,
    "tag:yaml.org,2002:bool": yaml.constructor.SafeConstructor.construct_yaml_bool,
    "tag:yaml.org,2002:null": yaml.constructor.SafeConstructor.construct_yaml_null,
}
#: Aliases of aliases can make a short file stand for more values than memory holds.
MOST_VALUES = 1_000_000
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
#: A number of more letters than this, or of more bits, is none that means anything; to read one
#: of a million digits would take minutes.
MOST_LETTERS = 400
MOST_BITS = 300
#: How much of a value a message quotes.
QUOTED = 60
#: Nodes are composed by recursion, in C without a limit of its own.
DEEPEST = 100

#: libyaml where PyYAML was built with it: five times as fast, with the same marks.
Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its value, and the nodes that know where each part of it stands."""

    file: str
    value: Any
    root: yaml.Node

    def problem(self, path: Path, text: str, *, key: bool = False) -> ContentProblem:
        """Return a problem with the value at `path`, or with the last key of `path` itself."""
        return _at(self.file, self._node(path, key=key).start_mark, text)

    def _node(self, path: Path, *, key: bool) -> yaml.Node:
        node = found = self.root
        for part in path:
            if isinstance(node, yaml.SequenceNode):
                found = node = node.value[part]
                continue
            # Merged keys stand before the mapping's own, which win.
            found, node = next(pair for pair in reversed(node.value) if pair[0].value == part)
        return found if key else node

    def without(self, paths: Iterable[Path]) -> "Document":
        """Return the document with nothing (None) where `paths` lead."""
        lost = list(paths)
        if not lost:
            return self
        value = copy.deepcopy(self.value)
        for path in lost:
            parent = value
            for part in path[:-1]:
                parent = parent[part] if parent is not None else None
            if not path:
                value = None
            elif parent is not None:
                parent[path[-1]] = None
        return replace(self, value=value)

    def select(self, pattern: str, within: Path = ()) -> Iterator[tuple[Path, Any]]:
        """Yield path and value of everything that `pattern` describes, such as `facts/*/name`.

        `*` is every item of a list or value of a mapping, `~` every key of a mapping, nothing
        the whole. What the pattern does not fit is left out: content that breaks its schema is
        selected as well. `within` is the path of the part to look in.
        """
        value = self.value
        for part in within:
            value = value[part]
        yield from _select(value, pattern.split("/") if pattern else [], within)


def _select(value: Any, parts: list[str], path: Path) -> Iterator[tuple[Path, Any]]:
    if not parts:
        yield path, value
        return
    part, rest = parts[0], parts[1:]
    if part == "~":
        if isinstance(value, dict):
            yield from (((*path, key), key) for key in value)
    elif isinstance(value, dict):
        for key, child in value.items():
            if part in ("*", key):
                yield from _select(child, rest, (*path, key))
    elif isinstance(value, list) and part == "*":
        for number, child in enumerate(value):
            yield from _select(child, rest, (*path, number))


def read_document(file: str, text: str) -> Document:
    """Return the document of a YAML text; `file` is its name in messages.

    Raises `ContentError` with every place where the text is not YAML or holds what is no content.
    """
    _check_characters(file, text)
    try:
        _check_depth(file, text)
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(_at(file, mark, f"is not YAML: {_words(error)}")) from error
    if root is None:
        raise _refused(ContentProblem(file, 1, 1, "is empty"))
    builder = _Builder(file)
    value = builder.build(root)
    if builder.problems:
        raise _refused(*builder.problems)
    return Document(file, value, root)


def _check_characters(file: str, text: str) -> None:
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found:
        before = text[: found.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problem = f"holds the character {ord(found.group()):#x}, which is no text"
        raise _refused(ContentProblem(file, line, column, problem))


def _check_depth(file: str, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            problem = f"is nested more than {DEEPEST} levels deep"
            raise _refused(_at(file, event.start_mark, problem))


def _at(file: str, mark: Any, text: str) -> ContentProblem:
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return ContentProblem(file, line + 1, column + 1, text)


def _refused(*problems: ContentProblem) -> ContentError:
    return ContentError("The content is not readable.", problems)


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= QUOTED else f"{text[:QUOTED]!r}…"


def _words(error: yaml.MarkedYAMLError) -> str:
    return ", ".join(part for part in (error.context, error.problem) if part)


@dataclass(slots=True)
class _Builder:
    """The values of a tree of nodes; what is not content is noted in `problems`."""

    file: str
    problems: list[ContentProblem] = field(default_factory=list)
    built: dict[yaml.Node, tuple[Any, int]] = field(default_factory=dict)
    within: set[yaml.Node] = field(default_factory=set)
    #: How many keys and values a mapping has together with those that it merges.
    pairs: dict[yaml.Node, float] = field(default_factory=dict)
    merged: float = 0

    def build(self, root: yaml.Node) -> Any:
        value, size = self._build(root)
        if size > MOST_VALUES:
            self._note(root, f"stands for more than {MOST_VALUES:,} values through its aliases")
        return value

    def _note(self, node: yaml.Node, text: str) -> None:
        self.problems.append(_at(self.file, node.start_mark, text))

    def _build(self, node: yaml.Node) -> tuple[Any, int]:
        """Return the value of a node and how many values it stands for."""
        if node in self.built:
            return self.built[node]
        if node in self.within:
            self._note(node, "holds itself")
            return None, 1
        self.within.add(node)
        found: tuple[Any, int]
        if isinstance(node, yaml.MappingNode):
            found = self._mapping(node)
        elif isinstance(node, yaml.SequenceNode):
            parts = [self._build(child) for child in node.value]
            found = [value for value, _ in parts], 1 + sum(size for _, size in parts)
        else:
            found = self._scalar(node), 1
        self.within.remove(node)
        self.built[node] = found
        return found

    def _mapping(self, node: yaml.MappingNode) -> tuple[dict[str, Any], int]:
        self._check_keys(node)
        self._check_merges(node)
        try:
            yaml.constructor.SafeConstructor().flatten_mapping(node)
        except yaml.MarkedYAMLError as error:
            self._note(node, _words(error))
            return {}, 1
        mapping, total = {}, 1
        for key_node, value_node in node.value:
            value, size = self._build(value_node)
            total += size
            if key_node.tag == TEXT:
                mapping[key_node.value] = value
        return mapping, total

    def _check_merges(self, node: yaml.MappingNode) -> None:
        """Refuse the text before more is merged than memory holds, or without an end.

        Mappings that merge one another many times over multiply, and merging copies each pair.
        """
        self._count_pairs(node)
        if self.merged > MOST_VALUES:
            problem = f"merges more than {MOST_VALUES:,} values, or itself"
            raise _refused(*self.problems, _at(self.file, node.start_mark, problem))

    def _count_pairs(self, node: yaml.MappingNode) -> float:
        if node not in self.pairs:
            # What stands here while it is counted is met again by a mapping that merges itself.
            self.pairs[node] = math.inf
            # In floating point: a count that doubles with each line has no last digit to keep.
            merged = sum((self._count_pairs(part) for part in _merged_by(node)), 0.0)
            self.merged += merged
            self.pairs[node] = sum(key.tag != MERGE for key, _ in node.value) + merged
        return self.pairs[node]

    def _check_keys(self, node: yaml.MappingNode) -> None:
        """Note keys that are no text, and keys that stand twice.

        YAML would keep the last value of two in silence: one of two contradictory entries
        would be lost.
        """
        seen = set()
        for key, _ in node.value:
            if key.tag == TEXT:
                if key.value in seen:
                    self._note(key, f"the key {_quoted(key.value)} stands twice")
                seen.add(key.value)
            elif key.tag != MERGE:
                self._note(key, "a key must be text: put it in quotes")

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag == TEXT:
            return node.value
        if node.tag not in SCALARS:
            kind = node.tag.rpartition(":")[2]
            self._note(node, f"{_quoted(node.value)} is read as {kind}: put text in quotes")
            return node.value
        if node.tag in NUMBERS and len(node.value) > MOST_LETTERS:
            return self._no_number(node)
        try:
            value = SCALARS[node.tag](yaml.constructor.SafeConstructor(), node)
        except (ValueError, LookupError):
            self._note(node, f"{_quoted(node.value)} does not fit its tag")
            return None
        except OverflowError:
            return self._no_number(node)
        if isinstance(value, float) and not math.isfinite(value):
            return self._no_number(node)
        if isinstance(value, int) and value.bit_length() > MOST_BITS:
            return self._no_number(node)
        return value

    def _no_number(self, node: yaml.Node) -> None:
        self._note(node, f"{_quoted(node.value)} is no number that content may hold")


def _merged_by(node: yaml.MappingNode) -> Iterator[yaml.MappingNode]:
    """Yield the mappings that a mapping merges, each as often as it does."""
    for key, value in node.value:
        if key.tag == MERGE:
            parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
            yield from (part for part in parts if isinstance(part, yaml.MappingNode))
