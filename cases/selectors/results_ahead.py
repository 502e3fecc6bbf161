"""What follows each result of a case's scenario, with the one that is in play."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from cases.selectors.guidance_words import Step, steps_of
from guidance.editions import shelf
from guidance.engine.dictionary import FactDefinition
from guidance.engine.facts import parse_facts
from guidance.engine.results_ahead import OUTCOME, list_results, list_results_without_branch

#: How a result is called that no outcome leads to by itself, such as one held for a re-reading.
HELD = "Held back"


@dataclass(frozen=True)
class ResultAhead:
    """What follows one result, or several alike.

    `open` are the texts of the steps that hang on something still unknown. `no_path` says why
    the source goes no further; then there are no steps.
    """

    outcomes: str
    trigger: str
    steps: tuple[Step, ...]
    open: frozenset[str]
    interval: str
    source: str
    is_in_play: bool
    no_path: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The steps in a line each, for paper and for a dense screen."""
        return tuple(self._line(step) for step in self.steps)

    def _line(self, step: Step) -> str:
        texts = [f"{text} (if it applies)" if text in self.open else text for text in step.names]
        joined = " / ".join(texts)
        return f"{step.lead}: {joined}" if step.lead else joined


def results_ahead(assessment: Assessment) -> tuple[ResultAhead, ...]:
    """Every result of the scenario, the one in play first, then in the order of the edition.

    No query. The one in play is as the stored answer has it. Nothing where the edition gives no
    branches.
    """
    edition = shelf.edition(assessment.edition_version)
    scenario, answer = assessment.answer["scenario"], assessment.answer
    facts = parse_facts(assessment.facts, edition.dictionary)
    outcome, in_play = edition.dictionary[OUTCOME], answer["branch_detail"]
    found = [_ahead(entry, in_play, outcome) for entry in list_results(facts, scenario, edition)]
    if in_play and not any(one.is_in_play for one in found):
        found.insert(0, _branch(HELD, in_play, (), is_in_play=True))
    given = answer.get("no_path") and assessment.facts.get(OUTCOME)
    for entry in list_results_without_branch(scenario, edition):
        names = _labels(entry["outcomes"], outcome)
        is_given = given in entry["outcomes"]
        found.append(
            ResultAhead(names, "", (), frozenset(), "", entry["source"], is_given, entry["text"])
        )
    return tuple(sorted(found, key=lambda one: not one.is_in_play))


def _ahead(
    entry: Mapping[str, Any], in_play: Mapping[str, Any] | None, outcome: FactDefinition
) -> ResultAhead:
    names = _labels(entry["outcomes"], outcome)
    if in_play and in_play["id"] == entry["branch"]["id"]:
        return _branch(names, in_play, (), is_in_play=True)
    return _branch(names, entry["branch"], entry["open"], is_in_play=False)


def _branch(
    names: str, branch: Mapping[str, Any], unknown: Iterable[str], *, is_in_play: bool
) -> ResultAhead:
    codes = set(unknown)
    return ResultAhead(
        outcomes=names,
        trigger=branch["trigger"],
        steps=tuple(steps_of(branch["actions"])),
        open=frozenset(a["text"] for a in branch["actions"] if a["code"] in codes),
        interval="; ".join(f"{rule['words']} ({rule['source']})" for rule in branch["interval"]),
        source=branch["source"],
        is_in_play=is_in_play,
    )


def _labels(outcomes: Iterable[str], outcome: FactDefinition) -> str:
    first, *others = (outcome.value_labels[code] for code in outcomes)
    return " or ".join([first, *(label.lower() for label in others)])
