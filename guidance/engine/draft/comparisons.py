"""The comparisons that conditions are made of: whether each can be made."""

import re
from collections.abc import Iterator, Mapping

from guidance.engine.draft.reach import leaves, members
from guidance.engine.draft.vocabulary import CODE, CODES, NUMBER, RECORDS, TRUTH, Term
from guidance.engine.logic import LEAF, UNKNOWN
from guidance.engine.logic import NUMBER as NUMERAL
from guidance.engine.places import Document
from guidance.engine.problems import ContentProblem
from guidance.engine.schema import Named

OPERATORS: Mapping[str, tuple[str, ...]] = {
    TRUTH: ("=", "!="),
    CODE: ("=", "!=", "in"),
    CODES: ("has",),
    NUMBER: ("=", "!=", "<", "<=", ">", ">="),
}


def find_bad_comparisons(
    document: Document, named: Named, terms: Mapping[str, Term]
) -> Iterator[ContentProblem]:
    """Yield the comparisons of a condition whose name, operator or value there is not."""
    for path, leaf in leaves(named.value):
        found = LEAF.match(leaf)
        text = _wrong_comparison(found, terms) if found else None
        if text:
            yield document.problem((*named.path, *path), f"{leaf}: {text}")


def _wrong_comparison(found: re.Match[str], terms: Mapping[str, Term]) -> str | None:
    name, operator, text = found.groups()
    term = terms.get(name)
    if term is None:
        kind = "nothing that the engine finds" if name.startswith("@") else "no fact of facts.yaml"
        return f"{name} is {kind}"
    if text == UNKNOWN:
        return None if operator in ("=", "!=") else f"only = and != ask for {UNKNOWN}"
    if term.kind in (CODES, RECORDS) and text == "[]":
        return None if operator in ("=", "!=") else "only = and != ask for an empty list"
    if operator not in OPERATORS.get(term.kind, ()):
        return f"{operator} does not compare {name}"
    wrong = [value for value in members(operator, text) if not _fits(value, term)]
    return f"{name} is never {' or '.join(wrong)}" if wrong else None


def _fits(value: str, term: Term) -> bool:
    if term.kind == TRUTH:
        return value in ("T", "F")
    if term.kind != NUMBER:
        return not term.values or value in term.values
    if NUMERAL.match(value) is None:
        return False
    number = float(value)
    return (term.low is None or number >= term.low) and (term.high is None or number <= term.high)
