"""The same question for zen-engine: ratings and substitutions of an edition as a JDM graph.

A switch leads by scenario to a decision table of its studies, with hit policy collect: one row in
which a study is feasible, and one row for each rule that removes it. The graph is kept in the
engine's static loader, which compiles it once: the fastest of the ways that were tried.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import zen

from guidance.engine.draft.reach import leaves
from guidance.engine.edition import Edition
from guidance.engine.logic import LEAF
from guidance.engine.ratings import CONTRAST_ANATOMICAL, Rating

KEY = "studies"
TRUTHS = {"T": "true", "F": "false"}
OUTPUTS = ("procedure", "rating", "removed_by")


def engine(edition: Edition) -> Any:
    """Return zen-engine with the studies of the fully specified scenarios under `KEY`."""
    return zen.ZenEngine({"loader": {"type": "static", "content": {KEY: graph(edition)}}})


def graph(edition: Edition) -> dict[str, Any]:
    """Return the JDM graph: input, switch, a table for each scenario, output."""
    scenarios = edition.ratings.by_scenario
    ways = [{"id": name, "condition": f"scenario == {quoted(name)}"} for name in scenarios]
    nodes = [
        {"id": "input", "type": "inputNode", "name": "facts"},
        {
            "id": "switch",
            "type": "switchNode",
            "name": "scenario",
            "content": {"hitPolicy": "first", "statements": ways},
        },
        *(
            {
                "id": f"table-{name}",
                "type": "decisionTableNode",
                "name": name,
                "content": table(ratings),
            }
            for name, ratings in scenarios.items()
        ),
        {"id": "output", "type": "outputNode", "name": "ranking"},
    ]
    edges: list[dict[str, Any]] = [{"sourceId": "input", "targetId": "switch"}]
    for name in scenarios:
        edges += [
            {"sourceId": "switch", "targetId": f"table-{name}", "sourceHandle": name},
            {"sourceId": f"table-{name}", "targetId": "output"},
        ]
    return {
        "nodes": [{**node, "position": {"x": 0, "y": 0}} for node in nodes],
        "edges": [{**edge, "id": str(number), "type": "edge"} for number, edge in enumerate(edges)],
    }


def table(ratings: Sequence[Rating]) -> dict[str, Any]:
    """Return the decision table; a study is feasible unless a rule is known to remove it."""
    rows = [
        {"when": condition, **dict(zip(OUTPUTS, map(quoted, told), strict=True))}
        for condition, told in rows_of(ratings)
    ]
    return {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "When"}],
        "outputs": [{"id": name, "name": name, "field": name} for name in OUTPUTS],
        "rules": [{"_id": str(number), **row} for number, row in enumerate(rows)],
    }


def rows_of(ratings: Sequence[Rating]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield condition and outcome of each row of one scenario, in rank order."""
    ranked = [rating for rating in ratings if rating.is_ranked]
    lost = [removal(each) for each in ranked if CONTRAST_ANATOMICAL in each.procedure.traits]
    for rating in ratings:
        if rating.role == "fallback":
            yield every([*lost, negated(removal(rating))]), outcome(rating)
    for rating in ranked:
        earlier: list[str] = []
        for rule in rating.substitutions:
            found = expression(rule.condition.raw)
            yield every([*map(negated, earlier), found]), outcome(rating, rule.id)
            earlier.append(found)
        yield negated(removal(rating)), outcome(rating)


def outcome(rating: Rating, removed_by: str = "") -> tuple[str, str, str]:
    """Return procedure, rating and the rule that removes it, in the order of the outputs."""
    return rating.procedure.code, rating.code, removed_by


def removal(rating: Rating) -> str:
    """Return when any rule removes a study."""
    return some(expression(rule.condition.raw) for rule in rating.substitutions)


def expression(raw: Any) -> str:
    """Return a condition of the content in zen's language; unknown is null there."""
    if isinstance(raw, Mapping):
        ((word, parts),) = raw.items()
        return {"any": some, "all": every}[word](map(expression, parts))
    found = LEAF.match(raw)
    assert found is not None
    name, operator, value = found.groups()
    assert operator == "="
    return f"{name} == {TRUTHS[value]}"


def some(parts: Iterable[str]) -> str:
    """Return the disjunction of expressions; nothing is never true."""
    return " or ".join(f"({part})" for part in parts) or "false"


def every(parts: Iterable[str]) -> str:
    """Return the conjunction of expressions."""
    return " and ".join(f"({part})" for part in parts) or "true"


def negated(part: str) -> str:
    """Return the negation of an expression."""
    return f"not ({part})"


def quoted(text: str) -> str:
    """Return a text as zen's language writes one."""
    return json.dumps(text)


def facts_read(edition: Edition) -> tuple[str, ...]:
    """Return the facts that the tables read."""
    comparisons = [
        LEAF.match(leaf)
        for ratings in edition.ratings.by_scenario.values()
        for rating in ratings
        for rule in rating.substitutions
        for _, leaf in leaves(rule.condition.raw)
    ]
    return tuple(dict.fromkeys(found[1] for found in comparisons if found))


def answer(result: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return what the tables say in the words of the contract, to hold it against an answer."""
    feasible = [row for row in result if not row["removed_by"]]
    return {
        "top": feasible[0]["procedure"] if feasible else None,
        "alternatives": [[row["procedure"], row["rating"]] for row in feasible[1:]],
        "removed": [[row["procedure"], row["removed_by"]] for row in result if row["removed_by"]],
    }
