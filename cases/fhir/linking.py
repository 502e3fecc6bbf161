"""References in what came in: made ours where they name this server, and looked after."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cases.r4.issue import Code, Issue
from cases.r4.references import LOCAL, condition, target

Json = dict[str, Any]
REFERENCE = "reference"
#: Text that names something by itself and does not lead there.
NAMES = frozenset({"value", "system", "code", "display", "text", "url", "fullUrl", "id"})
UUID = re.compile(r"urn:(uuid|oid):\S+")
NOT_HERE = "This names a resource that is not here. Name another system's by its whole address."
NOT_INSIDE = "This names a contained resource, and there is none of this id."
BY_SEARCH = (
    "A reference by a search is resolved in a transaction alone. Name the resource by its id."
)


def rewritten(resource: Any, change: Callable[[str], str]) -> Any:
    """A resource with every reference as `change` gives it, and addresses equal to one."""
    if isinstance(resource, list):
        return [rewritten(each, change) for each in resource]
    if not isinstance(resource, dict):
        return resource
    return {name: _rewritten(name, value, change) for name, value in resource.items()}


def _rewritten(name: str, value: Any, change: Callable[[str], str]) -> Any:
    if not isinstance(value, str):
        return rewritten(value, change)
    if name == REFERENCE or (name not in NAMES and UUID.fullmatch(value)):
        return change(value)
    return value


def localized(resource: Json, *, base: str) -> Json:
    """A resource whose references to this server have the form Type/id."""
    prefix = f"{base}/"

    def change(said: str) -> str:
        rest = said.removeprefix(prefix)
        return rest if rest != said and LOCAL.fullmatch(rest) else said

    found: Json = rewritten(resource, change)
    return found


def based(resource: Json, *, base: str) -> Json:
    """A resource of another server, whose references of the form Type/id lead there."""

    def change(said: str) -> str:
        return f"{base}/{said}" if LOCAL.fullmatch(said) else said

    found: Json = rewritten(resource, change)
    return found


def replaced(resource: Json, links: Mapping[str, str]) -> Json:
    """A resource with references as `links` has them."""

    def change(said: str) -> str:
        plain, sign, fragment = said.partition("#")
        return f"{links[plain]}{sign}{fragment}" if plain in links else said

    found: Json = rewritten(resource, change)
    return found


def references_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every reference with where it stands."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from references_in(inner, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            where = f"{path}.{name}"
            if name == REFERENCE and isinstance(inner, str):
                yield where, inner
            else:
                yield from references_in(inner, where)


def dangling(
    resource: Json, *, path: str, missing: Callable[[set[tuple[str, str]]], set[tuple[str, str]]]
) -> list[Issue]:
    """Which references lead nowhere: to this server or into the resource, and nothing is there.

    One by a search leads nowhere too: what a transaction resolves is an id by then.

    Args:
        missing: of types and ids, those that the caller knows nothing of.
    """
    named: dict[tuple[str, str], str] = {}
    inside = {"#", *(f"#{each.get('id')}" for each in resource.get("contained", ()))}
    wrong = []
    for where, said in references_in(resource, path):
        if condition(said) is not None:
            wrong.append(Issue(Code.INVALID, BY_SEARCH, (where,)))
        if said.startswith("#") and said not in inside:
            wrong.append(Issue(Code.NOT_FOUND, NOT_INSIDE, (where,)))
        found = target(said)
        if found is not None and not found.base:
            named.setdefault((found.type, found.id), where)
    gone = missing(set(named))
    lost = [
        Issue(Code.NOT_FOUND, NOT_HERE, (where,)) for key, where in named.items() if key in gone
    ]
    return [*wrong, *lost]
