"""Why an assessment says what it says, with where each fact came from and what would change it.

Computed from the stored facts and the edition that answered them; nothing of it is stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.origins import Origin, Origins
from cases.selectors.words import fact_words
from guidance.editions import shelf
from guidance.engine.counterfactuals import changes
from guidance.engine.facts import parse_facts
from guidance.engine.why import lines_of, tell


class NoLine(LookupError):
    """The assessment has no line of that name."""


@dataclass(frozen=True)
class UsedFact:
    """A fact that a line rests on, as a reader sees it."""

    name: str
    label: str
    value: str
    is_unknown: bool
    origin: Origin


@dataclass(frozen=True)
class ExplainedLine:
    """One line as `guidance.engine.why` tells it, with its facts and what would change.

    `changes` are those of its unknown facts that would change something; `still_open` names the
    ones that change nothing alone.
    """

    told: Mapping[str, Any]
    facts: tuple[UsedFact, ...]
    changes: tuple[Mapping[str, Any], ...]
    still_open: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Its name on the page."""
        return str(self.told["anchor"])


@dataclass(frozen=True)
class Explanation:
    """All lines, or the one that was asked for.

    `is_reproduced` says whether the software gives the stored answer again: where it does not,
    the reasons are those of the answer that it gives now. `left_out` names facts whose answers
    were not tried, because there are too many.
    """

    lines: tuple[ExplainedLine, ...]
    is_reproduced: bool
    left_out: tuple[str, ...]


def explanation_of(assessment: Assessment, *, anchor: str = "") -> Explanation:
    """The explanation of a stored assessment.

    Args:
        anchor: the one line to explain; all where not given.

    Raises:
        NoLine: the assessment has no such line.
    """
    edition = shelf.edition(assessment.edition_version)
    dictionary = edition.dictionary
    facts = parse_facts(assessment.facts, dictionary)
    told = tell(facts, edition)
    lines = [line for line in lines_of(told) if anchor in ("", line["anchor"])]
    if not lines:
        raise NoLine(anchor)
    asked = [*told.answer["missing"], *told.answer["confirm_before_order"]]
    opened = dict.fromkeys(name for line in lines for name in line["open"])
    tried = changes(facts, edition, [*(n for n in asked if n in opened), *opened])
    by_fact = {found["fact"]: found for found in tried["facts"]}
    origins = Origins(assessment, dictionary)

    def used(names: Iterable[str]) -> tuple[UsedFact, ...]:
        return tuple(
            UsedFact(
                name=name,
                label=dictionary[name].label,
                value=fact_words(dictionary[name], assessment.facts),
                is_unknown=assessment.facts.get(name, UNKNOWN) == UNKNOWN,
                origin=origins.of(name),
            )
            for name in names
        )

    return Explanation(
        lines=tuple(
            ExplainedLine(
                told=line,
                facts=used(line["facts"]),
                changes=tuple(by_fact[name] for name in line["open"] if name in by_fact),
                still_open=tuple(
                    dictionary[name].label
                    for name in line["open"]
                    if name not in by_fact and name not in tried["left_out"]
                ),
            )
            for line in lines
        ),
        is_reproduced=told.answer == assessment.answer,
        left_out=tuple(dictionary[name].label for name in tried["left_out"]),
    )
