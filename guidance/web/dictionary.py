"""The data dictionary: every fact, what it may hold, what it settles, what unknown does."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import Edition
from guidance.engine.logic import LEAF
from guidance.web.pages import library_view, page
from guidance.web.sentences import code_of
from guidance.web.statements import by_code

#: What the engine does while a fact is unknown (specification section 13).
UNKNOWN_WORDS = {
    "U-GATE": "No scenario until it is known: the candidates are named and nothing is recommended.",
    "U-PROV": "The answer stands, marked provisional.",
    "U-CONF": "The study stays, to be confirmed before it is ordered; never taken as safe.",
    "U-ASK": "Its rules are not applied, and it is asked for where they matter.",
    "U-SKIP": "Its rules are not applied; nothing is said to be absent.",
    "U-WARN": "Not knowing it is itself a warning.",
    "NEVER": "Set by the institution or by the product; what needs it is not computed without it.",
}
KIND_WORDS = {
    "bool3": "Yes or no",
    "enum": "One of",
    "list": "Any of, or none",
    "integer": "Whole number",
    "decimal": "Number",
    "date": "Date",
    "string": "Text",
    "records": "Records of",
    "map": "Recorded by the product",
}


@library_view
def facts(request: HttpRequest, edition: Edition) -> HttpResponse:
    """All facts by group, each with the rules that read it."""
    readers = _readers(edition)
    grouped = itertools.groupby(edition.dictionary.values(), key=lambda fact: fact.group_label)
    context = {
        "groups": [
            {
                "label": label,
                "id": f"group-{label.split()[0].lower()}",
                "facts": [_shown(fact, readers) for fact in members],
            }
            for label, members in grouped
        ]
    }
    return page(request, edition, "facts", context)


def _shown(fact: FactDefinition, readers: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    return {
        "fact": fact,
        "kind": KIND_WORDS[fact.kind],
        "values": [] if fact.kind == "bool3" else fact.value_labels.items(),
        "range": _range(fact),
        "unknown": UNKNOWN_WORDS[fact.unknown],
        "readers": readers.get(fact.name, []),
    }


def _range(fact: FactDefinition) -> str:
    unit = f" {fact.unit}" if fact.unit else ""
    if fact.low is None:
        return fact.unit
    low = f"above {fact.low:g}" if fact.low_exclusive else f"{fact.low:g}"
    return f"{low} to {fact.high:g}{unit}" if fact.high is not None else f"from {low}{unit}"


def _readers(edition: Edition) -> dict[str, list[dict[str, str]]]:
    """The rules whose conditions read each fact: code and place."""
    known = by_code(edition)
    found: dict[str, dict[str, None]] = {}
    for code, name in _reads(edition.content, ""):
        found.setdefault(name, {})[code] = None
    return {
        name: [{"code": code, "place": known[code].place} for code in codes if code in known]
        for name, codes in found.items()
    }


def _reads(value: Any, code: str) -> Iterator[tuple[str, str]]:
    """Yield the code of each rule with each fact that a condition of it compares."""
    if isinstance(value, str):
        match = LEAF.match(value)
        if match and code and not match[1].startswith("@"):
            yield code, match[1]
    elif isinstance(value, Mapping):
        own = code_of(value, code)
        for part in value.values():
            yield from _reads(part, own)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _reads(part, code)
