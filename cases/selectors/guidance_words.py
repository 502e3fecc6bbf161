"""What the guidance says of a case, in words for a reader.

The words come from the stored assessment and from the edition that made it, so that a signed
decision quotes what was said when it was taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import Annotations
from cases.selectors.local_words import LocalWord
from guidance.editions import shelf

#: Outcomes of a study that are no result.
NO_OUTCOME = (None, UNKNOWN, "not_available")

#: What stands where an edition gives no guidance, and what to do then.
UNDETERMINED = "Not enough is known to say which guidance applies"
ALONE = "The board decides on this case without guidance from this edition."
CORRECT = "Correct the record. The case is then assessed again."
ASK = "Answer the open questions. The case is then assessed again."


@dataclass(frozen=True)
class RatedStudy:
    """One study as the edition rates it; `rrl` is the relative radiation level in its words.

    `local` is what the institution says of it beside that.
    """

    name: str
    rating: str
    rating_label: str
    rrl: str
    note: str
    source: str
    local: tuple[LocalWord, ...] = ()


@dataclass(frozen=True)
class Sourced:
    """One statement with where it comes from."""

    text: str
    source: str


@dataclass(frozen=True)
class Notice:
    """Why there is no guidance, in words: what is the matter, with sources, and what to do."""

    title: str
    lines: tuple[Sourced, ...]
    next_step: str


@dataclass(frozen=True)
class Step:
    """One step after a result; several actions are alternatives to each other (X-06).

    `is_choice`: the actions are options that the board weighs, not things to do.
    """

    actions: tuple[Mapping[str, Any], ...]
    is_choice: bool

    @property
    def lead(self) -> str:
        """How alternatives are introduced; empty for a single action."""
        if self.is_choice:
            return "Options for the board to weigh" if self.is_several else "Option for the board"
        return "Either" if self.is_several else ""

    @property
    def is_several(self) -> bool:
        """Whether there is something to choose from."""
        return len(self.actions) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """The actions in the words of the edition."""
        return tuple(str(action["text"]) for action in self.actions)

    @property
    def texts(self) -> tuple[str, ...]:
        """The actions in words; every further one of an either/or begins with "or"."""
        texts = list(self.names)
        if self.is_several and not self.is_choice:
            texts[1:] = [f"or: {text}" for text in texts[1:]]
        return tuple(texts)


def steps_of(actions: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Actions as steps in order; those of one group are alternatives to each other (X-06)."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for place, action in enumerate(actions):
        grouped.setdefault(action["group"] or str(place), []).append(action)
    return [
        Step(tuple(found), is_choice=all(action["kind"] == "option" for action in found))
        for found in grouped.values()
    ]


@dataclass(frozen=True)
class Reasons:
    """Criteria that answer one question about the scenario; `heading` says which.

    Each criterion is the stored one; where it speaks against another scenario, its state is
    "excluded" and its text begins with that scenario's name.
    """

    heading: str
    criteria: tuple[Mapping[str, Any], ...]


class Guidance(AnnotatedAnswer):
    """What one assessment says, in words, with what stands beside it."""

    def __init__(self, assessment: Assessment, annotations: Annotations | None = None) -> None:
        super().__init__(assessment.answer, annotations or Annotations())
        self.assessment = assessment

    @property
    def scenario(self) -> str:
        """The situation by its name, or why there is none."""
        return self.notice.title if self.notice else str(self.answer["scenario_name"])

    @property
    def notice(self) -> Notice | None:
        """Why this edition gives no guidance; None where a scenario was found."""
        answer = self.answer
        if answer["not_covered"]:
            return Notice("Not covered by this edition", (_sourced(answer["not_covered"]),), ALONE)
        if answer["contradictions"]:
            found = tuple(_sourced(entry) for entry in answer["contradictions"])
            return Notice("The record contradicts itself", found, CORRECT)
        if answer["scenario_name"] is None:
            found = tuple(
                Sourced(f"It may be {names}.", "") for names in [_one_of(self.candidates)] if names
            )
            return Notice(UNDETERMINED, found, ASK)
        return None

    @property
    def candidates(self) -> list[str]:
        """The names of the scenarios between which an undetermined case stands."""
        return [self._name_of(scenario) for scenario in self.answer["candidates"]]

    @property
    def provisional(self) -> str:
        """What keeps the answer from being final; empty where it is."""
        if not self.answer["provisional"] or self.notice:
            return ""
        unknown = [str(c["text"]) for c in self.answer["criteria"] if c["state"] == "unknown"]
        if not unknown and not self.missing and self.answer["checks"]:
            return "this answer may change. The checks say why."
        return " ".join(
            ["this answer may change.", *(["Unknown so far:", *unknown] * bool(unknown))]
        )

    @property
    def recommended(self) -> RatedStudy | None:
        """The study at the top of the ranking."""
        return next(iter(self._studies("top")), None)

    @property
    def recommended_label(self) -> str:
        """Which question the recommended study answers."""
        return f"Recommended for the {self.answer['top_answers']}"

    @property
    def alternatives(self) -> list[RatedStudy]:
        """The other studies that are possible, in rank order."""
        return self._studies("alternative")

    @property
    def has_local_alternatives(self) -> bool:
        """Whether the institution says something of one of them."""
        return any(study.local for study in self.alternatives)

    @property
    def local_elsewhere(self) -> list[RatedStudy]:
        """Studies that are neither recommended nor alternatives, but have a word beside them."""
        shown = ("top", "alternative")
        standings = {study["standing"] for study in self.answer["studies"]}.difference(shown)
        studies = (study for standing in sorted(standings) for study in self._studies(standing))
        return [study for study in studies if study.local]

    @property
    def has_result(self) -> bool:
        """Whether a result is in play; then nothing is ordered from the answer."""
        return self.assessment.facts.get("study_outcome", UNKNOWN) not in NO_OUTCOME

    @property
    def missing(self) -> list[Mapping[str, Any]]:
        """The open questions whose answers can change what is said."""
        return [entry for entry in self.answer["questions"] if entry["kind"] == "missing"]

    @property
    def to_confirm(self) -> list[Mapping[str, Any]]:
        """The questions to confirm before the study is ordered."""
        return [entry for entry in self.answer["questions"] if entry["kind"] == "confirm"]

    @property
    def steps(self) -> list[Step]:
        """The actions of the branch in order; those of one group are alternatives to each other."""
        branch = self.answer["branch_detail"]
        return steps_of(branch["actions"]) if branch else []

    @property
    def hints(self) -> list[Sourced]:
        """What the sources say of a scenario that they name and do not rate."""
        hint = self.answer["hint"]
        return [_sourced(point) for point in hint["points"]] if hint else []

    @property
    def reasons(self) -> list[Reasons]:
        """Why the case is in its scenario, or in none; then why not in another."""
        answer = self.answer
        own: dict[str, list[Mapping[str, Any]]] = {}
        against: dict[str, Mapping[str, Any]] = {}
        for criterion in answer["criteria"]:
            if criterion["kind"] == "exclusion":
                text = f"{self._name_of(criterion['scenario'])}: {criterion['text']}"
                against[criterion["id"]] = {**criterion, "text": text, "state": "excluded"}
            else:
                own.setdefault(criterion["scenario"], []).append(criterion)
        found = [
            Reasons(self._heading(scenario), tuple(criteria)) for scenario, criteria in own.items()
        ]
        if against:
            found.append(Reasons("Why not another scenario", tuple(against.values())))
        return found

    def _heading(self, scenario: str) -> str:
        if scenario in self.answer["candidates"]:
            return f"Why it may be: {self._name_of(scenario)}"
        if self.answer["not_covered"]:
            return "Why it is not covered"
        return f"What makes it: {self._name_of(scenario)}"

    def _name_of(self, scenario: str) -> str:
        scenarios = shelf.edition(self.assessment.edition_version).catalogue.scenarios
        return scenarios[scenario].name if scenario in scenarios else scenario

    def _studies(self, standing: str) -> list[RatedStudy]:
        return [
            _rated(study, self.annotations.on("study", study["procedure"]))
            for study in self.answer["studies"]
            if study["standing"] == standing
        ]


def _sourced(entry: Mapping[str, Any]) -> Sourced:
    return Sourced(str(entry["text"]), str(entry["source"]))


def _one_of(names: Sequence[str]) -> str:
    *first, last = names or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _rated(study: Mapping[str, Any], local: tuple[LocalWord, ...]) -> RatedStudy:
    return RatedStudy(
        name=study["name"],
        rating=study["rating"],
        rating_label=study["rating_label"],
        rrl=study["rrl"],
        note=" ".join(part for part in (study["reason"], study["why"]) if part),
        source=study["source"],
        local=local,
    )
