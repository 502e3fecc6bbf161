"""Looking into a resource by a path of `definitions`."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

STEP = re.compile(
    r"\A(?P<name>[A-Za-z]+)(?:\[(?P<key>[a-z]+)=(?P<value>[a-z-]+)\]|(?P<any>\[x\]))?\Z"
)


def values_at(resource: Any, paths: Iterable[str]) -> list[Any]:
    """Everything that stands at any of the paths, lists taken apart; at an empty one, the whole."""
    return [
        value
        for path in paths
        for value in (_follow([resource], path.split(".")) if path else [resource])
    ]


def _follow(level: list[Any], steps: list[str]) -> list[Any]:
    for step in steps:
        level = [inner for value in level for inner in _step(value, step)]
    return level


def _step(value: Any, step: str) -> Iterator[Any]:
    found = STEP.match(step)
    if found is None or not isinstance(value, dict):
        return
    name = found["name"]
    names = [name]
    if found["any"]:
        names = [key for key in value if _is_choice(key, name)]
    for key in names:
        inner = value.get(key)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is None:
                continue
            is_other = found["key"] and (
                not isinstance(each, dict) or each.get(found["key"]) != found["value"]
            )
            if not is_other:
                yield each


def _is_choice(key: str, name: str) -> bool:
    """Whether `key` is the element `name[x]` with its type behind: `effectiveDateTime`."""
    return key.startswith(name) and key[len(name) : len(name) + 1].isupper()
