"""One line of an assessment with what decided it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guidance.calculators.grade import Grading
from guidance.engine.edition import Edition
from guidance.engine.facts import UNKNOWN, as_json
from guidance.engine.logic import Condition
from guidance.engine.marks import marks_of
from guidance.engine.routing import Route
from guidance.engine.trees import facts_of, open_facts, tree_of

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A case as an edition answered it: its reading with all findings, and the answer."""

    reading: Mapping[str, Any]
    grading: Grading
    route: Route
    answer: Mapping[str, Any]
    edition: Edition


@dataclass(frozen=True, slots=True)
class Ground:
    """A condition that a line rests on, under a heading of its own."""

    title: str
    condition: Condition
    source: str = ""


def line_of(
    told: Told,
    anchor: str,
    *,
    kind: str,
    title: str,
    statement: str,
    state: str = "",
    grounds: Sequence[Ground] = (),
    facts: Iterable[str] = (),
    source: str = "",
    **further: Any,
) -> Line:
    """Return one line as JSON-able mappings.

    Args:
        anchor: its name on a page, unique in an explanation.
        kind: what it is a line of: scenario, study, check and so on.
        title: what it is called; `statement`: what it says; `state`: how it stands.
        grounds: the conditions that decided it, which become its `trees`.
        facts: facts that decided it without a condition; those of the grounds are added.
        source: where the statement comes from; its markers are told in words.
        further: what only lines of this kind have.

    Returns:
        Beside what was given: `trees`, `facts` by name with their values ("unknown" where so),
        `open`, the unknown facts that could change the grounds, and `marks`.
    """
    conditions = [ground.condition for ground in grounds]
    names = dict.fromkeys([*facts, *facts_of(conditions)])
    given = told.reading
    opened = [name for each in conditions for name in open_facts(each, given)]
    opened += [name for name in facts if given.get(name) is None]
    known = told.edition.dictionary
    sources = "; ".join(part for part in (source, *(g.source for g in grounds)) if part)
    return {
        "anchor": anchor,
        "kind": kind,
        "title": title,
        "statement": statement,
        "state": state,
        "trees": [
            {
                "title": ground.title,
                "tree": tree_of(ground.condition, given, told.edition),
                "source": ground.source,
            }
            for ground in grounds
        ],
        "facts": {
            name: UNKNOWN if (value := given.get(name)) is None else as_json(value)
            for name in names
            if name in known
        },
        "open": [name for name in dict.fromkeys(opened) if name in known],
        "source": source,
        "marks": marks_of(sources, told.edition),
        **further,
    }
