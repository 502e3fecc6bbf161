"""Whether a condition can hold at all, so that nothing in the content waits in vain."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import Any

from guidance.engine.draft.vocabulary import (
    CODE,
    CODES,
    NUMBER,
    OTHER,
    RECORDS,
    TRUTH,
    Term,
)
from guidance.engine.logic import LEAF, ConditionError, parse_condition
from guidance.engine.logic import NUMBER as NUMERAL
from guidance.engine.places import Path

#: Beyond so many cases a condition is taken to hold in one of them.
MOST_CASES = 20_000
MOST_MEMBERS = 12
#: A member of a list that no condition names.
ANOTHER = "another"


class TooManyCases(ValueError):
    """More cases than are gone through."""


def leaves(raw: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every comparison of a condition with its path within the condition."""
    if isinstance(raw, str):
        yield path, raw
    elif isinstance(raw, dict):
        for key, part in raw.items():
            yield from leaves(part, (*path, key))
    elif isinstance(raw, list):
        for number, part in enumerate(raw):
            yield from leaves(part, (*path, number))


def members(operator: str, text: str) -> tuple[str, ...]:
    """Return the values that a comparison names: one, or those in braces."""
    if operator == "in":
        return tuple(part.strip() for part in text.strip("{}").split(","))
    return (text,)


def can_hold(
    hold: Sequence[object],
    terms: Mapping[str, Term],
    *,
    while_not: Sequence[object] = (),
    given: Mapping[str, Sequence[str]] | None = None,
) -> bool:
    """Return whether there is a case in which all of `hold` are true and none of `while_not` is.

    `given` are the only values that some names can have. Names are taken as independent of
    each other: an answer of False is certain, an answer of True is not. Conditions that cannot
    be read, or compare what cannot be compared, are taken to hold.
    """
    try:
        cases = _cases([*hold, *while_not], terms, given or {})
        wanted = [parse_condition(raw).test for raw in hold]
        unwanted = [parse_condition(raw).test for raw in while_not]
        return any(
            all(test(values) is True for test in wanted)
            and not any(test(values) is True for test in unwanted)
            for values in (
                dict(zip(cases, chosen, strict=True)) for chosen in product(*cases.values())
            )
        )
    except (ConditionError, TypeError, TooManyCases):
        return True


def _cases(
    raws: Sequence[object], terms: Mapping[str, Term], given: Mapping[str, Sequence[str]]
) -> dict[str, list[Any]]:
    """Return for every name the values that the conditions can tell apart."""
    texts: dict[str, list[str]] = {}
    for _, leaf in chain.from_iterable(map(leaves, raws)):
        found = LEAF.match(leaf)
        if found:
            name, operator, text = found.groups()
            texts.setdefault(name, []).extend(members(operator, text))
    cases = {
        name: _given(found, given[name])
        if name in given
        else [*_known(terms.get(name, Term(OTHER)), found), None]
        for name, found in texts.items()
    }
    if prod(map(len, cases.values())) > MOST_CASES:
        raise TooManyCases
    return cases


def _given(texts: Sequence[str], values: Sequence[str]) -> list[Any]:
    told_apart = [value for value in values if value in texts]
    others = [value for value in values if value not in texts]
    return told_apart + others[:1]


def _known(term: Term, texts: Sequence[str]) -> list[Any]:
    if term.kind == TRUTH:
        return [True, False]
    if term.kind == CODE:
        return _given(texts, term.values or texts)
    if term.kind == CODES:
        named = [text for text in dict.fromkeys(texts) if text in (term.values or texts)]
        if len(named) > MOST_MEMBERS:
            raise TooManyCases
        sizes = range(len(named), -1, -1)
        subsets = [chosen for size in sizes for chosen in combinations(named, size)]
        return [*subsets, (ANOTHER,)]
    if term.kind == RECORDS:
        return [(), (ANOTHER,)]
    if term.kind == NUMBER:
        return _numbers(term, sorted({float(text) for text in texts if NUMERAL.match(text)}))
    return [*texts, ANOTHER]


def _numbers(term: Term, limits: Sequence[float]) -> list[Any]:
    """Return the limits, numbers between them and beyond, as far as the fact's range goes."""
    ends = [end for end in (term.low, term.high) if end is not None]
    limits = limits or ends or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return [
        number
        for number in (*limits, *between, limits[0] - 1, limits[-1] + 1, *ends)
        if (term.low is None or number >= term.low) and (term.high is None or number <= term.high)
    ]
